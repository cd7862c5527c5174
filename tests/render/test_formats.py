import subprocess
import sys
from enum import StrEnum

import pytest

from batchctl.cli import dry_run_options, graph, output_options, validate_options
from batchctl.render.diagnostics.formats import FORMATS as DIAGNOSTICS
from batchctl.render.graph.formats import FORMATS as GRAPH
from batchctl.render.preview.formats import FORMATS as PREVIEW
from batchctl.render.preview.snippets import SNIPPETS
from batchctl.render.report.formats import FORMATS as REPORT
from batchctl.render.result.formats import FORMATS as RESULT
from batchctl.render.result.formats import RECORD_FORMATS

FAMILIES = ("diagnostics", "graph", "preview", "report", "result")


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (DIAGNOSTICS.keys(), validate_options.ReportFormat),
        (GRAPH.keys(), graph.Picture),
        (RESULT.keys(), output_options.Output),
        (RECORD_FORMATS.keys(), output_options.Output),
        (PREVIEW.keys() | SNIPPETS.keys() | {"tree"}, dry_run_options.PreviewFormat),
    ],
    ids=["diagnostics", "graph", "result", "records", "preview"],
)
def test_every_format_that_can_be_asked_for_has_a_writer(names: set[str], asked: type[StrEnum]) -> None:
    assert set(names) == {form.value for form in asked}


def test_every_report_that_can_be_asked_for_has_a_writer() -> None:
    flags = {name for name in output_options.OutputOptions.__struct_fields__ if name.startswith("report_")}
    assert {f"report_{name}" for name in REPORT} == flags


@pytest.mark.parametrize("family", FAMILIES)
def test_a_table_of_formats_imports_no_writer(family: str) -> None:
    code = (
        f"import sys, batchctl.render.{family}.formats\n"
        f"print(*sorted(name for name in sys.modules if name.startswith('batchctl.render.{family}.')))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == [f"batchctl.render.{family}.formats"]
