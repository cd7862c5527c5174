"""What ``--to`` may say, and what it says of secrets and places."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchctl.destinations.base import SyncRun
from batchctl.destinations.choosing import (
    Places,
    has_posts,
    place_below,
    place_secrets,
    places_without_secrets,
    whole_place,
)
from batchctl.errors import UsageError
from destinations.reading import NOW

NODES = {"rows": "superquery", "hook": "webhook"}


def kinds(*written: str) -> dict[str, str]:
    found = Places(written, "shared", lambda: NOW).destinations(NODES, SyncRun("run-1", "acc"))
    return {name: type(each).__name__ for name, each in found.items()}


@pytest.mark.parametrize(
    ("written", "rows", "hook"),
    [
        ([], "FolderDestination", "FolderDestination"),
        (["dir:out"], "FolderDestination", "FolderDestination"),
        (["https://example.com/x?a=b"], "WebhookDestination", "WebhookDestination"),
        (["rows=parquet:out", "webhook:http://127.0.0.1/"], "TableDestination", "WebhookDestination"),
        (["rows=sqlite:out.db"], "TableDestination", "FolderDestination"),
        (["rows=postgresql://h/d", "memory://x"], "TableDestination", "BucketDestination"),
    ],
    ids=["default", "folder", "url", "each-its-own", "rest-to-default", "database-and-bucket"],
)
def test_each_goes_to_the_place_for_it(written: list[str], rows: str, hook: str) -> None:
    assert kinds(*written) == {"rows": rows, "hook": hook}


def test_without_a_default_only_what_has_a_place_goes_anywhere() -> None:
    places = Places(["rows=dir:out"], "shared", lambda: NOW, default=None)
    assert list(places.destinations(NODES, SyncRun("run-1", "acc"))) == ["rows"]


@pytest.mark.parametrize(
    ("written", "sentence", "hint"),
    [
        (["out"], "a destination needs a scheme: out", "dir:PATH"),
        (["dir:"], "unknown destination dir:", "did you mean dir:PATH?"),
        (["dri:out"], "unknown destination dri:out", "did you mean dir:PATH?"),
        (["htps://h/x"], "unknown destination htps://h/x", "did you mean https://…?"),
        (["sqlite:a\0b"], "sqlite: is followed by a character that no path can have", ""),
        (["ftp://x"], "unknown destination ftp://x", "dir:PATH"),
        (["webhook:example.com/x"], "webhook:example.com/x is no http:// or https:// URL", ""),
        (["dir:a", "dir:b"], "a URL for all is given twice", "NAME=URL"),
        (["rows=dir:a", "rows=dir:b"], "rows is given twice", "NAME=URL"),
        (["row=dir:a"], "nothing that is delivered is called row", "did you mean rows?"),
        (["elsewhere=dir:a"], "nothing that is delivered is called elsewhere", "there is rows, hook"),
        (["memory://"], "memory:// names no bucket", "memory://BUCKET/PATH"),
    ],
)
def test_what_can_not_be_is_a_sentence(written: list[str], sentence: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        kinds(*written)
    assert sentence in str(raised.value)
    assert hint in (raised.value.hint or "")


@pytest.mark.parametrize("name", ["../up", "a/../../up", "/tmp", "..", "a\0b", "\ud800"], ids=ascii)
@pytest.mark.parametrize("url", ["dir:out", "memory://bucket"])
def test_the_folder_of_a_node_lies_in_its_destination(name: str, url: str) -> None:
    places = Places([url], "shared", lambda: NOW)
    with pytest.raises(UsageError, match=f"can't have a folder in {url}"):
        places.destinations({name: "webhook"}, SyncRun("run-1", "acc"))
    assert list(places.destinations({"crm/a: b": "webhook"}, SyncRun("run-1", "acc"))) == ["crm/a: b"]


@pytest.mark.parametrize(
    ("written", "signed"),
    [(["webhook:http://h"], True), (["rows=http://h", "hook=sqlite:x"], True), (["sqlite:x"], False), ([], True)],
)
def test_what_is_posted_or_written_as_a_post_is_signed(written: list[str], signed: bool) -> None:
    assert has_posts(written, NODES) is signed


@pytest.mark.parametrize(
    ("place", "whole"),
    [
        ("dir:out", "dir:/data/out"),
        ("rows=sqlite:a.db", "rows=sqlite:/data/a.db"),
        ("duckdb:/tmp/x", "duckdb:/tmp/x"),
        ("https://h/x?a=b", "https://h/x?a=b"),
        ("s3://bucket/x", "s3://bucket/x"),
        ("dir:", "dir:"),
    ],
)
def test_a_place_is_found_from_anywhere(place: str, whole: str) -> None:
    assert whole_place(place, Path("/data")) == whole


def test_rows_have_folders_of_their_own() -> None:
    assert [place_below(place, "3") for place in ("dir:out/", "sqlite:x")] == ["dir:out/3", "sqlite:x"]


@pytest.mark.parametrize(
    ("place", "secrets"),
    [
        ("postgresql://me:a%20b@h/d", {"a%20b", "a b"}),
        ("hook=webhook:https://h/x?token=t-1&page=2", {"t-1"}),
        ("https://h/x", set()),
        ("rows=dir:out", set()),
        ("https://[h/x", {"https://[h/x"}),
    ],
)
def test_passwords_of_a_place_are_known_and_left_out(place: str, secrets: set[str]) -> None:
    assert place_secrets([place]) == secrets
    (shown,) = places_without_secrets([place])
    assert not any(secret in shown for secret in secrets)
    assert shown == place or secrets
