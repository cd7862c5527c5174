"""Truto's functions that read query strings (as the npm package qs does) and URLs (as browsers do)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.coercion import as_object, is_nil, is_number, text
from batchctl.javascript.errors import HostError
from batchctl.javascript.objects import SpecialObject
from batchctl.structs import Struct
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.objects import Method, ObjectKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from ada_url import URL

_READ_FLAGS: Final = {
    "allowDots": "allow_dots",
    "allowEmptyArrays": "allow_empty_lists",
    "charsetSentinel": "charset_sentinel",
    "comma": "comma",
    "decodeDotInKeys": "decode_dot_in_keys",
    "ignoreQueryPrefix": "ignore_query_prefix",
    "interpretNumericEntities": "interpret_numeric_entities",
    "parseArrays": "parse_lists",
    "strictDepth": "strict_depth",
    "strictNullHandling": "strict_null_handling",
    "throwOnLimitExceeded": "raise_on_limit_exceeded",
}
_READ_NUMBERS: Final = {"arrayLimit": "list_limit", "depth": "depth", "parameterLimit": "parameter_limit"}
# Names that every JavaScript object has: a parameter that names one is left out.
_INHERITED: Final = frozenset(
    {
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
    }
    | {"valueOf", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__"}
)
_GONE: Final = object()


def parse_query(source: object, options: object) -> object:
    """``$parseQuery``: a query string as an object, ``a[b]=1`` nested; empty for an empty one, null and UNDEFINED.

    The values of a text are texts. An object or list is read as names with their values, which stay as they are; any
    other ``source`` gives an empty object. ``options`` is an object of those of the npm package qs, such as
    ``allowDots``; another value counts as none, an option of the wrong type as not given.
    """
    import qs_codec

    if is_nil(source) or source == "":
        return {}
    given = as_object(options)
    chosen: dict[str, Any] = {
        ours: given[name] for name, ours in _READ_FLAGS.items() if isinstance(given.get(name), bool)
    }
    chosen |= {ours: int(given[name]) for name, ours in _READ_NUMBERS.items() if is_number(given.get(name))}
    if isinstance(given.get("delimiter"), str):
        chosen["delimiter"] = given["delimiter"]
    if given.get("duplicates") in {"first", "last", "combine"}:
        chosen["duplicates"] = qs_codec.Duplicates[given["duplicates"].upper()]
    if isinstance(source, list):
        source = {str(at): item for at, item in enumerate(source)}
    if not isinstance(source, str | dict):
        return {}
    read = source if isinstance(source, str) else {key: _wrapped(item) for key, item in source.items()}
    found = _plain(qs_codec.decode(read, qs_codec.DecodeOptions(**chosen)))
    return {} if found is _GONE else found


class _Whole(Struct, frozen=True, eq=False):
    """An object with methods, which the reader of queries has to leave alone."""

    value: object


def _wrapped(value: object) -> object:
    if isinstance(value, SpecialObject) or callable(value):
        return _Whole(value)
    if isinstance(value, dict):
        return {key: _wrapped(item) for key, item in value.items()}
    return [_wrapped(item) for item in value] if isinstance(value, list) else value


def _plain(value: object) -> object:
    if isinstance(value, _Whole):
        return value.value
    if isinstance(value, dict):
        kept = {str(key): _plain(item) for key, item in value.items() if key not in _INHERITED}
        return {key: item for key, item in kept.items() if item is not _GONE} if kept or not value else _GONE
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def parse_url(source: object) -> URL:
    """``$parseUrl``: the URL ``source``, parsed as a browser does, as an ``ada_url.URL`` (``href``, ``host`` …).

    Another value than a text is read by its text. Raises ``HostError`` for what is no absolute URL, null included.
    """
    from ada_url import URL

    try:
        return URL(text(source))
    except ValueError:
        raise HostError("Invalid URL", "ERR_INVALID_URL") from None


def _parameters(read: Callable[[Any], object]) -> Callable[[URL], object]:
    def of_url(url: URL) -> object:
        from ada_url import URLSearchParams

        return read(URLSearchParams(url.search))

    return of_url


def _part(name: str) -> Callable[[URL], object]:
    return lambda url: getattr(url, name)


def _size(parameters: Any) -> object:
    return parameters.size


def _first(parameters: Any, name: object) -> object:
    return parameters.get(text(name)) if parameters.has(text(name)) else None


def _by_name(read: Callable[[Any, object], object]) -> Callable[[URL, object], object]:
    return lambda url, name: _parameters(lambda parameters: read(parameters, name))(url)


_PARTS: Final = (
    "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "hash", "search",
)  # fmt: skip
SEARCH: Final = ObjectKind(
    "searchParams",
    {
        "get": Method(_by_name(_first), 1),
        "has": Method(_by_name(lambda parameters, name: parameters.has(text(name))), 1),
        "getAll": Method(_by_name(lambda parameters, name: list(parameters.get_all(text(name)))), 1),
        "keys": Method(_parameters(lambda parameters: list(parameters.keys()))),
        "values": Method(_parameters(lambda parameters: list(parameters.values()))),
        "entries": Method(_parameters(lambda parameters: [list(entry) for entry in parameters.items()])),
        "toString": Method(_parameters(str)),
    },
    {"size": _parameters(_size)},
    order=("get", "has", "getAll", "keys", "values", "entries", "size", "toString"),
    text=lambda url: str(_parameters(str)(url)),
    hidden=True,
)
URL_KIND: Final = ObjectKind(
    "url",
    {},
    {**{name: _part(name) for name in _PARTS}, "searchParams": SEARCH.make},
    json=lambda url: url.href,
    text=lambda url: str(url.href),
    inner=(),
    unlisted={name: Method(lambda url: url.href) for name in ("toJSON", "toString")},
)
KINDS: Final = (URL_KIND, SEARCH)
FUNCTIONS: Final = {
    "parseQuery": Hosted(parse_query, 2, 2),
    "parseUrl": Hosted(parse_url, 1, 1, makes="url"),
}
