"""``loop_on`` in all its spellings: ``user_ids``, ``args.user_ids``, ``{{args.user_ids}}``, ``resources.x.y``."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct
from batchctl.template import compile_template, parse_path

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.reads import Segments
    from batchctl.template import Partial, Template

# ``["name"]``, ``[0]`` and ``[*]`` or ``[]`` of other path languages.
_BRACKETS = lazy_regex(r"""\[(?:["']([^"'\]]*)["']|(\d+)|\*?)\]""")
_ROOTS = ("args", "resources")
# They mean something to a placeholder (casts, alternatives, what may be absent, braces).
_NEVER_IN_PATHS = frozenset(":|?{}")
_KINDS = {str: "a string", bool: "a boolean", int: "a number", float: "a number", dict: "an object"}


class NotAnArray(Exception):
    """The value of ``loop_on`` can't be looped over; the message says what it is."""


class Loop(Struct, frozen=True):
    """A loop of a request: the array that it goes over, and where its element is read.

    ``template`` renders to the array; ``over`` is the path at which placeholders read the element (``args.user_ids``),
    and ``segments`` are its steps. ``is_bare`` means that the file has a single name without ``args.``.
    """

    over: str
    segments: Segments
    template: Template
    is_bare: bool = False

    @property
    def written(self) -> str:
        """The path as the file has it: a bare name without the ``args.`` that it stands for."""
        return self.over.removeprefix("args.") if self.is_bare else self.over

    @property
    def is_path(self) -> bool:
        """Whether ``loop_on`` is a path that the service can follow; ``a b``, ``ids[0]`` and ``$.ids`` are none.

        Without one there are no elements.
        """
        is_plain = bool(self.segments) and "" not in self.segments and not _NEVER_IN_PATHS.intersection(self.over)
        return is_plain and bool(self.template.references)


@lru_cache(maxsize=4096)
def read_loop(loop_on: str | None) -> Loop | None:
    """The loop that a request's ``loop_on`` asks for, in any spelling; None where it has none.

    A bare name is that of an argument, as the API reads it: ``user_ids`` → ``args.user_ids``.
    """
    if loop_on is None:
        return None
    written = loop_on.strip()
    is_bare = False
    template = compile_template(written)
    if template.references:
        path = template.references[0].alternatives[0].path
        if template.references[0].alternatives[0].cast is None:
            # A plain placeholder would turn the array into text.
            template = compile_template(f"{{{{{path}:any}}}}")
    else:
        # Braces around something that is no path are reported as such.
        is_bare = written.split(".", 1)[0] not in _ROOTS
        path = f"args.{written}" if is_bare else written
        template = compile_template(f"{{{{{path}:any}}}}")
    return Loop(path, parse_path(path), template, is_bare)


def context_name(loop: Loop | None, args: Collection[str], declared: Collection[str]) -> str | None:
    """The name that ``loop`` goes over where it is bare and no argument has it: a key of the account's context.

    ``args`` are the names of the arguments given, ``declared`` those in ``args_schema``. None for any other loop.
    """
    if loop is None or not loop.is_bare or len(loop.segments) < 2:
        return None
    name = str(loop.segments[1])
    return None if name in args or name in declared else name


def actual_loop(loop: Loop, args: JsonObject, others: Collection[str]) -> Loop:
    """``loop``, or a loop over a key of the account's context where its bare name is in ``others`` and no argument.

    ``others`` are the names that can be read beside ``args``.
    """
    name = str(loop.segments[1]) if loop.is_bare and len(loop.segments) > 1 else ""
    if not name or name in args or name not in others:
        return loop
    path = loop.over.removeprefix("args.")
    return Loop(path, parse_path(path), compile_template(f"{{{{{path}:any}}}}"))


def nearest_path(loop: Loop) -> str | None:
    """The path that was probably meant by a ``loop_on`` that is none: ``$.ids`` → ``args.ids``; None if unclear."""
    bare = loop.over.removeprefix("args.").strip("\"'")
    dotted = _BRACKETS.sub(lambda found: f".{found[1] or found[2]}" if found[1] or found[2] else "", bare)
    guess = read_loop(dotted.removeprefix("$").lstrip("."))
    return guess.over if guess is not None and guess.is_path and guess.over.strip(".") != "args" else None


def looped_over(loop: Loop, context: JsonObject, is_unknown: Callable[[str], bool] = lambda _path: False) -> Partial:
    """What the loop's template renders to for ``context``, the object that placeholders read; usually an array.

    ``is_unknown`` says of a path (``resources.crm.contacts.id``) that only a run knows its value. An argument's array
    is returned without a copy: don't change it. Raises ``TemplateError`` for a value that can't be rendered.
    """
    return loop.template.render_partial(context, is_unknown, shared=loop.segments[:1] == ("args",))


def loop_elements(loop: Loop, value: object) -> list[JsonValue]:
    """The elements of a loop whose template rendered to ``value``: that list itself.

    Raises ``NotAnArray`` for any other value, and for a ``loop_on`` that is no path.
    """
    if not loop.is_path:
        raise NotAnArray(f"loop_on: {loop.written} is not a path that can be followed")
    if isinstance(value, list):
        return value
    if not loop.template.references:
        raise NotAnArray(f"loop_on: {loop.written} is not a path that a placeholder can have")
    if isinstance(value, str) and value == loop.template.references[0].text:
        raise NotAnArray(f"loop_on: {loop.written} has no value")
    raise NotAnArray(f"loop_on: {loop.written} is {_KINDS.get(type(value), 'null')}, not an array")
