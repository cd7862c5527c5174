"""A type that does not convert the argument it follows: ``:bool`` after ``yes`` sends the text ``yes``.

Why:
    ``:bool`` knows the texts ``true`` and ``false``, ``:int`` and ``:num`` know texts that are numbers; ``yes``,
    ``True`` and ``1`` stay what they are. Of ``2024-01-31`` and ``12.7`` the type ``:int`` takes the number at the
    beginning, 2024 and 12. The service says nothing.

Fails:
    args: {archived: "yes"}
    resources:
      - resource: crm/contacts
        method: search
        body: {archived: "{{args.archived:bool}}"}

Passes:
    args: {archived: "true"}
    resources:
      - resource: crm/contacts
        method: search
        body: {archived: "{{args.archived:bool}}"}

Fix:
    Give the argument a value that the type converts, or the value that is meant: ``true`` without quotes.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.patterns import lazy_regex
from batchctl.template import compile_template, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject
    from batchctl.template import Reference

_HEXADECIMAL = lazy_regex(r"[+-]?0[xX][0-9a-fA-F]+")
_KNOWN = {"bool": "only true and false", "int": "only numbers", "num": "only numbers"}
# Of these types in args_schema no value is converted.
_NEVER = {"bool": ("integer", "number"), "int": ("boolean",), "num": ("boolean",)}


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder with a type that does not convert its argument, as ``:int`` the text ``abc``.

    That is known from the argument's value, or from the type that ``args_schema`` declares.
    """
    for node, reference, raw in subject.arguments.read:
        cast = _cast(reference)
        trouble = _trouble(subject, reference, raw, cast) if cast is not None and raw is not None else None
        if trouble is not None:
            blame = subject.arguments.blamed(reference)
            # No line of the file is shown for a value from outside.
            shown = f"{reference.text}: {trouble}" if blame and subject.given.origin(blame.argument) else trouble
            advice = "give the argument such a value, or drop the type"
            yield subject.finding(node, reference, shown, help=advice, blame=blame)
    for node, reference in subject.placeholders.references:
        cast, name = _cast(reference), reference.alternatives[0].path.removeprefix("args.")
        if cast is None or name in subject.arguments.values:
            continue
        never = [each for each in subject.arguments.declared_types(name) if each in _NEVER[cast]]
        if never:
            yield subject.finding(
                node,
                reference,
                f":{cast} converts {_KNOWN[cast]}, and args_schema says that {name} is {never[0]}",
                help="drop the type, or declare the argument as what is sent",
            )


def _trouble(subject: Subject, reference: Reference, raw: object, cast: str) -> str | None:
    """What is the matter with a value that stays what it is, or of which only a part is sent."""
    try:
        value = compile_template(reference.text).render({"args": subject.arguments.values})
    except TemplateError:
        return None
    if cast == "bool":
        return None if isinstance(value, bool) else f":bool converts {_KNOWN[cast]}: the value stays {_kind(raw)}"
    # In Python a bool is an int.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f":{cast} converts {_KNOWN[cast]}: the value stays {_kind(raw)}"
    return None if _is_all_of(value, raw) else f":{cast} takes the number that the value begins with: {to_text(value)}"


def _is_all_of(value: float, raw: object) -> bool:
    if isinstance(raw, str) and _HEXADECIMAL.fullmatch(raw.strip()):
        return value == int(raw, 16)
    try:
        return isinstance(raw, str | int | float) and float(raw) == value
    except (ValueError, OverflowError):
        return False


def _cast(reference: Reference) -> str | None:
    """The one type that a whole placeholder has."""
    cast = reference.alternatives[0].cast
    return cast if reference.whole and len(reference.alternatives) == 1 and cast in _KNOWN else None


def _kind(raw: object) -> str:
    match raw:
        case bool():
            return "a boolean"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"
