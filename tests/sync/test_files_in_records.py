"""Bytes of files on their way from a download or an expression to a datastore."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_api import Answer, answer, scripted

from batchctl.engine.spill import Spill
from batchctl.expression import evaluate
from batchctl.json_types import FileData, JsonObject, holds_file, with_files, without_files
from batchctl.template import compile_template

ROOT = Path(__file__).parents[2]
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
PICTURE = b"\x89PNG\r\n\x1a\n\xff\x00\xfe{{args.store}}"
JOB = """\
label: Pictures
default_runtime_version: 4
args: {account: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10, store: bucket}
resources:
  - name: list
    type: request
    resource: media/pictures
    method: list
    integrated_account_id: "{{args.account}}"
  - {name: about, type: add_context, depends_on: list, config: {expression: '{"title": resources.media.pictures.title}'}}
  - name: download
    type: request
    depends_on: list
    resource: media/pictures
    method: download
    query: {link: "{{resources.media.pictures.link}}", truto_response_format: stream}
    integrated_account_id: "{{args.account}}"
  - {name: named, type: transform, depends_on: download, config: {expression: '{"title": title, "content": resources.media.pictures}'}}
  - {name: again, type: transform, depends_on: named, config: {expression: 'resources.media.pictures.{"title": "copy of " & title, "content": content}'}}
  - name: keep
    type: destination
    destination_type: datastore
    method: uploadObject
    loop_on: payload.records
    resources_to_persist: [named, again]
    config:
      id: "{{args.store}}"
      config: {path: pictures, file_name: "{{payload.records.title}}.png", content: CONTENT}
