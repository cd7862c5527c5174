"""Files that are something else than a batch, and say so themselves: a curl command, an HTTP request, a sync job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.sync_job import sign_of_sync_job
from batchctl.diagnostics.kinds import problem
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject
    from batchctl.yaml12.source import Source
    from batchctl.yaml12.text import SourceText

_COMMAND = lazy_regex(r"(?:\s|#.*\n)*(?:[$>]\s+)?(curl(?:\.exe)?)\s+(?=[-'\"\\h]|\w+\.)")
_HTTP = lazy_regex(r"(?:\s|#.*\n|//.*\n)*((?:GET|POST|PUT|PATCH|DELETE)\s+https?://)")
_SYNC_ADVICE = "batchctl sync FILE runs a sync job"


def foreign_text(text: SourceText) -> Diagnostic | None:
    """A diagnostic where ``text`` is a curl command or an HTTP request instead of a definition; else None."""
    for pattern, what in ((_COMMAND, "a curl command"), (_HTTP, "an HTTP request")):
        found = pattern.match(text)
        if found:
            advice = "batchctl new NAME --from FILE makes a definition of it"
            return problem("not-a-batch", f"this is {what}, not a batch", text.span(*found.span(1)), help=advice)
    return None


def not_a_batch(root: JsonObject, source: Source) -> Diagnostic | None:
    """A diagnostic where ``root``, the data of ``source``, is a sync job, for commands about batches; else None."""
    found = sign_of_sync_job(root)
    if found is None:
        return None
    path, what = found
    return problem(
        "not-a-batch", f"this is a sync job, not a batch: {what}", source.key_span(path), help=_SYNC_ADVICE, path=path
    )
