import pytest

from batchctl.errors import UsageError
from batchctl.fleet.addresses import is_private, read_place
from batchctl.fleet.sealed import Sealed


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("local:4", ("local", 4)),
        ("dask://127.0.0.1:8786", ("dask", "tcp://127.0.0.1:8786")),
        ("dask://localhost:8786", ("dask", "tcp://localhost:8786")),
        ("dask://[::1]:8786", ("dask", "tcp://[::1]:8786")),
        ("tls://cluster.example.com:8786", ("dask", "tls://cluster.example.com:8786")),
    ],
)
def test_places(text: str, place: tuple[str, object]) -> None:
    assert read_place(text) == place


@pytest.mark.parametrize(
    "text", ["local", "local:", "local:0", "local:x", "local:9999", "cluster", "http://a:1", "dask://a"]
)
def test_what_names_no_workers(text: str) -> None:
    with pytest.raises(UsageError, match="--on"):
        read_place(text)


def test_a_token_does_not_travel_unencrypted() -> None:
    with pytest.raises(UsageError, match=r"the token would travel unencrypted to 10\.0\.0\.7"):
        read_place("dask://10.0.0.7:8786")
    for address in ("tls://10.0.0.7:1", "tcp://127.0.0.1:1", "tcp://[::1]:1", "inproc://x/1"):
        assert is_private(address)
    assert not is_private("tcp://10.0.0.7:1")


def test_what_is_sealed_is_in_no_text() -> None:
    sealed = Sealed("rows 1-3", b"secret")
    assert repr(sealed) == str(sealed) == "<rows 1-3>"
