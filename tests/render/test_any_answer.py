"""Whatever JSON a service answers is shown, within the width, and written so that it can be read back."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import yaml
from finished_runs import finished, plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from batchctl.csv_text import as_it_was, harmless
from batchctl.engine.observe.timeline import Timeline
from batchctl.engine.response_text import run_json
from batchctl.engine.result import RunResult, Succeeded
from batchctl.redaction import Redactor
from batchctl.render.report.html import report_html
from batchctl.render.report.job_summary import job_summary
from batchctl.render.report.json import Report, report_json
from batchctl.render.report.junit import report_junit
from batchctl.render.result.csv import records_csv, run_csv
from batchctl.render.result.data import records_json, records_ndjson, run_ndjson
from batchctl.render.result.table import run_table
from batchctl.render.result.tree import RunView, run_tree
from batchctl.render.result.yaml import records_yaml, run_yaml
from batchctl.render.text.cells import fit, width
from batchctl.service.answer import read_answer
from batchctl.yaml12.reader import load_plain

REDACT = Redactor().text

PLAN = plan()
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "id",
        "name",
        "東京",
        "e\u0301",
        "👩‍👩‍👧",
        "\x1b[2J",
        "a\nb",
        "\u202e",
        "=1+1",
        "- x",
        "yes",
        "1e5",
        "",
        " x ",
        "tickets",
        "users",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=25,
)
ERRORS = st.lists(
    st.dictionaries(
        st.sampled_from(
            ["statusCode", "error", "message", "details", "call", "for", "raw_response", "truto_error_insight"]
        ),
        JSON,
    )
    | JSON,
    max_size=4,
)
ANSWERS = st.dictionaries(WORDS, JSON, max_size=4) | st.fixed_dictionaries(
    {},
    optional={
        "result": JSON | st.dictionaries(st.sampled_from(list(PLAN.steps)) | WORDS, JSON, max_size=5),
        "errors": JSON | st.dictionaries(st.sampled_from(list(PLAN.steps)) | WORDS, ERRORS | JSON, max_size=4),
    },
)
relaxed = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def answered(body: dict[str, object]) -> RunResult:
    return read_answer(body, PLAN.steps, elapsed_s=1.0)


def lines(text: str) -> list[str]:
    return text.split("\n")[:-1]


def one_spelling(text: str) -> str:
    """``1e+16`` and ``1e16``, ``1e-05`` and ``0.00001`` are written alike: JSON has all of them."""
    return re.sub(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?", lambda number: repr(float(number[0])), text)


@relaxed
@given(ANSWERS, st.integers(20, 120))
def test_it_is_drawn_within_the_width(body: dict[str, object], columns: int) -> None:
    result = answered(body)
    drawing = run_tree(result, PLAN, RunView("a title", "somewhere", rows=5, redact=REDACT))
    for line in drawing.lines(columns):
        assert cell_len(line.plain) <= columns, line.plain
        assert "\x1b" not in line.plain
        assert "\n" not in line.plain
    for text in run_table(result, columns, redact=REDACT):
        assert max(map(cell_len, text.split("\n"))) <= columns


@relaxed
@given(ANSWERS)
def test_it_is_written_as_it_came(body: dict[str, object]) -> None:
    result = answered(body)
    written = "".join(run_json(result))
    assert json.loads(written) == body
    assert one_spelling(written) == one_spelling(json.dumps(body, indent=2, ensure_ascii=False) + "\n")
    assert json.loads("".join(run_json(result, ascii_only=True))) == body
    text = "".join(run_yaml(result))
    assert yaml.safe_load(text) == body
    assert load_plain(text.encode(), "text") == body
    for line in lines("".join(run_ndjson(result))):
        assert json.loads(line).keys() <= {"resource", "record", "error"}


@relaxed
@given(ANSWERS)
def test_every_report_takes_it(body: dict[str, object]) -> None:
    report = Report(answered(body), PLAN, Timeline(), "somewhere", "a.yaml")
    tree = ET.fromstring("".join(report_junit(report, Redactor())))
    assert len(tree.findall(".//testcase")) == len(report.result.outcomes)
    assert json.loads("".join(report_json(report, Redactor())))["calls"] == []
    page = "".join(report_html(report, Redactor()))
    assert page.count("<script") == page.count("</script>")
    assert "\x1b" not in page
    assert "".join(job_summary(report, REDACT)).startswith("### ")


@relaxed
@given(st.lists(JSON, max_size=6))
def test_records_come_back_from_every_format(records: list[object]) -> None:
    given_records = records  # hypothesis knows JSON by another name
    assert json.loads("".join(records_json(given_records))) == records  # type: ignore[arg-type]
    assert [json.loads(line) for line in lines("".join(records_ndjson(given_records)))] == records  # type: ignore[arg-type]
    assert yaml.safe_load("".join(records_yaml(given_records))) == records  # type: ignore[arg-type]


@relaxed
@given(
    st.lists(
        st.dictionaries(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=4), JSON, min_size=1), min_size=1
    )
)
def test_cells_come_back_from_csv(records: list[dict[str, object]]) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(records_csv(records)), newline="")))  # type: ignore[arg-type]
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        for name, value in record.items():
            if isinstance(value, str):
                assert row[name] == harmless(value)
                assert as_it_was(row[name]) == value.replace("\0", "\ufffd")
            elif value is None:
                assert row[name] == ""
            elif not isinstance(value, dict) or not value:
                assert json.loads(row[name]) == value


def test_objects_are_spread_unless_a_name_is_taken() -> None:
    records = [{"a": {"b": {"c": 1}}, "d": {"e": 2}, "d.e": 3}, "text", None]
    assert "".join(records_csv(records)).splitlines() == [  # type: ignore[arg-type]
        "a.b.c,d,d.e,value",
        '1,"{""e"": 2}",3,',
        ",,,text",
        ",,,",
    ]


def test_a_map_of_many_names_stays_one_cell() -> None:
    records = [{"id": number, "by_day": {f"d{number}-{day}": 1 for day in range(40)}} for number in range(10)]
    text = "".join(records_csv(records))  # type: ignore[arg-type]
    assert text.splitlines()[0] == "id,by_day"


COMPUTED = (
    "=1+1 / +1+1 / +1-1 / -cmd / @SUM(A1) / |calc / %0A / +A1 / - A1 / -2+3 / -1*2 / +SUM(A1:A9) / - HYPERLINK(1)"
    " / +1 2=3 / '=1 / ''+1+1 / +123456789012345678901-1"
)
NOT_COMPUTED = (
    "-5 / +4930 / 1.5 / a=b / x@y / +49 30 5550101 / +1 (555) 010-9999 / +1-555-010-9999 / - note / -1e-7 / -12,5"
    " / -- an aside, with words / + more of it / 'quoted' / ' / - it's; done: 50 %"
)


def test_formulas_are_not_run() -> None:
    for cell in [*COMPUTED.split(" / "), "\t=1", "\r=1", "\uff1d1", "-x|' /C calc'!A0"]:
        assert harmless(cell) == f"'{cell}"
        assert as_it_was(harmless(cell)) == cell
    for cell in [*NOT_COMPUTED.split(" / "), "", "\tindented", " leading blank"]:
        assert harmless(cell) == cell
        assert as_it_was(cell) == cell
    assert harmless("a\0b") == "a\ufffdb"
    result = RunResult({"=k": Succeeded(records=[{"=h": "=1"}])}, 1.0)
    assert "".join(run_csv(result)) == "resource,'=h\n'=k,'=1\n"


def test_named_fields_are_the_columns() -> None:
    text = "".join(run_csv(finished(), ("id", "assignee.name", "nope")))
    assert text.splitlines()[:3] == ["resource,id,assignee.name,nope", "tickets,t-0,,", "tickets,t-1,Noor,"]


@given(st.text(max_size=40), st.integers(0, 30))
def test_text_is_cut_by_display_width(text: str, columns: int) -> None:
    shown = fit(text, columns)
    assert width(shown) <= columns
    assert shown == text or shown.endswith("…") or columns == 0
