"""Options in groups: a struct per subject, whose fields typer sees as options of their own."""

from __future__ import annotations

import inspect
from copy import copy
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args, get_type_hints

from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """A command for typer made of ``command``, in which groups of options are replaced by their options.

    A parameter whose type is a struct is a group (``connection: ConnectionOptions``): each field becomes an option of
    the command, or is a group itself, and ``command`` gets the struct. Fields are ``Annotated`` with typer's options
    and have defaults; ``TITLE`` of the struct is what the help puts above them. Raises ``TypeError`` when two options
    have one name.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = _groups(hints)

    @wraps(command)
    def flat(**given: Any) -> None:
        built = {name: group.built(given) for name, group in groups.items()}
        command(**given, **built)

    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        own = parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        parameters += groups[name].parameters() if name in groups else [own]
    names = [parameter.name for parameter in parameters]
    if len(set(names)) < len(names):
        raise TypeError(f"two options share a name among {', '.join(names)}")
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # what inspect looks for
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return flat


def _groups(hints: Mapping[str, Any]) -> dict[str, _Group]:
    return {name: _Group(hint) for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, Struct)}


class _Group:
    """A struct of options: what typer sees of it, and how it is built of what typer has read."""

    def __init__(self, struct: type[Struct]) -> None:
        self._struct = struct
        self._hints = get_type_hints(struct, include_extras=True)
        self._below = _groups(self._hints)

    def built(self, given: dict[str, Any]) -> Struct:
        """The struct; the values of its options are taken out of ``given``."""
        fields, below = self._struct.__struct_fields__, self._below
        return self._struct(**{name: below[name].built(given) if name in below else given.pop(name) for name in fields})

    def parameters(self) -> Iterator[inspect.Parameter]:
        """A parameter for each option, also of the groups in it."""
        for name, default in zip(self._struct.__struct_fields__, self._struct.__struct_defaults__, strict=True):
            if name in self._below:
                yield from self._below[name].parameters()
                continue
            kind, option = get_args(self._hints[name])
            # Several groups may share the declaration of an option.
            titled = copy(option)
            titled.rich_help_panel = getattr(self._struct, "TITLE", None)
            annotation = cast("Any", Annotated)[kind, titled]
            yield inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
