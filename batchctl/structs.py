"""Classes that hold fields and little else, as structs of msgspec instead of the standard library's dataclasses.

A dataclass writes its methods as source text and compiles it, 0.5 to 1 ms for each class at every start, of which a
command has two hundred; a struct takes 0.03 ms, and making one of a frozen class takes a seventh of the time. What a
dataclass offers is here under the same names: ``field(default_factory=…)``, ``replace`` (a copy with other values),
``asdict`` and ``astuple`` (one level deep).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import NODEFAULT, Struct, StructMeta, field
from msgspec.structs import FieldInfo, asdict, astuple, fields, replace

if TYPE_CHECKING:
    from inspect import Signature

__all__ = ["NODEFAULT", "FieldInfo", "Private", "Public", "Struct", "asdict", "astuple", "field", "fields", "replace"]


class _Described(StructMeta):
    """The class of structs whose signature can be asked for.

    msgspec evaluates annotations for it, of which ours name types that are imported for type checkers alone: ``help``
    and an interpreter that shows parameters ended with a ``NameError``.
    """

    @property
    def __signature__(self) -> Signature:
        from inspect import Parameter, Signature, get_annotations  # noqa: PLC0415 - no command asks for it

        annotations: dict[str, Any] = {}
        for each in reversed(self.__mro__):
            annotations |= get_annotations(each)
        required = len(self.__struct_fields__) - len(self.__struct_defaults__)
        defaults = [*([NODEFAULT] * required), *self.__struct_defaults__]
        parameters = []
        for name, default in zip(self.__struct_fields__, defaults, strict=True):
            kind = Parameter.POSITIONAL_OR_KEYWORD if name in self.__match_args__ else Parameter.KEYWORD_ONLY
            shown = Parameter.empty if default is NODEFAULT else default
            parameters.append(Parameter(name, kind, default=shown, annotation=annotations[name]))
        return Signature(parameters)


class Public(Struct, frozen=True, metaclass=_Described):
    """The base of structs that the library exports: ``help`` and ``inspect.signature`` show their parameters."""


class Private(Struct, frozen=True):
    """The base of structs with secrets: their ``repr`` leaves out the fields that are named in ``HIDDEN``."""

    HIDDEN: ClassVar[tuple[str, ...]] = ()

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in self.HIDDEN)
        return f"{type(self).__name__}({', '.join(shown)})"