"""  # noqa: E501 - lines of YAML
LISTED = {"result": [{"id": "1", "title": "lake", "link": "https://files.example/1"}], "next_cursor": None}


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "batchctl", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), "TRUTO_API_TOKEN": "t-0123456789"},
        capture_output=True,
        text=True,
        check=False,
    )


def to(url: str) -> tuple[str, ...]:
    return "--api-url", url, "--allow-http"


def sync(folder: Path, *answers: Answer) -> subprocess.CompletedProcess[str]:
    with scripted(*answers) as api:
        return command(folder, "sync", "job.yaml", "--to", "dir:out", "--state", "state", "--direct", *to(api.url))


@pytest.mark.parametrize("content", ["payload.records.content", "payload.records.content:any"])
@pytest.mark.parametrize("media", ["image/png", "application/json", "text/html; charset=utf-8"])
def test_what_is_downloaded_as_a_stream_is_written_byte_for_byte(tmp_path: Path, content: str, media: str) -> None:
    """A stream keeps what it is in ``{{…}}`` without a type, as in @truto/replace-placeholders 1.0.11."""
    (tmp_path / "job.yaml").write_text(JOB.replace("CONTENT", f'"{{{{{content}}}}}"'), "utf-8")
    done = sync(tmp_path, answer(LISTED), answer(raw=PICTURE, content_type=media))
    assert done.returncode == 0, done.stderr
    assert "does not report" not in done.stderr
    assert (tmp_path / "out/pictures/lake.png").read_bytes() == PICTURE
    assert (tmp_path / "out/pictures/copy of lake.png").read_bytes() == PICTURE


@pytest.mark.parametrize(
    ("media", "is_file"), [("image/png", True), ("text/csv", True), ("text/html", False), ("text/plain", False)]
)
def test_a_file_that_was_not_asked_for_as_a_stream(tmp_path: Path, media: str, is_file: bool) -> None:
    """Some integrations download with a custom method alone; a page of a gateway is no file."""
    text = JOB.replace("CONTENT", '"{{payload.records.content}}"').replace(", truto_response_format: stream", "")
    (tmp_path / "job.yaml").write_text(text, "utf-8")
    done = sync(tmp_path, answer(LISTED), answer(raw=PICTURE, content_type=media))
    assert done.returncode == (0 if is_file else 3)
    assert (tmp_path / "out/pictures/lake.png").exists() == is_file


def test_a_list_never_brings_a_file(tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(JOB.replace("CONTENT", '"{{payload.records.content}}"'), "utf-8")
    done = sync(tmp_path, answer(raw=PICTURE, content_type="image/png"))
    assert done.returncode == 3
    assert "answer from 127.0.0.1" in " ".join(done.stdout.split())


def test_a_recording_has_no_contents_of_files(tmp_path: Path) -> None:
    """No rule of the recording could tell what is secret in them."""
    (tmp_path / "batch.yaml").write_text(
        f"integrated_account_id: {ACCOUNT}\n"
        "resources: [{resource: media/pictures, method: download, query: {truto_response_format: stream}}]\n",
        "utf-8",
    )
    with scripted(answer(raw=PICTURE, content_type="image/png")) as api:
        done = command(tmp_path, "run", "batch.yaml", "--direct", *to(api.url), "--record", "kept", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["result"] == {"media/pictures": [{}]}
    (entry,) = map(json.loads, (tmp_path / "kept/recording.ndjson").read_text("utf-8").splitlines())
    assert b"PNG" not in (tmp_path / "kept/recording.ndjson").read_bytes()
    held = with_files(entry["response"])
    assert isinstance(held, FileData)
    assert (held.data, held.kind, held.media) == (b"a file of 25 bytes", "stream", "image/png")


def made(expression: str) -> list[object]:
    found = evaluate(expression, {})
    return list(found.values()) if isinstance(found, dict) and not isinstance(found, FileData) else [found]


@pytest.mark.parametrize(
    ("expression", "kind", "data"),
    [
        ('$blob(["a", "b"], {"type": "text/x"})', "blob", b"ab"),
        ('{"x": $getArrayBuffer($blob("ä"))}', "arrayBuffer", "ä".encode()),
        ('{"x": $blob("abc").stream()}', "stream", b"abc"),
        ('$base64ToBlob("/wA=")', "blob", b"\xff\x00"),
    ],
)
def test_what_an_expression_makes_keeps_its_bytes(expression: str, kind: str, data: bytes) -> None:
    (found,) = made(expression)
    assert isinstance(found, FileData)
    assert (found.kind, found.data) == (kind, data)
    assert json.dumps(found) == "{}"


def test_an_expression_sees_a_file_as_what_it_was() -> None:
    data = {"file": FileData(b"abc", "blob", "text/x"), "bytes": FileData(b"de", "arrayBuffer")}
    data["stream"] = FileData(b"fg", "stream")
    assert evaluate("file.size & file.type & file.text() & $blob(bytes).text()", data) == "3text/xabcde"
    assert evaluate("$bufferToString(stream)", data) == "fg"
    assert evaluate("[file.{'a': $}]", data) == [{"a": FileData(b"abc", "blob")}]


@pytest.mark.parametrize(
    ("kind", "text", "is_itself"),
    [
        ("stream", "{{x}}", True),
        ("blob", "{{x}}", True),
        ("arrayBuffer", "{{x}}", False),
        ("arrayBuffer", "{{x:any}}", True),
        ("blob", "a {{x:any}}", False),
    ],
)
def test_placeholders_of_a_file(kind: str, text: str, is_itself: bool) -> None:
    """What @truto/replace-placeholders 1.0.11 does with a Blob, a ReadableStream and an ArrayBuffer."""
    held = FileData(b"abc", kind)
    found = compile_template({"q": text}).render({"x": held})
    assert isinstance(found, dict)
    assert (found["q"] is held) == is_itself
    assert is_itself or str(found["q"]).endswith({"blob": "[object Blob]"}.get(kind, "[object ArrayBuffer]"))


def test_files_survive_the_disk() -> None:
    record: JsonObject = {"a": [FileData(b"\xff", "blob", "x/y"), 1], "b": None}
    spill = Spill()
    spill.add(1, [((0,), [record, 2])])
    ((kept, two),) = spill.pages(1)
    assert (kept, two) == (record, 2)
    assert isinstance(kept, dict)
    ((held, _),) = (each for each in kept.values() if isinstance(each, list))
    assert isinstance(held, FileData)
    assert held.media == "x/y"
    assert with_files(without_files(record)) == record
    assert (holds_file(record), holds_file({"a": [{}]})) == (True, False)
    assert FileData(b"a", "blob") != FileData(b"b", "blob")
    assert FileData(b"a", "blob") == {}
