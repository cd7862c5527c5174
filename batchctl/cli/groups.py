"""Options in groups: a dataclass per subject, whose fields typer sees as options of their own."""

from __future__ import annotations

import inspect
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """``command(file, *, connection: ConnectionOptions)`` → one that typer gives every field of the group.

    A parameter whose type is a dataclass is a group; its fields are ``Annotated`` with typer's options and have
    defaults. Raises ``TypeError`` when two groups have a field of one name.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}

    @wraps(command)
    def flat(**given: Any) -> None:
        built = {
            name: group(**{each.name: given.pop(each.name) for each in fields(group)}) for name, group in groups.items()
        }
        command(**given, **built)

    parameters = list(_parameters(command, hints))
    names = [parameter.name for parameter in parameters]
    if len(set(names)) < len(names):
        raise TypeError(f"two options share a name among {', '.join(names)}")
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect looks for
    flat.option_groups = dict(_titles(groups.values()))  # type: ignore[attr-defined]  # what the help asks for
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return flat


def _titles(groups: Iterable[type]) -> Iterator[tuple[str, str]]:
    """The title of each field's group, where the group has one in ``TITLE``."""
    for group in groups:
        for each in fields(group):
            if title := getattr(group, "TITLE", ""):
                yield each.name, title


def _parameters(command: Callable[..., None], hints: dict[str, Any]) -> Iterator[inspect.Parameter]:
    for parameter in inspect.signature(command).parameters.values():
        hint = hints[parameter.name]
        if not is_dataclass(hint):
            yield parameter.replace(annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY)
            continue
        types = get_type_hints(hint, include_extras=True)
        for each in fields(hint):
            default = inspect.Parameter.empty if each.default is MISSING else each.default
            yield inspect.Parameter(
                each.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=types[each.name]
            )
