"""``$jsonToParquet``: what a reader finds in the file is what it finds in that of the service.

Columns, types and groups were read off files of @truto/truto-jsonata 3.0.6 with hyparquet 1.26 and pyarrow.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression import evaluate
from batchctl.json_types import FileData

ROOT = Path(__file__).parents[2]
ROWS = [
    {"flag": True, "small": 1, "large": 5_000_000_000, "share": 1.5, "text": "ä", "list": {"z": 1}, "none": None},
    {"small": -2, "large": 1, "share": 2, "text": None, "list": "as it is", "late": "x", "mixed": 7},
    {"mixed": "s"},
]


def opened(expression: str, data: object = None) -> Any:
    parquet = pytest.importorskip("pyarrow.parquet")
    found = evaluate(expression, data or {})
    assert isinstance(found, FileData)
    assert found.kind == "arrayBuffer"
    return parquet.ParquetFile(io.BytesIO(found.data))


def test_a_column_has_the_type_of_its_values() -> None:
    file = opened("$jsonToParquet(rows)", {"rows": ROWS})
    assert {each.name: str(each.type) for each in file.schema_arrow} == {
        "flag": "bool",
        "small": "int32",
        "large": "int64",
        "share": "double",
        "text": "string",
        "list": "extension<arrow.json>",
        "none": "binary",
        "late": "string",
        "mixed": "string",
    }
    first, second, third = file.read().to_pylist()
    assert (first["list"], second["list"], first["none"]) == ('{"z":1}', "as it is", None)
    assert (first["mixed"], second["mixed"], third["mixed"]) == (None, "7", "s")
    assert (second["share"], third["large"]) == (2.0, None)


def test_moments_and_dates() -> None:
    """A date of luxon is an object with a toJSON, and so JSON; what ``toJSDate`` answers is a moment."""
    date = '$dtFromIso("2024-01-31")'
    file = opened(f'$jsonToParquet([{{"at": {date}.toJSDate(), "day": {date}}}, {{"at": null}}])')
    row, _ = file.read().to_pylist()
    assert row == {"at": datetime(2024, 1, 31, tzinfo=UTC), "day": '"2024-01-31T00:00:00.000+00:00"'}
    assert str(file.schema_arrow.field("at").type) == "timestamp[ms, tz=UTC]"
    first, _ = opened(f'$jsonToParquet([{{"at": {date}.toJSDate()}}, {{"at": true}}])').read().to_pylist()
    assert first == {"at": "2024-01-31T00:00:00.000Z"}


@pytest.mark.parametrize(
    ("options", "codec", "groups"),
    [
        ("", "SNAPPY", [4]),
        (', {"codec": "UNCOMPRESSED"}', "UNCOMPRESSED", [4]),
        (', {"rowGroupSize": 3}', "SNAPPY", [3, 1]),
        (', {"rowGroupSize": [1, 2]}', "SNAPPY", [1, 2, 1]),
        (', "text"', "SNAPPY", [4]),
    ],
)
def test_options(options: str, codec: str, groups: list[int]) -> None:
    meta = opened(f'$jsonToParquet([1..4].{{"n": $}}{options})').metadata
    assert [meta.row_group(at).num_rows for at in range(meta.num_row_groups)] == groups
    assert meta.row_group(0).column(0).compression == codec


def test_names_of_columns_are_those_of_javascript() -> None:
    """Names that differ in case alone stay apart, whole numbers come first, and a path is followed where no key is."""
    file = opened('$jsonToParquet([{"b": 1, "B": 2, "1": 3}, {"a.b": 4}, {"a": {"b": 5}}, 0, null])')
    assert file.schema_arrow.names == ["1", "b", "B", "a.b", "a"]
    assert [each["a.b"] for each in file.read().to_pylist()] == [None, 4, 5]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("[]", "received no rows to encode"),
        ("missing", "received no rows to encode"),
        ("[{}]", "received rows with no columns"),
        ('[{"a": 1}], {"codec": "GZIP"}', "no reader opens such a file"),
        ('[{"a": 1}], {"codec": "snappy"}', "SNAPPY and UNCOMPRESSED work"),
        ('[{"a": 1}], {"rowGroupSize": 0}', "rowGroupSize is a whole number from 1 on"),
        ('[{"a": 1}], {"rowGroupSize": []}', "rowGroupSize is a whole number from 1 on"),
        ('[{"a": 1e30}]', "a has a whole number beyond 64 bits"),
    ],
)
def test_what_makes_no_file(given: str, said: str) -> None:
    if "beyond" in said:
        pytest.importorskip("pyarrow")
    with pytest.raises(ExpressionError, match=said):
        evaluate(f"$jsonToParquet({given})", {})


def test_what_an_expression_sees_of_it() -> None:
    pytest.importorskip("pyarrow")
    made = '$jsonToParquet([{"a": 1}])'
    assert evaluate(f"{made}.byteLength > 100 and {made}.slice(0, 4).byteLength = 4", {}) is True
    assert evaluate(f"$type({made}) & $string({made})", {}) == "object{}"
    assert json.dumps(evaluate(f'{{"file": {made}}}', {})) == '{"file": {}}'


def test_without_the_package_there_is_a_sentence() -> None:
    code = """
import sys
sys.modules["pyarrow"] = None
from batchctl.expression import evaluate
try:
    evaluate("$jsonToParquet([{'a': 1}])", {})
except Exception as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "$jsonToParquet needs pyarrow: pip install 'batchctl[parquet]'\n"


@pytest.mark.parametrize("cast", [":any", ""])
def test_a_sync_job_writes_such_files(tmp_path: Path, cast: str) -> None:
    """A page is a file, named by what the records say; the condition sees the page, the settings a record of it.

    Without ``:any`` the bytes become text, as in @truto/replace-placeholders 1.0.11, and a note says so.
    """
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "job.yaml").write_text(
        """\
default_runtime_version: 4
args_schema: {store: {type: string, required: true}, account: {type: string, required: true}}
args: {store: bucket, account: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10}
resources:
  - {name: people, resource: crm/people, method: list, integrated_account_id: "{{args.account}}"}
  - name: files
    type: transform
    depends_on: people
    config: {expression: '{"day": "2024-01-31", "content": $jsonToParquet(resources.crm.people)}'}
  - name: store
    type: destination
    destination_type: datastore
    method: uploadObject
    loop_on: payload.records
    run_if: $type(payload.records) = "array" and $count(payload.records) = 1
    resources_to_persist: [files]
    config:
      id: "{{args.store}}"
      config:
        path: "day={{payload.records.day}}"
        file_name: people.parquet
        content: "{{payload.records.contentCAST}}"
""".replace("CAST", cast),
        "utf-8",
    )
    place = tmp_path / "fixtures/unified/crm/people.json"
    place.parent.mkdir(parents=True)
    place.write_text('[{"id": "1", "age": 36}, {"id": "2", "age": null}]', "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", "sync", "job.yaml", "--to", "dir:out", "--state", "state"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    place = tmp_path / "out/day=2024-01-31/people.parquet"
    said = " ".join(done.stderr.split())
    assert ("store: {{payload.records.content}} is an object, and is sent as" in said) == (not cast)
    if not cast:
        assert place.read_text("utf-8") == "[object ArrayBuffer]"
        return
    found = parquet.read_table(place, partitioning=None).to_pylist()
    assert found == [{"id": "1", "age": 36}, {"id": "2", "age": None}]
