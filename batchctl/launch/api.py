"""Which API is called, as whom, and how long a call may take: from options to a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Private, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.config.credentials import Credentials
    from batchctl.execution.executor import Target
    from batchctl.execution.making import AnswerSize
    from batchctl.execution.notices import Notify
    from batchctl.truto.connection import Connection

# The longest that one attempt at a call of the engine takes, in seconds, where nothing else is said.
CALL_TIMEOUT_S = 600


class ApiOptions(Private, frozen=True):
    """How Truto's API is reached: the values of the options of ``batchctl run`` with these names, times in seconds.

    ``token``, ``profile`` and ``api_url`` are None where the environment or the active profile decides; ``allow_http``
    sends the token over plain http to another machine. ``connect_timeout_s`` is the longest wait for a connection,
    ``timeout_s`` that for more of an answer, ``call_timeout_s`` the longest that one attempt at a call may take; None
    for 600 seconds, or no limit for a batch on Truto. ``max_answer_mib`` is None for 64 MiB, or 64 GiB for a batch on
    Truto, ``max_unpack_ratio`` how many times its compressed size an answer beyond 16 MiB may have. ``retries`` is how
    often a call or a batch is sent again; ``idempotency_key`` is None for a new key where the plan writes.
    """

    HIDDEN = ("token",)

    token: str | None = None
    profile: str | None = None
    api_url: str | None = None
    allow_http: bool = False
    timeout_s: float = 300
    connect_timeout_s: float = 30
    call_timeout_s: float | None = None
    max_answer_mib: int | None = None
    max_unpack_ratio: int = 200
    retries: int = 3
    idempotency_key: str | None = None

    def credentials(self, environ: Mapping[str, str], notify: Notify | None = None) -> Credentials:
        """The token and the URL of its API: those of these options, else of a profile or the variables in ``environ``.

        ``notify`` gets a notice where other users can read the file of profiles (None: nobody gets it). Raises
        ``CredentialsError`` where there is no token, ``UsageError`` for an unknown profile.
        """
        from batchctl.config.credentials import find_credentials
        from batchctl.config.user import user_profiles
        from batchctl.execution.notices import ConfigExposed

        profiles = user_profiles(environ)
        found = find_credentials(profiles, environ, token=self.token, api_url=self.api_url, profile=self.profile)
        if notify is not None and profiles.is_exposed():
            notify(ConfigExposed(profiles.path))
        return found

    def connection(self, found: Credentials) -> Connection:
        """The connection to the API with the credentials ``found``, and the time limits of these options.

        Raises ``UsageError`` and ``CredentialsError`` for a URL or a token that can't be used.
        """
        from batchctl.truto.connection import Connection, Timeouts

        timeouts = Timeouts(self.connect_timeout_s, self.timeout_s, self.call_timeout_s)
        return Connection(found.api_url, found.token, timeouts, self.idempotency_key, allow_http=self.allow_http)

    def target(self, found: Credentials, *, direct: bool = False) -> Target:
        """The API with the credentials ``found``, as executors need it.

        ``direct`` means that single calls are made: an attempt takes 600 seconds at most, unless the options say
        otherwise. A batch on Truto may take any time. Raises ``UsageError`` and ``CredentialsError`` for a URL or a
        token that can't be used.
        """
        from batchctl.execution.executor import Target

        usual_s = CALL_TIMEOUT_S if direct else None
        connection = replace(self, call_timeout_s=self.call_timeout_s or usual_s).connection(found)
        return Target(connection, found.source, found.environment)

    @property
    def answer_size(self) -> AnswerSize:
        """How large an answer may be: ``max_answer_mib`` and ``max_unpack_ratio``."""
        from batchctl.execution.making import AnswerSize

        return AnswerSize(self.max_answer_mib, self.max_unpack_ratio)
