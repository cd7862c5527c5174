"""Which token goes to which API: options first, then a named profile, the environment, the active profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import CredentialsError
from batchctl.structs import Private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.config.profiles import Profile, Profiles

DEFAULT_API_URL = "https://api.truto.one"
TOKEN_VARIABLE = "TRUTO_API_TOKEN"  # noqa: S105 - the name of a variable, not a token
URL_VARIABLE = "TRUTO_API_URL"


class Credentials(Private, frozen=True):
    """A token, the API that it is for, and what its profile says besides.

    ``api_url`` is the API's base URL; ``source`` says in words where the token came from (``--token``, ``profile
    work``). ``account`` is the integrated account's id and ``environment`` the label of the profile, None without them.
    """

    HIDDEN = ("token",)

    token: str
    api_url: str
    source: str
    account: str | None = None
    environment: str | None = None


def find_credentials(
    profiles: Profiles, environ: Mapping[str, str], *, token: str | None, api_url: str | None, profile: str | None
) -> Credentials:
    """The credentials to use; ``token``, ``api_url`` and ``profile`` are options of the command, None where not given.

    A token is looked for in the option, the profile that is named, ``TRUTO_API_TOKEN``, and the active profile, in this
    order; the URL in the option, the profile that the token is from or that is named, and ``TRUTO_API_URL``, else it is
    that of Truto. ``environ`` are the environment variables. Raises ``CredentialsError`` when there is no token,
    ``UsageError`` for a profile that is not known.
    """
    named = profiles.find(profile) if profile else None
    found, source, owner = _token(token, named, environ, profiles)
    if not found:
        raise CredentialsError(
            _missing(named), hint="set TRUTO_API_TOKEN or run batchctl login; --local runs over fixtures and needs none"
        )
    # A profile's token goes to the profile's API, unless the command line says otherwise.
    url = api_url or (owner.api_url if owner else None) or environ.get(URL_VARIABLE) or DEFAULT_API_URL
    account, environment = (owner.account, owner.environment) if owner else (None, None)
    return Credentials(found, url, source, account, environment)


def _token(
    given: str | None, named: Profile | None, environ: Mapping[str, str], profiles: Profiles
) -> tuple[str | None, str, Profile | None]:
    if given:
        return given, "--token", named
    if named:
        return named.token, f"profile {named.name}", named
    if from_environment := environ.get(TOKEN_VARIABLE):
        return from_environment, TOKEN_VARIABLE, None
    # Asked last: it may be in a keyring, which takes a moment, or asks for a password.
    active = profiles.find()
    return (active.token, f"profile {active.name}", active) if active else (None, "", None)


def _missing(named: Profile | None) -> str:
    return f"the profile {named.name} has no token" if named else "no API token"
