"""Truto's error envelope, read into a sentence and made for our own answers.

``{statusCode, error, message, details?}``; an error of the provider behind the account has
``truto_is_remote_error``, ``raw_response`` and, on unified routes, ``truto_error_insight``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.patterns import lazy_regex
from batchctl.redaction import mask_pairs
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue

_MAX_LENGTH = 400
_MAX_READ = 20_000
# C0 and C1 control characters, and what reverses the direction of text.
_CONTROL = lazy_regex("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


class Envelope(Struct, frozen=True):
    """An error that came back for a request, in Truto's form, and whose it is.

    ``status`` is the HTTP status, 0 where none is known, ``error`` its title (``Not Found``), ``message`` the reason.
    ``origin`` is one of ``ORIGINS``: ``definition`` (batchctl did not send it), ``connection`` (no usable response),
    ``service`` (Truto), ``provider`` (the vendor behind the account; ``is_remote`` says so, too), ``fixtures``, or
    ``row`` (a row of many could not run). ``retry_after`` is the number of seconds that it asks to wait, empty where it
    names none. ``insight`` is ``truto_error_insight`` and ``details`` is ``details``, as Truto sent them.
    """

    status: int
    error: str
    message: str
    is_remote: bool = False
    insight: JsonObject = field(default_factory=dict)
    details: JsonValue = None
    retry_after: str = ""
    origin: str = "service"

    def sentence(self) -> str:
        """The error as a sentence that says who refused: ``Truto refused it: 401 Unauthorized: the token is unknown``.

        Calls that were not sent, that got no response, or that fixtures answered are not attributed to Truto.
        """
        if self.message.startswith("not delivered") and self.origin in ("definition", "connection"):
            return self.message
        if self.origin == "definition":
            is_said = self.message.startswith("not sent")
            return self.message if is_said else f"this resource can't be evaluated: {self.message}"
        if self.origin == "row":
            return self.message
        if self.origin == "connection":
            return f"no usable answer: {self.message}"
        title = " ".join(part for part in (str(self.status or ""), self.error) if part)
        said = [part for part in (title, self.message) if part and part != self.error]
        return f"{_WHO[self.origin]}: {': '.join(said or ['no reason given'])}"

    def advice(self) -> str | None:
        """What a person can do about the error, in one line, such as ``rate limited; wait 30 s and run it again``.

        None where nothing is known.
        """
        found = [*self._insights(), *self._failures()]
        if found:
            return "; ".join(found)
        if self.status == 429:
            wait = f"wait {self.retry_after} s" if self.retry_after else "wait"
            limit = _value(self.insight, "rate_limit_error")
            return f"rate limited{f' ({limit})' if limit else ''}; {wait} and run it again"
        return _ADVICE[self.origin].get(self.status) if self.origin in _ADVICE else None

    def _insights(self) -> list[str]:
        found = []
        scopes = _value(_mapping(self.insight.get("forbidden_error")).get("value"), "missing_scopes")
        if scopes:
            found.append(f"the account lacks the scopes {scopes}")
        for key, what in _MISSING.items():
            names = _value(self.insight, key)
            if names:
                found.append(f"{what} {names}")
        return found

    def _failures(self) -> list[str]:
        failures = _mapping(self.details).get("failures")
        return (
            [_text(_mapping(one).get("message") or one) for one in failures[:3]] if isinstance(failures, list) else []
        )


# Where an error comes from: batchctl did not send the call, nothing usable came back, Truto refused it, the provider
# behind the account did, a folder of fixtures answered so, or a row of many could not run, and its error says why.
ORIGINS = ("definition", "connection", "service", "provider", "fixtures", "row")
_WHO = {
    "service": "Truto refused it",
    "provider": "the provider behind the account refused it",
    "fixtures": "the fixtures answer it with",
}
_MISSING = {
    "missing_required_query_parameters": "missing in query:",
    "missing_required_body_fields": "missing in body:",
}
_SERVICE_ADVICE = {
    401: "check the token (TRUTO_API_TOKEN or --token) and that it belongs to this API",
    403: "the token or the account is not allowed to do this",
    404: "check the resource, the method, and that the token can see the account",
    405: "a sandbox account can't be written to",
    503: "the account is blocked; see it in Truto",
    504: "no answer came in time; run it again later",
}
_PROVIDER_ADVICE = {
    401: "the account's owner has to connect it again",
    403: "the person who connected the account is not allowed to do this at the provider",
    404: "the provider knows no such record or resource",
    409: "the provider refuses this change; see its own words",
    422: "the provider refuses the values; see its own words",
    500: "the provider is at fault; run it again later",
    502: "the provider is at fault; run it again later",
    503: "the provider is not available; run it again later",
    504: "the provider did not answer in time; run it again later",
}
_FIXTURES_ADVICE = {
    400: "docs/fixtures.md says what the fixtures understand",
    404: "check the fixtures folder: the file of the resource, and the id",
}
_ADVICE = {"service": _SERVICE_ADVICE, "provider": _PROVIDER_ADVICE, "fixtures": _FIXTURES_ADVICE}


def read_envelope(value: JsonValue, *, status: int = 0) -> Envelope:
    """The error in ``value``, a response's JSON of any shape, or its text.

    ``status`` is the HTTP status, used where the body names none.
    """
    if not isinstance(value, dict):
        return Envelope(status, _phrase(status), words(value))
    number = status_in(value) or status
    is_remote = value.get("truto_is_remote_error") is True
    message = value.get("message") or value.get("msg") or value.get("detail")
    error = value.get("error")
    if not message and error is not None and not isinstance(error, str):
        message, error = _mapping(error).get("message") or error, None
    return Envelope(
        number,
        _text(error) if isinstance(error, str) else _phrase(number),
        _text(message),
        is_remote=is_remote,
        insight=_mapping(value.get("truto_error_insight")),
        details=value.get("details"),
        retry_after=_retry_after(_mapping(value.get("headers"))),
        origin=origin_of(value),
    )


def status_in(value: JsonObject) -> int:
    """The HTTP status that an error's body names itself, 0 where it names none. ``value`` is the body."""
    stated = value.get("statusCode", value.get("status"))
    return stated if isinstance(stated, int) and not isinstance(stated, bool) and 0 < stated < 1000 else 0


