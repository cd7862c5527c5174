import pytest

from batchctl.errors import CredentialsError
from batchctl.structs import replace
from batchctl.truto.connection import Connection


def test_a_changed_copy_is_checked_as_a_new_one_is() -> None:
    """msgspec does so from 0.21 on."""
    with pytest.raises(CredentialsError):
        replace(Connection("https://api.example.com", "tok-1"), token="two words")


def test_a_secret_is_not_in_the_representation() -> None:
    assert "tok-of" not in repr(Connection("https://api.example.com", "tok-of-the-tests"))
