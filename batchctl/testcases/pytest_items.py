"""The tests of definitions as items of pytest, for ``batchctl.pytest_plugin``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.errors import UsageError
from batchctl.plain import clean
from batchctl.testcases.cases import collect
from batchctl.testcases.running import run_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.testcases.cases import Case


class DefinitionFile(pytest.File):
    """A definition's file as pytest collects it; its tests are those that ``batchctl test`` runs."""

    def collect(self) -> Iterator[DefinitionItem]:
        """One item per test of the file. Raises ``CollectError`` for tests that can't be read."""
        try:
            cases = collect(self.path)
        except UsageError as error:
            hint = f" ({error.hint})" if error.hint else ""
            raise self.CollectError(clean(f"{error}{hint}")) from error
        for case in cases:
            yield DefinitionItem.from_parent(self, name=case.name, case=case)


class DefinitionItem(pytest.Item):
    """One test of a definition, ``case``, as an item of pytest.

    ``DefinitionFile.collect`` makes it with ``DefinitionItem.from_parent``; ``settings`` are pytest's own.
    """

    def __init__(self, *, case: Case, **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]  # pytest hands its own settings through
        self._case = case

    def runtest(self) -> None:
        """Run the test; fails with what was not as expected.

        Raises ``UsageError`` for a snapshot that can't be read.
        """
        verdict = run_case(self._case)
        if not verdict.passed:
            lines = (line for problem in verdict.problems for line in problem.split("\n"))
            pytest.fail("\n".join(map(clean, lines)), pytrace=False)

    def reportinfo(self) -> tuple[object, int, str]:  # type: ignore[override]  # narrower than pytest's
        """The definition's path, line 0, and the name of the test, for pytest's reports."""
        return self.path, 0, self._case.name
