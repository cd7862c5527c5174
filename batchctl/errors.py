"""The errors that end a command, and the exit code of each.

A mistake in the user's file is a ``Diagnostic``, a call that failed is a ``Failed`` outcome; what stands
here is for the moments when batchctl can't go on. The message of each is one sentence for a person.

    BatchctlError                   exit code
    ├── UsageError                  2   wrong use; missing or unreadable input
    │   ├── FixtureError            2   a fixtures folder or file that can't be used
    │   └── StoreError              2   a kept run, or the folder of all, that can't be used
    │       └── TakenOver           2   a row that was given to another worker
    ├── DefinitionError             1   the definition has errors; carries its diagnostics
    │   ├── TemplateError           1   a placeholder that can't be rendered
    │   └── ExpressionError         1   a JSONata expression that can't be evaluated
    │       └── UnreadableInput     1   data that the engine of expressions can't take
    ├── ServiceError                4   could not run, or got no whole answer
    │   ├── CredentialsError        4   no token, or one that is refused
    │   ├── AccountUnreadable       4   the context of an account that can't be read
    │   ├── Unanswered              4   no answer came
    │   │   ├── ConnectionFailed    4   the host does not resolve, refuses or breaks off
    │   │   └── TimedOut            4   no answer in time
    │   ├── Refused                 4   the service answered with its error envelope
    │   ├── CallRefused             4   a call of the embedded engine was answered with an error status
    │   ├── Conflict                4   what would be overwritten was changed by somebody else
    │   ├── NotSent                 4   a call that batchctl does not send, since it would be another one
    │   └── BadAnswer               4   the answer is cut off, not JSON, or of an unknown shape
    ├── DeliveryFailed              4   a destination of a sync job did not take what it was given
    │   └── RunStopped              4   it asked that the run be stopped
    ├── RunUnderWay                 4   another run holds what only one may hold
    ├── Declined                    4   a person was asked, and said no
    └── Interrupted                 130 Ctrl-C
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonValue


class ExitCode(IntEnum):
    """The exit codes of all commands: how a command ended.

    ``OK`` (0): all is well; ``DEFINITION`` (1): the definition has errors; ``USAGE`` (2): wrong use, or input that
    can't be read; ``FAILURES`` (3): it ran, and resources have errors; ``NOT_RUN`` (4): it could not run; ``BUG`` (70):
    a bug in batchctl; ``INTERRUPTED`` (130): Ctrl-C.
    """

    OK = 0
    DEFINITION = 1
    USAGE = 2
    FAILURES = 3
    NOT_RUN = 4
    BUG = 70
    INTERRUPTED = 130


class BatchctlError(Exception):
    """The base of all errors that end a command: ``str(error)`` is one sentence, ``hint`` what to do about it.

    ``hint`` is None where nothing is known to help. ``exit_code``, of the class, is what the command then ends with.
    ``result`` is what a run had brought before the error was raised, as when a report can't be written: what the
    function would have returned (a ``RunResult``, ``RowsResult`` or ``SyncResult``, for rows those that ended). It is
    set after the error is made, and None elsewhere.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.NOT_RUN

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint
        # Its class depends on the function that raises, which its caller knows.
        self.result: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        # What a class is built from differs; its message and attributes are all there is to copy, or to pass to
        # another process.
        return _copied, (type(self), self.args), self.__dict__


def _copied(kind: type[BatchctlError], args: tuple[Any, ...]) -> BatchctlError:
    return kind.__new__(kind, *args)


class UsageError(BatchctlError):
    """A command or function was used wrongly, or input is missing or can't be read."""

    exit_code = ExitCode.USAGE

    @classmethod
    def about(cls, problem: Diagnostic, file: str) -> UsageError:
        """The error of what can't go on because of a ``problem`` in ``file``, or in a file that it includes."""
        (line, column), _ = problem.span
        return cls(f"{problem.file or file}:{line}:{column}: {problem.message}", hint=problem.help)


