import json
import stat
from pathlib import Path

import pytest

from batchctl.config.credentials import find_credentials
from batchctl.config.keychain import Keychain
from batchctl.config.profiles import Profile, Profiles
from batchctl.errors import CredentialsError, UsageError


class Ring:
    """A keyring in memory; ``locked`` refuses everything."""

    def __init__(self, *, locked: bool = False) -> None:
        self.held: dict[str, str] = {}
        self.locked = locked

    def get_password(self, service: str, name: str) -> str | None:
        return self.held.get(f"{service} {name}")

    def set_password(self, service: str, name: str, password: str) -> None:
        if self.locked:
            raise RuntimeError("locked")
        self.held[f"{service} {name}"] = password

    def delete_password(self, service: str, name: str) -> None:
        del self.held[f"{service} {name}"]


def truto(home: Path, content: object) -> None:
    (home / ".truto").mkdir()
    (home / ".truto" / "config.json").write_text(json.dumps(content), "utf-8")


def test_saved_and_found(tmp_path: Path) -> None:
    profiles = Profiles({}, tmp_path)
    odd = 'quo"ted\\ \n\x7f'
    profiles.save(Profile(odd, "tok-1", "https://a.example", "acc", "staging"))
    profiles.save(Profile("second", "tok-2"))
    found = profiles.find()
    assert found == Profile(odd, "tok-1", "https://a.example", "acc", "staging", str(profiles.path))
    assert profiles.find("second") == Profile("second", "tok-2", origin=str(profiles.path))
    assert stat.S_IMODE(profiles.path.stat().st_mode) == 0o600
    assert not profiles.is_exposed()
    profiles.path.chmod(0o644)
    assert profiles.is_exposed()
    assert "tok-1" not in repr(found)


def test_removed(tmp_path: Path) -> None:
    profiles = Profiles({}, tmp_path)
    profiles.save(Profile("a", "tok-1"))
    assert profiles.remove("a")
    assert not profiles.remove("a")
    assert profiles.find() is None


def test_the_keyring_takes_the_token(tmp_path: Path) -> None:
    ring = Ring()
    profiles = Profiles({}, tmp_path, Keychain(ring))
    assert profiles.save(Profile("a", "tok-1")) == "the system keyring"
    assert "tok-1" not in profiles.path.read_text("utf-8")
    assert profiles.find("a") == Profile("a", "tok-1", origin=str(profiles.path))
    profiles.remove("a")
    assert ring.held == {}


def test_a_locked_keyring_leaves_it_to_the_file(tmp_path: Path) -> None:
    profiles = Profiles({}, tmp_path, Keychain(Ring(locked=True)))
    assert profiles.save(Profile("a", "tok-1")) == str(profiles.path)
    assert profiles.find("a") == Profile("a", "tok-1", origin=str(profiles.path))


def test_trutos_own_profiles_are_read(tmp_path: Path) -> None:
    entry = {"token": "tok-t", "apiUrl": "https://t.example", "defaultIntegratedAccount": "acc"}
    truto(tmp_path, {"activeProfile": "work", "profiles": {"work": entry}})
    found = Profiles({}, tmp_path).find()
    assert found is not None
    assert (found.name, found.token, found.api_url, found.account) == ("work", "tok-t", "https://t.example", "acc")


@pytest.mark.parametrize("content", [[], {"profiles": []}, {"profiles": {"a": 1}}, "x"])
def test_a_foreign_file_of_another_shape(tmp_path: Path, content: object) -> None:
    truto(tmp_path, content)
    assert Profiles({}, tmp_path).find() is None


def test_unknown_names_list_the_known(tmp_path: Path) -> None:
    Profiles({}, tmp_path).save(Profile("a", "tok-1"))
    with pytest.raises(UsageError, match="no profile") as caught:
        Profiles({}, tmp_path).find("b")
    assert caught.value.hint == "known profiles: a"


def test_a_broken_file_is_one_sentence_without_its_text(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("token = tok-1", "utf-8")
    with pytest.raises(UsageError, match="is not TOML") as caught:
        Profiles({"BATCHCTL_CONFIG": str(path)}, tmp_path).find()
    assert "tok-1" not in str(caught.value)


ACTIVE = Profile("a", "tok-a", "https://a.example", "acc-a")
NAMED = Profile("b", "tok-b", "https://b.example")
ENVIRONMENT = {"TRUTO_API_TOKEN": "tok-e", "TRUTO_API_URL": "https://e.example"}


@pytest.mark.parametrize(
    ("environ", "given", "wanted"),
    [
        ({}, {}, ("tok-a", "https://a.example", "profile a")),
        ({}, {"profile": "b"}, ("tok-b", "https://b.example", "profile b")),
        (ENVIRONMENT, {}, ("tok-e", "https://e.example", "TRUTO_API_TOKEN")),
        (ENVIRONMENT, {"profile": "b"}, ("tok-b", "https://b.example", "profile b")),
        (ENVIRONMENT, {"token": "tok-g"}, ("tok-g", "https://e.example", "--token")),
        ({}, {"token": "tok-g"}, ("tok-g", "https://api.truto.one", "--token")),
        ({}, {"token": "tok-g", "profile": "b"}, ("tok-g", "https://b.example", "--token")),
        ({}, {"api_url": "https://o.example"}, ("tok-a", "https://o.example", "profile a")),
    ],
)
def test_precedence(
    tmp_path: Path, environ: dict[str, str], given: dict[str, str], wanted: tuple[str, str, str]
) -> None:
    profiles = Profiles({}, tmp_path)
    profiles.save(ACTIVE)
    profiles.save(NAMED)
    options = {"token": None, "api_url": None, "profile": None, **given}
    found = find_credentials(profiles, environ, **options)
    assert (found.token, found.api_url, found.source) == wanted
    assert found.token not in repr(found)


def test_no_token(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="no API token"):
        find_credentials(Profiles({}, tmp_path), {}, token=None, api_url=None, profile=None)
