import json
import stat
import tomllib
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
    profiles = Profiles(tmp_path / "config.toml", tmp_path)
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


def test_what_no_file_can_hold_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path / "config.toml", tmp_path)
    profiles.save(Profile("a", "tok-1"))
    with pytest.raises(UsageError, match="half a character"):
        profiles.save(Profile("\udcff", "tok-2"))
    assert profiles.find() == Profile("a", "tok-1", origin=str(profiles.path))
    assert list(tmp_path.iterdir()) == [profiles.path]


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles.toml"
    kept.touch()
    profiles = Profiles(tmp_path / "config.toml", tmp_path)
    profiles.path.symlink_to(kept)
    profiles.save(Profile("a", "tok-1"))
    assert profiles.path.is_symlink()
    assert "tok-1" in kept.read_text()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_removed(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path / "config.toml", tmp_path)
    profiles.save(Profile("a", "tok-1"))
    assert profiles.remove("a")
    assert not profiles.remove("a")
    assert profiles.find() is None


def test_the_keyring_takes_the_token(tmp_path: Path) -> None:
    ring = Ring()
    profiles = Profiles(tmp_path / "config.toml", tmp_path, Keychain(lambda: ring))
    assert profiles.save(Profile("a", "tok-1")) == "the system keyring"
    assert "tok-1" not in profiles.path.read_text("utf-8")
    assert profiles.find("a") == Profile("a", "tok-1", origin=str(profiles.path))
    profiles.remove("a")
    assert ring.held == {}


def test_a_locked_keyring_leaves_it_to_the_file(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path / "config.toml", tmp_path, Keychain(lambda: Ring(locked=True)))
    assert profiles.save(Profile("a", "tok-1")) == str(profiles.path)
    assert profiles.find("a") == Profile("a", "tok-1", origin=str(profiles.path))


def test_trutos_own_profiles_are_read(tmp_path: Path) -> None:
    entry = {"token": "tok-t", "apiUrl": "https://t.example", "defaultIntegratedAccount": "acc"}
    truto(tmp_path, {"activeProfile": "work", "profiles": {"work": entry}})
    found = Profiles(tmp_path / "config.toml", tmp_path).find()
    assert found is not None
    assert (found.name, found.token, found.api_url, found.account) == ("work", "tok-t", "https://t.example", "acc")


@pytest.mark.parametrize("content", [[], {"profiles": []}, {"profiles": {"a": 1}}, "x"])
def test_a_foreign_file_of_another_shape(tmp_path: Path, content: object) -> None:
    truto(tmp_path, content)
    assert Profiles(tmp_path / "config.toml", tmp_path).find() is None


def test_unknown_names_list_the_known(tmp_path: Path) -> None:
    Profiles(tmp_path / "config.toml", tmp_path).save(Profile("a", "tok-1"))
    with pytest.raises(UsageError, match="no profile") as caught:
        Profiles(tmp_path / "config.toml", tmp_path).find("b")
    assert caught.value.hint == "known profiles: a"


