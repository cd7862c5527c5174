"""Settings of a project: where they are looked for, and what is said of those that can't be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.config.credentials import find_credentials
from batchctl.config.keychain import Keychain
from batchctl.config.profiles import Profile, Profiles
from batchctl.config.settings import SettingsFinder
from batchctl.errors import CredentialsError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_nearest_file_with_settings_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.batchctl]\nignore = ["missing-id"]\n', "utf-8")
    # These say nothing about batchctl, or only its name.
    (tmp_path / "a" / "pyproject.toml").write_text('[project]\nname = "x"\n', "utf-8")
    (inner / "pyproject.toml").write_text('[project]\ndependencies = ["batchctl"]\n', "utf-8")
    finder = SettingsFinder()
    found = finder.find(inner)
    assert found.selection is not None
    assert found.selection.ignore == {"missing-id"}
    assert found.relative(str(inner / "x.yaml")) == "a/b/x.yaml"
    assert found.relative("/elsewhere/x.yaml") == "/elsewhere/x.yaml"
    assert finder.find(tmp_path / "a") is found


@pytest.mark.parametrize("name", ["batchctl.toml", "pyproject.toml"])
def test_settings_that_cannot_be_read_do_not_count_as_none(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text("", "utf-8")
    read = type(tmp_path).read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == name:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(type(tmp_path), "read_bytes", refuse)
    with pytest.raises(UsageError, match=rf"^can't read .*{name}: permission denied$"):
        SettingsFinder().find(tmp_path)
    (tmp_path / name).unlink()
    assert not SettingsFinder().find(tmp_path).file


@pytest.mark.parametrize(("name", "heading"), [("batchctl.toml", ""), ("pyproject.toml", "[tool.batchctl]\n")])
def test_a_byte_order_mark_is_no_fault(tmp_path: Path, name: str, heading: str) -> None:
    (tmp_path / name).write_text(f'\ufeff{heading}ignore = ["missing-id"]\n', "utf-8")
    selection = SettingsFinder().find(tmp_path).selection
    assert selection is not None
    assert selection.ignore == {"missing-id"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selct = []", "there is no setting selct"),
        ('select = "all"', "select must be a list of strings"),
        ("include = [1]", "include must be a list of strings"),
        ("severity = 1", "severity must be a table"),
        ('severity = {missing-id = "fatal"}', "the severity of missing-id must be one of error, warning, info"),
        ('ignore = ["mising-id"]', 'no rule is called "mising-id"; did you mean "missing-id"?'),
        ('per-file-ignores = {"a/*" = "x"}', "a/* must be a list of strings"),
        ("x = ", "is not TOML"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.batchctl]\n{text}\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        SettingsFinder().find(tmp_path)
    assert message in str(caught.value)
    assert "pyproject.toml" in str(caught.value)


@pytest.mark.parametrize("text", ["tool.batchctl = 5", "[tool]\nbatchctl = [1]"])
def test_the_table_must_be_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"tool\.batchctl must be a table"):
        SettingsFinder().find(tmp_path)
    (tmp_path / "pyproject.toml").write_text('tool = "batchctl"', "utf-8")
    assert SettingsFinder().find(tmp_path).selection is None


def test_a_file_of_its_own_has_no_table_around_its_settings(tmp_path: Path) -> None:
    (tmp_path / "batchctl.toml").write_text('select = ["all"]\n[severity]\nmissing-id = "info"\n', "utf-8")
    found = SettingsFinder().find(tmp_path).selection
    assert found is not None
    assert found.select is not None
    assert [severity.value for severity in found.severities.values()] == ["info"]


class Refusing:
    """A keyring that can do nothing."""

    def get_password(self, service: str, name: str) -> str | None:
        raise RuntimeError(f"{service} {name} is locked")

    def set_password(self, service: str, name: str, password: str) -> None:
        raise RuntimeError(f"{service} {name} takes no {len(password)} characters")

    def delete_password(self, service: str, name: str) -> None:
        raise RuntimeError(f"{service} {name} is locked")


def test_a_keyring_that_fails_holds_no_token(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('default_profile = "a"\n[profiles.a]\ntoken_in = "keyring"\n', "utf-8")
    profiles = Profiles(path, tmp_path, Keychain(Refusing))
    with pytest.raises(CredentialsError, match="the profile a has no token"):
        find_credentials(profiles, {}, token=None, api_url=None, profile="a")
    assert profiles.names() == ("a",)
    assert profiles.remove("a")
    assert profiles.names() == ()


def test_a_profile_without_a_token_may_say_where_the_api_is(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path / "config.toml", tmp_path)
    profiles.save(Profile("a", "", "https://a.example"))
    given = find_credentials(profiles, {}, token="tok-g", api_url=None, profile="a")
    assert (given.token, given.api_url) == ("tok-g", "https://a.example")


def test_files_that_are_not_there_or_no_files(tmp_path: Path) -> None:
    assert not Profiles(tmp_path / "none.toml", tmp_path).is_exposed()
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(UsageError, match="can't be read") as caught:
        Profiles(tmp_path / "folder.toml", tmp_path).find()
    assert caught.value.hint == "correct it, or move it away and run batchctl login"
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(UsageError):
        Profiles(tmp_path / "file" / "config.toml", tmp_path).save(Profile("a", "tok-1"))
