"""Options in groups: a struct per subject, whose fields typer sees as options of their own."""

from __future__ import annotations

import inspect
from copy import copy
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args, get_type_hints

from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command for typer made of ``command``, in which groups of options are replaced by their options.

    A parameter whose type is a struct is a group (``connection: ConnectionOptions``): each field becomes an option of
    the command, and ``command`` gets the struct. Fields are ``Annotated`` with typer's options and have defaults;
    ``TITLE`` of the struct is what the help puts above them.
    Raises ``TypeError`` when two options have one name.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, Struct)}

    @wraps(command)
    def flat(**given: Any) -> None:
        built = {
            name: group(**{each: given.pop(each) for each in group.__struct_fields__}) for name, group in groups.items()
        }
        command(**given, **built)

    parameters = list(_parameters(command, hints, groups))
    names = [parameter.name for parameter in parameters]
    if len(set(names)) < len(names):
        raise TypeError(f"two options share a name among {', '.join(names)}")
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect looks for
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return flat


def _parameters(
    command: Callable[..., None], hints: dict[str, Any], groups: dict[str, type[Struct]]
) -> Iterator[inspect.Parameter]:
    for parameter in inspect.signature(command).parameters.values():
        hint = hints[parameter.name]
        if parameter.name not in groups:
            yield parameter.replace(annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY)
            continue
        group = groups[parameter.name]
        types = get_type_hints(group, include_extras=True)
        for name, default in zip(group.__struct_fields__, group.__struct_defaults__, strict=True):
            kind, option = get_args(types[name])
            # Several groups may share the declaration of an option.
            titled = copy(option)
            titled.rich_help_panel = getattr(group, "TITLE", None)
            annotation = cast("Any", Annotated)[kind, titled]
            yield inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
