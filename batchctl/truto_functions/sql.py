"""``$convertQueryToSql``: a filter object → the condition of a query, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.coercion import as_object, is_nil, no_property, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.values import UNDEFINED
from batchctl.structs import Struct
from batchctl.truto_functions.data import map_values
from batchctl.truto_functions.dates.formats import iso, show
from batchctl.truto_functions.dates.parsing import from_iso
from batchctl.truto_functions.hosting import Hosted

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPERATORS: Final = {
    "eq": "=",
    "ne": "<>",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
    "in": "in",
    "nin": "not in",
    "like": "like",
}
_MAX_LEVELS: Final = 200


def convert_query(
    query: object, keys: object, names: object, types: object, operators: object, options: object
) -> object:
    """``$convertQueryToSql``: the condition of an SQL query, as text, for the object ``query`` of keys and values.

    A value may be a list (``in``) or an object of operators (``{"gt": 5}``); a key that is missing, and an operator's
    null, are left out. A value without a type is written without quotes, as by JavaScript's ``String``. ``keys`` is a
    list of the keys to use, in this order, all where it is empty, UNDEFINED or no list; ``names``, ``types``
    (``string``, ``date|FORMAT``, ``dotnetdate``, or an object that maps values) and ``operators`` map keys to columns
    and types, and operators to SQL's: what is no object maps nothing. ``options`` are the flags ``noQuotes``,
    ``noQuotesForDate``, ``useDoubleQuotes``, ``escapeSingleQuotes``, ``useOrForIn``, ``noSpaceBetweenOperator`` and
    ``groupComparisonInBrackets``, and ``conjunction``, AND unless given. Raises ``HostError`` for an unknown operator,
    for null as ``query``, ``keys`` or a value, and for UNDEFINED as ``query``.
    """
    writer = _Writer(as_object(names), as_object(types), as_object(operators), as_object(options))
    return writer.condition(query, _chosen(keys), 0)


def _chosen(keys: object) -> list[object]:
    """The keys that are asked for: what has no length names none."""
    if keys is None:
        raise no_property(keys, "length")
    return list(keys) if isinstance(keys, list | str) else []


class _Writer(Struct, frozen=True):
    names: dict[str, Any]
    types: dict[str, Any]
    operators: dict[str, Any]
    options: dict[str, Any]

    def flag(self, name: str) -> bool:
        return truthy(self.options.get(name, UNDEFINED))

    def condition(self, query: object, keys: list[object], level: int) -> str:
        if level > _MAX_LEVELS:
            raise HostError("Maximum call stack size exceeded")
        if is_nil(query):
            raise no_property(query, text(keys[0])) if keys else HostError("Cannot convert undefined or null to object")
        asked = {str(at): item for at, item in enumerate(query)} if isinstance(query, list | str) else as_object(query)
        chosen = keys or list(ordered_keys(list(asked)))
        parts: list[str] = []
        for key in map(text, chosen):
            if key == "or":
                parts.append(f"({self.condition(asked.get(key, UNDEFINED), list(chosen), level + 1)})")
            else:
                parts += self.comparisons(key, asked.get(key, UNDEFINED))
        conjunction = text(self.options["conjunction"]) if self.flag("conjunction") else "AND"
        if not self.flag("groupComparisonInBrackets") or not parts:
            return f" {conjunction} ".join(parts)
        grouped = parts[0]
        for part in parts[1:]:
            grouped = f"({grouped} {conjunction} {part})"
        return grouped

    def comparisons(self, key: str, wanted: object) -> Iterator[str]:
        if wanted is None:
            raise HostError("Cannot convert undefined or null to object")
        by_operator = wanted if isinstance(wanted, dict) else {"in" if isinstance(wanted, list) else "eq": wanted}
        for name in ordered_keys(list(by_operator)):
            sign = self.operators.get(name) or _OPERATORS.get(name)
            if name in {"in", "nin"}:
                yield self.membership(key, text(sign), by_operator[name])
            elif sign:
                value = self.literal(by_operator[name], key)
                if not is_nil(value):
                    yield self.comparison(key, text(sign), text(value))
            else:
                raise HostError(f"Unknown operator: {name}")

    def membership(self, key: str, sign: str, wanted: object) -> str:
        if not isinstance(wanted, list):
            raise HostError("value.map is not a function")
        values = [self.literal(value, key) for value in wanted]
        if not self.flag("useOrForIn"):
            return self.comparison(key, sign, f"({','.join('' if is_nil(value) else text(value) for value in values)})")
        equals = text(self.operators.get("eq") or "=")
        return f"({' OR '.join(self.comparison(key, equals, text(value)) for value in values if not is_nil(value))})"

    def comparison(self, key: str, sign: str, value: str) -> str:
        blank = "" if self.flag("noSpaceBetweenOperator") else " "
        name = self.names.get(key)
        return f"{text(name) if truthy(name) else key}{blank}{sign}{blank}{value}"

    def literal(self, value: object, key: str) -> object:
        """A value as its type is written; one without a type stays as it is."""
        kind = self.types.get(key)
        if is_nil(value):
            return value
        if kind == "string":
            return self.string(value)
        if kind == "dotnetdate":
            return f"DateTime({_date(value, 'yyyy,MM,dd')})"
        if isinstance(kind, dict | list):
            mapped = map_values(value, kind, UNDEFINED, UNDEFINED)
            return self.quoted(mapped) if isinstance(mapped, str) else mapped
        if isinstance(kind, str) and kind.startswith("date"):
            form = kind.split("|")[1] if "|" in kind else ""
            shown = _date(value, form)
            return shown if self.flag("noQuotes") or self.flag("noQuotesForDate") else self.quoted(text(shown))
        return value

    def string(self, value: object) -> object:
        if self.flag("noQuotes"):
            return value
        if self.flag("useDoubleQuotes") or not self.flag("escapeSingleQuotes"):
            return self.quoted(text(value))
        if not isinstance(value, str):
            raise HostError("value.replace is not a function")
        escaped = value.replace("'", "\\'")
        return f"'{escaped}'"

    def quoted(self, value: str) -> str:
        if self.flag("noQuotes"):
            return value
        mark = '"' if self.flag("useDoubleQuotes") else "'"
        return f"{mark}{value}{mark}"


def _date(value: object, form: str) -> str | None:
    moment = from_iso(value, {})
    if form:
        return show(moment, form) if moment.is_valid else "Invalid DateTime"
    return iso(moment)


FUNCTIONS: Final = {"convertQueryToSql": Hosted(convert_query, 6, 1)}
