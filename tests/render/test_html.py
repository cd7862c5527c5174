"""Templates: whatever comes from outside is text on the page, and no secret."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from batchctl.redaction import Redactor
from batchctl.render.html import Pages, script_json

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject

FOLDER = files("batchctl.render") / "templates"
TEMPLATES = sorted(each.name for each in FOLDER.iterdir() if each.name.endswith(".html"))
CALL = {"status": 200, "method": "GET", "size": 1, "seconds": 0.1}


def served(target: str, redactor: Redactor | None = None) -> str:
    pages = Pages(redactor or Redactor())
    return pages.page("serve.html", folder=None, accounts=(), calls=[{**CALL, "target": target}])


@pytest.mark.parametrize("text", ["<b>", "&amp;", "\"'", "</td><script>alert(1)</script>"])
def test_text_stays_text(text: str) -> None:
    cell = re.findall(r"<td>(.*?)</td>", served(text))[2]
    assert not set(cell) & set("<>\"'")
    assert served(text).count("<script") == 0


def test_secrets_are_masked_and_control_characters_shown() -> None:
    page = served("/a?key=correct-horse-battery\x1b[2J", Redactor(["correct-horse-battery"]))
    assert "correct-horse" not in page
    assert "\x1b" not in page


def test_a_template_says_how_long_a_text_may_be() -> None:
    assert "x" * 499 in served("x" * 499)
    assert "x" * 600 not in served("x" * 600)


def test_data_can_not_end_its_script_element() -> None:
    data: JsonObject = {"a": "</script><!--", "n": 2**60, "half": "\ud800", "key": "correct-horse-battery"}
    text = script_json(data, Redactor(["correct-horse-battery"]))
    assert "<" not in text
    read = json.loads(text)
    assert (read["a"], read["n"]) == ("</script><!--", str(2**60))
    assert "correct-horse" not in read["key"]
    text.encode()


def test_what_is_written_unescaped_is_made_by_batchctl_itself() -> None:
    found = {name: re.findall(r"\{\{ ([^}]*)\|safe", (FOLDER / name).read_text("utf-8")) for name in TEMPLATES}
    assert {name: values for name, values in found.items() if values} == {
        "report.html": ["graph.picture"],  # base64
        "records.html": ["table.records"],  # from ``script_json``
    }


def test_a_name_that_is_missing_is_an_error_and_not_an_empty_place() -> None:
    from jinja2 import UndefinedError

    with pytest.raises(UndefinedError):
        Pages(Redactor()).page("serve.html", folder=None, accounts=())