def test_a_broken_file_is_one_sentence_without_its_text(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("token = tok-1", "utf-8")
    with pytest.raises(UsageError, match="is not TOML") as caught:
        Profiles(path, tmp_path).find()
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
    profiles = Profiles(tmp_path / "config.toml", tmp_path)
    profiles.save(ACTIVE)
    profiles.save(NAMED)
    options = {"token": None, "api_url": None, "profile": None, **given}
    found = find_credentials(profiles, environ, **options)
    assert (found.token, found.api_url, found.source) == wanted
    assert found.token not in repr(found)


def test_no_token(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="no API token"):
        find_credentials(Profiles(tmp_path / "config.toml", tmp_path), {}, token=None, api_url=None, profile=None)


def test_saving_and_removing_keep_what_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    written = (
        "# my profiles\ncolor = false  # for the terminal\n\n"
        '[profiles.a]\ntoken = "tok-1"  # of staging\nnote = "keep"\n\n[other]\nz = [1, 2]\n'
    )
    path.write_text(written, "utf-8")
    profiles = Profiles(path, tmp_path)
    profiles.save(Profile("b", "tok-2"))
    saved = path.read_text("utf-8")
    assert tomllib.loads(saved) == {
        "color": False,
        "default_profile": "b",
        "profiles": {"a": {"token": "tok-1", "note": "keep"}, "b": {"token": "tok-2"}},
        "other": {"z": [1, 2]},
    }
    assert all(comment in saved for comment in ("# my profiles", "# for the terminal", "# of staging"))
    profiles.remove("b")
    assert tomllib.loads(path.read_text("utf-8")) == tomllib.loads(written)


def test_a_new_token_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    Profiles(path, tmp_path).save(Profile("a", "tok-1", "https://a.example", environment="staging"))
    Profiles(path, tmp_path, Keychain(Ring)).save(Profile("a", "tok-2", "https://b.example"))
    assert tomllib.loads(path.read_text("utf-8"))["profiles"] == {
        "a": {"api_url": "https://b.example", "token_in": "keyring"}
    }


@pytest.mark.parametrize("text", ["profiles = 3", "[profiles]\na = 1", "profiles.a.token = 1"])
def test_keys_of_another_type_are_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    profiles = Profiles(path, tmp_path)
    profiles.save(Profile("a", "tok-1"))
    assert profiles.find("a") == Profile("a", "tok-1", origin=str(path))


def test_a_list_of_profiles_is_neither_skipped_nor_lost(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    text = '[[profiles]]\nname = "a"\ntoken = "tok-secret"\n'
    path.write_text(text, "utf-8")
    profiles = Profiles(path, tmp_path)
    for use in (profiles.find, lambda: profiles.save(Profile("b", "tok-1"))):
        with pytest.raises(UsageError, match="a list, where each needs its name") as caught:
            use()
        assert "tok-secret" not in f"{caught.value}{caught.value.hint}"
    assert path.read_text("utf-8") == text


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('\ufeff[profiles.a]\ntoken = "tok-1"\n', "utf-8")
    profiles = Profiles(path, tmp_path)
    profiles.save(Profile("b", "tok-2"))
    (tmp_path / ".truto").mkdir()
    (tmp_path / ".truto" / "config.json").write_text('\ufeff{"profiles": {"c": {"token": "tok-3"}}}', "utf-8")
    assert profiles.names() == ("a", "b", "c")


def test_a_file_that_is_no_toml_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("token = tok-secret", "utf-8")
    with pytest.raises(UsageError, match="is not TOML") as caught:
        Profiles(path, tmp_path).save(Profile("a", "tok-1"))
    assert "tok-secret" not in str(caught.value)
    assert path.read_text("utf-8") == "token = tok-secret"


@pytest.mark.parametrize(
    "text",
    [
        'profiles.work.token = "t"\nprofiles.work.account = "a"\ntheme = "x" # mine\n',
        'profiles.old.token = "o"\nprofiles.work.token = "t"\nprofiles.work.account = "a"\ntheme = "x" # mine\n',
        'profiles = {work = {token = "t", account = "a"}}\ntheme = "x" # mine\n',
        'theme = "x" # mine\n[profiles]\nwork.token = "t"\nwork.account = "a"\n',
    ],
    ids=["dots", "dots of two", "one line", "dots in a table"],
)
def test_another_profile_leaves_those_with_dots_or_in_one_line_as_they_are(tmp_path: Path, text: str) -> None:
    profiles = Profiles(tmp_path / "config.toml", tmp_path)
    profiles.path.write_text(text)
    profiles.save(Profile("new", "n", account="b"))
    found = [Profiles(profiles.path, tmp_path).find(name) for name in ("work", "new")]
    assert [(each.token, each.account) for each in found if each] == [("t", "a"), ("n", "b")]
    saved = profiles.path.read_text()
    assert tomllib.loads(saved)["theme"] == "x"
    assert "# mine" in saved
    assert Profiles(profiles.path, tmp_path).remove("work")
    left = tomllib.loads(profiles.path.read_text())
    assert (left["theme"], left["profiles"]["new"]["token"]) == ("x", "n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[profiles.a]\ntoken = "t"\n', ""),
        ('profiles.a.token = "t"\n', ""),
        ('profiles = {a = {token = "t"}}\n', ""),
        ('[profiles]\n\n[profiles.a]\ntoken = "t"\n', ""),
        ('[profiles]\n# those of the team\n[profiles.a]\ntoken = "t"\n', "[profiles]\n# those of the team\n"),
        ('mine = 1\n[profiles.a]\ntoken = "t"\n', "mine = 1\n"),
        ('[profiles.a]\ntoken = "t"\n\n[profiles.b]\ntoken = "u"\n', '[profiles.b]\ntoken = "u"\n'),
    ],
)
def test_the_last_profile_takes_its_table_with_it(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(before, "utf-8")
    profiles = Profiles(file, tmp_path)
    assert profiles.remove("a")
    assert file.read_text("utf-8").strip() == after.strip()


def test_a_keyring_is_opened_for_the_profile_that_is_used_alone(tmp_path: Path) -> None:
    """To open one takes a moment, and it may ask for a password: not where a shell completes names."""
    path = tmp_path / "config.toml"
    path.write_text(
        'default_profile = "a"\n[profiles.a]\ntoken_in = "keyring"\n[profiles.b]\ntoken_in = "keyring"\n', "utf-8"
    )
    asked: list[str] = []

    class Asked(Ring):
        def get_password(self, service: str, name: str) -> str | None:
            asked.append(name)
            return super().get_password(service, name) or f"tok-{name}"

    opened: list[Asked] = []

    def ring() -> Asked:
        opened.append(Asked())
        return opened[-1]

    profiles = Profiles(path, tmp_path, Keychain(ring))
    assert profiles.names() == ("a", "b")
    for environ, token in ((ENVIRONMENT, None), ({}, "tok-g")):
        find_credentials(profiles, environ, token=token, api_url=None, profile=None)
    assert opened == []
    assert find_credentials(profiles, {}, token=None, api_url=None, profile=None).token == "tok-a"
    assert profiles.find("a") is not None
    assert (asked, len(opened)) == (["a", "a"], 1)