def is_error(body: JsonValue) -> bool:
    """Whether a body is an error in Truto's form: ``statusCode`` from 400 on, ``error`` and ``message``, no other data.

    Besides these it may have ``details``, ``headers``, ``origin`` and keys that start with ``truto_``.
    """
    if not isinstance(body, dict) or "statusCode" not in body or not body.keys() >= {"error", "message"}:
        return False
    others = body.keys() - {"statusCode", "error", "message", "details", "headers", "origin"}
    return status_in(body) >= HTTPStatus.BAD_REQUEST and all(name.startswith("truto_") for name in others)


def origin_of(entry: JsonValue) -> str:
    """Whose error ``entry`` is: ``definition``, ``connection``, ``service``, ``provider``, ``fixtures`` or ``row``.

    It is the ``origin`` that the entry has, else by its form the provider's (the vendor behind the account) or the
    service's (Truto): a list, and an object with ``truto_is_remote_error`` true, is the provider's.
    """
    if not isinstance(entry, dict):
        return "provider" if isinstance(entry, list) else "service"
    stated = entry.get("origin")
    if isinstance(stated, str) and stated in ORIGINS:
        return stated
    return "provider" if entry.get("truto_is_remote_error") is True else "service"


def words(body: JsonValue) -> str:
    """The message in an error's body of any form: ``[{"message": "No such column"}]`` → ``No such column``.

    Salesforce, for one, answers with a list; of it the first three are joined. Without a message anywhere it is the
    beginning of the body as text.
    """
    if isinstance(body, list):
        said = [words(each) for each in body[:3]]
        return "; ".join(text for text in said if text)
    if isinstance(body, dict):
        for name in ("message", "msg", "detail", "error_description", "error"):
            if body.get(name):
                return words(body[name])
    return _text(body)


def make_envelope(status: int, message: str) -> JsonObject:
    """An error in Truto's form: ``{"statusCode": 404, "error": "Not Found", "message": …}``."""
    return {"statusCode": status, "error": _phrase(status), "message": message}


def unusable(message: str) -> JsonObject:
    """An error for a response that can't be used, in the form of an entry of ``errors``; ``message`` says why.

    It is ``{"statusCode": 502, "error": "No Usable Answer", "message": …, "origin": "connection"}``.
    """
    return {**make_envelope(502, message), "error": "No Usable Answer", "origin": "connection"}


def undelivered(sentence: str) -> JsonObject:
    """An error for records that a destination did not take, in the form of an entry of ``errors``.

    It is ``{"message": "not delivered: …", "origin": "connection"}``, without an HTTP status, since nothing of it came
    from the service. ``sentence`` says why.
    """
    return {"message": f"not delivered: {sentence}", "origin": "connection"}


def describe_entry(entry: JsonValue) -> Envelope:
    """An entry of the ``errors`` of a batch's response as an envelope, whatever its form."""
    envelope = read_envelope(entry)
    return replace(envelope, origin=origin_of(entry)) if isinstance(entry, list) else envelope


def _retry_after(headers: JsonObject) -> str:
    found = next((str(value) for name, value in headers.items() if name.lower() == "retry-after"), "")
    return found if found.isdecimal() and len(found) < 7 else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _mapping(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _value(owner: JsonValue, key: str) -> str:
    """An insight's names: ``{"description": …, "value": [...]}``, or the bare list."""
    value = _mapping(owner).get(key)
    if isinstance(value, dict):
        value = value.get("value")
    return ", ".join(map(_text, value[:10])) if isinstance(value, list) else _text(value) if value else ""


def _text(value: JsonValue) -> str:
    """One line, bounded, without control characters, and without values under secret-looking names."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        value = write_json(value)
    text = _CONTROL.sub(" ", mask_pairs(str(value)[:_MAX_READ])[: 2 * _MAX_LENGTH]).strip()
    return text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…"
