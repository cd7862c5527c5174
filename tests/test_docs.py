import ast
import re
import subprocess
import tomllib
from pathlib import Path
from typing import TypeGuard

import pytest
from shown_commands import ROOT, Shown, check, shown_in

from batchctl.cli.summaries import SUMMARIES
from batchctl.errors import ExitCode

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_SHOWN = [(page, shown) for page in PAGES if page.parent != ROOT for shown in shown_in(page)]
SHOWN = {f"{page.stem}: {shown.command}": shown for page, shown in _SHOWN}
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]*)(#[^)\s]*)?\)")


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_a_command_prints_what_the_page_shows(shown: Shown) -> None:
    check(shown)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target, heading in _LINK.findall(_without_code(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        found = page.parent / target if target else page
        assert found.exists(), target
        if heading and found.suffix == ".md":
            assert heading[1:] in _anchors(found), f"{target}{heading}"
            assert "--" not in heading, f"{target}{heading}: the site writes one hyphen where GitHub writes several"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d+[^)]*)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == sorted(page.name for page in folder.glob("[0-9]*.md"))


def test_no_command_hides_another() -> None:
    assert len(SHOWN) == len(_SHOWN)


def test_the_sessions_that_pages_name_are_those_of_nox() -> None:
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    pythons = ast.literal_eval(next(node.value for node in tree.body if _assigns(node, "PYTHONS")))
    sessions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list}
    sessions |= {f"tests-on-{version}" for version in pythons}
    named = [
        (page.name, name)
        for page in PAGES
        if page.name != "CHANGELOG.md"
        for line in re.findall(r"nox -s ((?:[a-z][\w.-]* ?)+)", page.read_text("utf-8"))
        for name in line.split()
    ]
    assert ("RELEASING.md", "tests-on-3.13") in named
    assert [each for each in named if each[1] not in sessions] == []


def _assigns(node: ast.stmt, name: str) -> TypeGuard[ast.Assign]:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name


def test_all_that_is_tracked_is_in_the_source_distribution() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout of git")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    included = {place.strip("/") for place in settings["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    assert {line.split("/")[0] for line in listed.stdout.splitlines()} - {"pyproject.toml"} <= included


def _without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?ms)^ *```.*?^ *```", "", text))


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"(?m)^#+ (.*)$", page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_the_page_of_commands_has_every_command_and_exit_code() -> None:
    page = (ROOT / "docs" / "commands.md").read_text("utf-8")
    assert set(SUMMARIES) <= set(re.findall(r"`([a-z-]+)`", page))
    assert [int(code) for code in re.findall(r"(?m)^\| `(\d+)` \|", page)] == [int(code) for code in ExitCode]


def test_every_page_is_in_the_site() -> None:
    named = re.findall(r"[\w./-]+\.md", (ROOT / "mkdocs.yml").read_text("utf-8"))
    assert sorted(named) == sorted(
        page.relative_to(ROOT / "docs").as_posix() for page in PAGES if ROOT / "docs" in page.parents
    )