class FixtureError(UsageError):
    """A fixtures folder or file that can't be used."""


class StoreError(UsageError):
    """A recorded run, or the folder of recorded runs, that can't be used."""


class DefinitionError(BatchctlError):
    """The definition has errors; ``diagnostics`` says which and where. ``hint`` is what to do about it, if known."""

    exit_code = ExitCode.DEFINITION

    def __init__(self, message: str, *, hint: str | None = None, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.diagnostics = diagnostics


class TemplateError(DefinitionError):
    """A placeholder that can't be rendered, for example one with an unknown type.

    ``offset`` is where the placeholder begins in its text, in code points from 0, None where unknown; ``hint`` is what
    to do about it.
    """

    def __init__(self, message: str, *, hint: str | None = None, offset: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.offset = offset


class ExpressionError(DefinitionError):
    """A JSONata expression that can't be parsed or evaluated.

    ``position`` is how many code points of it were read when the error was found, so that the word or sign in question
    ends there; None where unknown. ``field`` is an attribute that is set later: the field of the resource that the
    expression is written in, empty where unknown. ``code`` is JSONata's code of the error (``S0201``), ``hint`` what to
    do about it.
    """

    def __init__(self, message: str, *, hint: str | None = None, code: str = "", position: int | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.position = position
        self.field = ""


class ServiceError(BatchctlError):
    """The batch could not run, or no whole answer came back."""


class CredentialsError(ServiceError):
    """No token, or one that the service refuses."""


class Unanswered(ServiceError):
    """No response came to a request; ``sent`` says whether the other side may have seen the request.

    ``hint`` is what to do about it, if known.
    """

    def __init__(self, message: str, *, hint: str | None = None, sent: bool = True) -> None:
        super().__init__(message, hint=hint)
        self.sent = sent


class ConnectionFailed(Unanswered):
    """The host does not resolve, refuses the connection or breaks it off."""


class TimedOut(Unanswered):
    """No answer within the time-out."""


class Refused(ServiceError):
    """The service answered with an error.

    ``status`` is the HTTP status, ``request_id`` the service's id of the request, None without one; ``hint`` is what to
    do about it.
    """

    def __init__(self, message: str, *, hint: str | None = None, status: int, request_id: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.request_id = request_id


class CallRefused(ServiceError):
    """A call of the embedded engine was answered with an error.

    ``status`` is the HTTP status, ``body`` the response's JSON, None for an empty response. ``answered_by`` is
    ``service`` for Truto (and the provider behind it), ``fixtures`` for a folder of records.
    """

    def __init__(self, status: int, body: JsonValue, answered_by: str = "service") -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.body = body
        self.answered_by = answered_by


class Conflict(ServiceError):
    """A job that would be overwritten has been changed by somebody else meanwhile."""


class NotSent(ServiceError):
    """A call that is not sent, since it would not be what the definition means; ``why`` becomes part of the message."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not sent: {why}")


class BadAnswer(ServiceError):
    """The response is cut off, not JSON, or of a shape that no response to a batch has.

    ``salvaged`` has those members of the response that were read before it broke off (such as ``result`` and
    ``errors``), None where there are none; lists of records in it have only whole records, and can be iterated.
    ``hint`` is what to do about it.
    """

    def __init__(self, message: str, *, hint: str | None = None, salvaged: Mapping[str, object] | None = None) -> None:
        super().__init__(message, hint=hint)
        self.salvaged = salvaged


class DeliveryFailed(BatchctlError):
    """A destination of a sync job did not take what it was given."""


class RunStopped(DeliveryFailed):
    """A destination asked that the run be stopped, as a webhook can at its start."""


class RunUnderWay(BatchctlError):
    """Another run holds a lock that only one run can hold (a job's ``mutex_key``)."""


class Declined(BatchctlError):
    """A person was asked before something was done, and said no: it was not done."""


class Interrupted(BatchctlError):
    """Ctrl-C while something was in progress."""

    exit_code = ExitCode.INTERRUPTED
