"""docs/library.md: its examples run, and it names what batchctl exports."""

import doctest
from pathlib import Path

import pytest

import batchctl

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "library.md"


def test_every_example_prints_what_the_page_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest(PAGE.read_text("utf-8"), {}, "library.md", None, 0)
    assert len(example.examples) > 15
    outcome = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(example)
    assert outcome.failed == 0


@pytest.mark.parametrize("name", batchctl.__all__)
def test_what_is_exported_is_there(name: str) -> None:
    assert getattr(batchctl, name) is not None


@pytest.mark.parametrize(
    "name",
    [
        "load",
        "prepare",
        "validate",
        "dry_run",
        "adry_run",
        "run",
        "arun",
        "run_each",
        "arun_each",
        "run_sync",
        "arun_sync",
    ],
)
def test_every_function_is_documented(name: str) -> None:
    assert f"`{name}" in PAGE.read_text("utf-8")
    assert getattr(batchctl, name).__doc__
