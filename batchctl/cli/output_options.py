"""The options of ``batchctl run`` about its result: formats, files, reports."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from batchctl.cli.options import (  # noqa: TC001 - typer reads them at run time
    ReportHtmlOption,
    ReportJsonOption,
    ReportJunitOption,
)
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.outputs.result_files import ResultPlace


class JunitCases(StrEnum):
    """The values of ``--junit-cases``, what a test case of the JUnit report is: ``resources`` or ``calls``."""

    RESOURCES = "resources"
    CALLS = "calls"


JunitCasesOption = Annotated[
    JunitCases | None, typer.Option("--junit-cases", help="What a case of the JUnit XML is [default: resources].")
]


class Output(StrEnum):
    """The values of ``run --output``, formats: ``tree``, ``json``, ``ndjson``, ``yaml``, ``csv``, ``table``."""

    TREE = "tree"
    JSON = "json"
    NDJSON = "ndjson"
    YAML = "yaml"
    CSV = "csv"
    TABLE = "table"


class OutputOptions(Struct, frozen=True):
    """The options that choose how and where the result is written."""

    TITLE: ClassVar = "Output"

    output: Annotated[
        Output | None,
        typer.Option("--output", "-o", help="How to print the result, or to write it with --out [default: tree]."),
    ] = None
    query: Annotated[
        str | None,
        typer.Option("--query", metavar="JSONATA", help="Print only what this picks from the response body, as JSON."),
    ] = None
    raw: Annotated[bool, typer.Option("--raw", help="With --query: print one text or number without quotes.")] = False
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="PATH", help="Write the result to a file, or to one file per resource in DIR/."),
    ] = None
    records: Annotated[
        int | None,
        typer.Option(
            "--records", min=0, metavar="N", help="Records of each resource to show [default: 3; 20 with -v]."
        ),
    ] = None
    fields: Annotated[
        str | None, typer.Option("--fields", metavar="A,B", help="The fields to show in tables and CSV, in this order.")
    ] = None
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show more records, and every error.")] = False
    report_junit: ReportJunitOption = None
    junit_cases: JunitCasesOption = None
    report_json: ReportJsonOption = None
    report_html: ReportHtmlOption = None
    record: Annotated[
        Path | None, typer.Option("--record", metavar="DIR", help="Also write fixtures that give the same result.")
    ] = None
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace", metavar="FILE.har", help="Also write the HTTP calls as HAR; a file per row with --each, in DIR/."
        ),
    ] = None
    csv_raw: Annotated[
        bool, typer.Option("--csv-raw", help="Leave formulas in CSV as they are: for programs, not for spreadsheets.")
    ] = False
    mask_data: Annotated[
        bool, typer.Option("--mask-data", help="Mask values that look secret in data too (json, ndjson, csv, yaml).")
    ] = False

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names in ``--fields``, which are separated by commas; empty without that option."""
        return tuple(name.strip() for name in (self.fields or "").split(",") if name.strip())

    @property
    def written(self) -> dict[str, Path]:
        """The files that this run will write, by the option that names each: ``{"--out": …, "--trace": …}``."""
        out = {"--out": Path(self.out)} if self.out is not None else {}
        return self.reports | out | ({"--trace": self.trace} if self.trace is not None else {})

    @property
    def reports(self) -> dict[str, Path]:
        """The report files that were asked for, by option: ``--report-junit``, ``--report-json``, ``--report-html``."""
        asked = {
            "--report-junit": self.report_junit,
            "--report-json": self.report_json,
            "--report-html": self.report_html,
        }
        return {option: path for option, path in asked.items() if path is not None}

    @property
    def reports_by_format(self) -> dict[str, Path]:
        """The files of the reports that were asked for, by format: ``junit``, ``json``, ``html``."""
        return {option.removeprefix("--report-"): path for option, path in self.reports.items()}

    @property
    def asked_for(self) -> str | None:
        """The first option that asks for more than a picture of the run, such as ``-o csv``; None without any."""
        output = None if self.output in (None, Output.TREE) else f"-o {self.output.value}"
        query = None if self.query is None else "--query"
        return next(filter(None, (query, output, *self.written)), None)

    @property
    def place(self) -> ResultPlace | None:
        """Where and in which format ``--out`` writes; None without that option."""
        from batchctl.outputs.result_files import ResultPlace

        return None if self.out is None else ResultPlace(self.out, self.output)
