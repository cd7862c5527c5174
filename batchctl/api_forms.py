"""What programs pass to the library, checked for its type before anything is read, and above all before it is sent.

A type checker finds the same, where there is one. Without these checks ``allow_unresolved="no"`` would send what it was
to hold back, and a store that is none would record nothing.
"""

from __future__ import annotations

import math
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from batchctl.diagnostics.spelling import suggestion
from batchctl.engine.options import RunOptions
from batchctl.errors import UsageError
from batchctl.files import is_usable
from batchctl.store.runs import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable

S = TypeVar("S")


class Form(NamedTuple):
    """What a value must be: ``words`` come after "must be" in a message, ``fits`` says whether a value is like that."""

    words: str
    fits: Callable[[Any], bool]


def _is_path(value: object) -> bool:
    if not isinstance(value, (str, os.PathLike)):
        return False
    path = os.fspath(value)
    return isinstance(path, str) and path != "" and is_usable(path)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_seconds(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value > 0


def _is_list(value: object) -> bool:
    # What can be read once only would be used up by the check.
    return isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping))


def _are_texts(value: object) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) and all(isinstance(each, str) for each in value)


def _is_mapping(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """A check for mappings whose values are as ``of`` wants them."""
    return lambda value: (
        isinstance(value, Mapping) and all(isinstance(name, str) and of(each) for name, each in value.items())
    )


def _is_store(value: object) -> bool:
    return isinstance(value, RunStore) and isinstance(value.folder, Path)


def _is_options(value: object) -> bool:
    if not isinstance(value, RunOptions):
        return False
    counts = (value.concurrency, value.max_depth, value.keep_records, value.max_pages)
    flags: tuple[object, ...] = (value.fail_fast, value.explain, value.allow_unresolved)
    mappings: tuple[object, ...] = (value.account, value.accounts)
    return (
        all(_is_count(each) and each >= 0 for each in counts)
        and all(isinstance(each, bool) for each in flags)
        and all(isinstance(each, Mapping) for each in mappings)
    )


PATH = Form("a path", _is_path)
PATH_OR_URL = Form("a path or a URL", lambda value: isinstance(value, str) and is_usable(value))
# An empty one would count as absent: a run without the account, or the key, that was meant.
TEXT = Form("a text", lambda value: isinstance(value, str) and value.strip() != "")
FLAG = Form("True or False", lambda value: isinstance(value, bool))
SECONDS = Form("a number of seconds above 0", _is_seconds)
AT_LEAST_0 = Form("a whole number, 0 or more", lambda value: _is_count(value) and value >= 0)
AT_LEAST_1 = Form("a whole number, 1 or more", lambda value: _is_count(value) and value >= 1)
TEXTS = Form("a list of texts", _are_texts)
CALLABLE = Form("a function", callable)
PLACES = Form("a text or a list of texts", lambda value: isinstance(value, str) or _are_texts(value))
VALUES = Form("a dict of names to values", lambda value: isinstance(value, dict))
RECORDS = Form("a dict of names to lists of records", lambda value: isinstance(value, Mapping))
BACKEND = Form("an object with send and aclose", lambda value: hasattr(value, "send") and hasattr(value, "aclose"))
STORE = Form("a RunStore whose folder is a Path", _is_store)
SETTINGS: Mapping[str, Form] = {
    "account": TEXT,
    "args": VALUES,
    "environment": Form("a mapping of names to texts", _is_mapping(lambda each: isinstance(each, str))),
    "only": Form("a list of names and patterns", _are_texts),
    "accept": Form(
        "a dict of names to HTTP statuses; statuses must be a list",
        _is_mapping(lambda each: _is_list(each) and all(_is_count(status) for status in each)),
    ),
    "context": VALUES,
    "allow_unused": FLAG,
    "token": TEXT,
    "api_url": TEXT,
    "profile": TEXT,
    "allow_http": FLAG,
    "timeout_s": SECONDS,
    "connect_timeout_s": SECONDS,
    "call_timeout_s": SECONDS,
    "retries": AT_LEAST_0,
    "idempotency_key": TEXT,
    "rate_limit": TEXT,
    "executor": TEXT,
    "fixtures": PATH,
    "backend": BACKEND,
    "run_timeout_s": SECONDS,
    "options": Form("RunOptions, whose fields have their types", _is_options),
    "allow_unresolved": FLAG,
    "store": STORE,
    "resume": TEXT,
    "to": PLACES,
    "webhook_secret": TEXT,
    "observer": CALLABLE,
    "notify": CALLABLE,
    "record": PATH,
    "trace": PATH,
    "reports": Form("a dict of formats to paths", _is_mapping(_is_path)),
    "on": TEXT,
    "worker_store": PATH_OR_URL,
    "state": PATH,
    "ignore_previous_run": FLAG,
    "force": FLAG,
    "error_handling": TEXT,
}


def require(name: str, value: object, form: Form) -> None:
    """Raise ``UsageError`` where ``value``, which was passed as ``name``, does not have this form."""
    if form.fits(value):
        return
    # The value itself may be a secret.
    kind = "" if isinstance(value, (int, float)) and form in (SECONDS, AT_LEAST_0, AT_LEAST_1) else _kind(value)
    raise UsageError(f"{name} must be {form.words}, not {kind or value}")


def usable(settings: S, form: type[object]) -> S:
    """The keywords ``settings`` of a function, without those that are None, which count as absent.

    ``form`` is the ``TypedDict`` of the keywords that the function takes. Raises ``UsageError`` for any other, since a
    misspelled ``account`` would leave the file's own, and for a value of another type.
    """
    found: dict[str, object] = {}
    known = form.__annotations__.keys()
    for name, value in cast("Mapping[str, object]", settings).items():
        if name not in known:
            raise UsageError(f'there is no setting "{name}" here', hint=suggestion(name, sorted(known)))
        if value is not None:
            require(name, value, SETTINGS[name])
            found[name] = value
    return cast("S", found)


def _kind(value: object) -> str:
    if value is None:
        return "None"
    if isinstance(value, str):
        if not is_usable(value):
            return "a text with a character that no path can have"
        return "text" if value.strip() else "an empty text"
    return f"of the type {type(value).__name__}"
