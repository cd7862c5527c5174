"""Tests of definitions: ``x-tests`` in a file, and snapshots beside it."""

from batchctl.testcases.cases import Case, collect, snapshot_path
from batchctl.testcases.running import Verdict, run_case, run_cases

__all__ = ["Case", "Verdict", "collect", "run_case", "run_cases", "snapshot_path"]
