import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "semantics.md").read_text("utf-8")


def test_every_golden_run_is_shown_and_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE)
    assert all((ROOT / "docs" / link.partition("#")[0]).exists() for link in links)
    shown = set(re.findall(r"`tests/golden/runs/([\w-]+)`", PAGE))
    assert shown == {case.name for case in (ROOT / "tests" / "golden" / "runs").iterdir()}


def test_the_numbers_on_the_page_are_those_of_the_engine() -> None:
    from batchctl.engine.options import RunOptions
    from batchctl.plan.forms import FORMAT_KEY

    usual = RunOptions()
    assert f"({usual.concurrency} unless asked otherwise)" in PAGE
    assert f"after {usual.max_depth} levels" in PAGE
    assert f"beyond {usual.keep_records:,} per node" in PAGE
    assert f"`{FORMAT_KEY}`" in PAGE
