import inspect
import pydoc

import pytest

import batchctl
from batchctl.errors import CredentialsError
from batchctl.structs import Struct, replace
from batchctl.truto.connection import Connection


def test_a_changed_copy_is_checked_as_a_new_one_is() -> None:
    """msgspec does so from 0.21 on."""
    with pytest.raises(CredentialsError):
        replace(Connection("https://api.example.com", "tok-1"), token="two words")


def test_a_secret_is_not_in_the_representation() -> None:
    assert "tok-of" not in repr(Connection("https://api.example.com", "tok-of-the-tests"))


def test_help_shows_the_parameters_of_everything_that_the_library_exports() -> None:
    exported = [getattr(batchctl, name) for name in batchctl.__all__]
    structs = [each for each in exported if isinstance(each, type) and issubclass(each, Struct)]
    assert len(structs) > 10
    for each in structs:
        assert tuple(inspect.signature(each).parameters) == each.__struct_fields__
        assert pydoc.render_doc(each)
    assert set(batchctl.__all__) <= set(dir(batchctl))
    assert "arun_sync_each(" in pydoc.plain(pydoc.render_doc(batchctl))
    shown = inspect.signature(batchctl.Failed)
    assert str(shown).startswith("(errors: 'list[JsonValue]', accepted: 'bool' = False, *, records: ")
    assert shown.parameters["total"].default is None
