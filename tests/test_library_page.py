"""docs/library.md: its examples run, and it names what batchctl exports."""

import doctest
import re
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


@pytest.mark.parametrize("name", batchctl.__all__)
def test_every_name_has_an_example(name: str) -> None:
    sources = [each.source for each in doctest.DocTestParser().get_examples(PAGE.read_text("utf-8"))]
    assert any(re.search(rf"\b{name}\b", source) for source in sources)


@pytest.mark.parametrize("name", [name for name in batchctl.__all__ if name[0].islower()])
def test_every_function_is_documented(name: str) -> None:
    assert f"`{name}" in PAGE.read_text("utf-8")
    assert getattr(batchctl, name).__doc__
