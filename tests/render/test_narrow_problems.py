"""Problems on a narrow terminal: words stay whole, lines fit, and what is underlined is in sight."""

from __future__ import annotations

import pytest

from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.diagnostics.reporting import file_reports
from batchctl.render.diagnostics.text import text_report
from batchctl.render.text.display_width import display_width

TEXT = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {user_ids: ["a"], team: 3930699983915558803}
resources:
  - {name: users, resource: crm/users, method: list, loop_on: "user_ids[0]", query: {q: "{{args.team_id}}"}}
  - {name: users, resource: "crm/benutzer größe 大きい", methd: list, depends_on: usrs}
"""


def report(columns: int | None, *, color: bool = False) -> str:
    prepared = prepare(TEXT, file="definitions/crm/users.batch.yaml")
    assert prepared.diagnostics
    reports = file_reports(prepared.source, prepared.diagnostics)
    return text_report(reports, color=color, max_problems=3, redactor=Redactor(), columns=columns)


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("color", [False, True], ids=["plain", "coloured"])
def test_lines_fit_and_words_are_whole(columns: int, *, color: bool) -> None:
    wide, narrow = report(None, color=color).split(), report(columns, color=color)
    plain = "".join(part.partition("m")[2] if n else part for n, part in enumerate(narrow.split("\x1b[")))
    for line in plain.split("\n"):
        assert display_width(line) <= columns or len(line.split()) == 1
    prose = [word for line in plain.split("\n") if " | " not in line for word in line.split()]
    words = "".join(part.partition("m")[2] if n else part for n, part in enumerate(" ".join(wide).split("\x1b[")))
    assert set(prose) <= set(words.split())


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_what_is_underlined_is_in_sight(columns: int) -> None:
    lines = report(columns).split("\n")
    marks = [number for number, line in enumerate(lines) if set(line.partition("| ")[2].strip()) == {"^"}]
    assert marks
    for number in marks:
        start, end = lines[number].index("^"), lines[number].rindex("^") + 1
        assert lines[number - 1][start:end].strip()
