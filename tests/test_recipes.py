"""The recipes: each is canonical, without a warning, passes its own tests, and stands on docs/recipes.md."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "samples" / "recipes"
RECIPES = sorted(FOLDER.glob("*.batch.yaml"))
# In the order of the page: from what everybody needs to what few do.
ORDER = [
    "all-pages",
    "only-what-changed",
    "a-list-of-ids",
    "tickets-with-comments",
    "three-levels",
    "optional-filters",
    "a-computed-query",
    "count-by-group",
    "join-two-lists",
    "create-records",
    "upsert",
    "change-many",
    "clean-up",
    "some-may-be-missing",
    "retries",
    "many-accounts",
    "the-accounts-own-values",
    "a-tree-of-records",
    "notion-to-markdown",
    "a-custom-method",
    "shared-parts",
]
HEAD = """\
# Recipes

Each is a file in `samples/recipes` that is tested with every change of batchctl: `batchctl test samples/recipes`. The
tests that stand in the files are left out here. `batchctl dry-run FILE --fixtures samples/fixtures` shows
what one would send.
"""
HERE = "samples/recipes"
# What is run, where it is more than run --local.
COMMANDS = {
    name: f"batchctl {command}"
    for name, command in {
        "many-accounts": f"run {HERE}/many-accounts.batch.yaml --local --each {HERE}/accounts.csv",
        "clean-up": f"dry-run {HERE}/clean-up.batch.yaml --fixtures samples/fixtures --arg before=2026-09-01",
        "change-many": f"dry-run {HERE}/change-many.batch.yaml --fixtures samples/fixtures --summary",
        "only-what-changed": f"run {HERE}/only-what-changed.batch.yaml --local --arg since=2026-11-01T00:00:00Z",
        "the-accounts-own-values": f"run {HERE}/the-accounts-own-values.batch.yaml --local --context workspace=Archive",
    }.items()
}


def batchctl(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def section(name: str) -> str:
    """A recipe as a part of the page: its own comment, the file without its tests, and how to run it."""
    lines = (FOLDER / f"{name}.batch.yaml").read_text("utf-8").splitlines()
    about = [line.removeprefix("# ") for line in lines if line.startswith("# ")]
    shown = [line for line in lines[len(about) :] if not line.startswith("fixtures:")]
    shown = shown[: shown.index("x-tests:")]
    title = next(line for line in shown if line.startswith("name: ")).removeprefix("name: ")
    command = COMMANDS.get(name, f"batchctl run samples/recipes/{name}.batch.yaml --local")
    code = "\n".join(shown).strip()
    return "\n".join([f"\n## {title}\n", *about, f"\n```yaml\n{code}\n```\n", f"```\n{command}\n```\n"])


def test_every_recipe_has_its_place_on_the_page(golden: Callable[[Path, str], None]) -> None:
    assert sorted(ORDER) == [path.name.removesuffix(".batch.yaml") for path in RECIPES]
    golden(ROOT / "docs" / "recipes.md", HEAD + "".join(map(section, ORDER)))


def test_recipes_pass_their_own_tests() -> None:
    done = batchctl("test", "samples/recipes")
    assert done.returncode == 0, done.stdout
    for path in RECIPES:
        assert f"✔ samples/recipes/{path.name}::" in done.stdout, "every recipe has a test"


def test_recipes_are_canonical_and_without_a_warning() -> None:
    checked = batchctl("validate", "samples/recipes", "--fail-on", "info")
    assert checked.returncode == 0, checked.stdout
    assert batchctl("fmt", "--check", "samples/recipes").returncode == 0


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_commands_of_the_page_run(name: str) -> None:
    done = batchctl(*COMMANDS[name].split()[1:])
    assert done.returncode == 0, done.stderr
    assert done.stdout
