"""The rules that look at sync jobs alone."""

from __future__ import annotations

from batchctl.rules import (
    delete_tracking_filtered,
    early_state,
    hard_coded_destination,
    key_without_effect,
    missing_account,
    missing_datastore_method,
    missing_mutex_key,
    missing_state_key,
    run_date_as_text,
    runtime_version,
    unbounded_spool,
    undeclared_in_schema,
    unnamed_node,
    unreached_destination,
    unwritten_state,
)
from batchctl.rules.rule import rules_in

SYNC_JOB_RULES = rules_in(
    (
        delete_tracking_filtered,
        early_state,
        hard_coded_destination,
        key_without_effect,
        missing_account,
        missing_datastore_method,
        missing_mutex_key,
        missing_state_key,
        run_date_as_text,
        runtime_version,
        unbounded_spool,
        undeclared_in_schema,
        unnamed_node,
        unreached_destination,
        unwritten_state,
    )
)
