"""What JavaScript's objects, arrays and functions inherit: the npm package looks for names with ``in``.

So ``{{args.tags.length}}`` has a value, and ``{{args.toString}}`` leads to a method.
"""

from __future__ import annotations

from typing import Final

from batchctl.errors import TemplateError
from batchctl.javascript.values import UNDEFINED, NativeFunction


def _methods(text: str) -> dict[str, int]:
    """``name:2`` → how many parameters each method declares, its ``length``; one where nothing is said."""
    pairs = (word.partition(":") for word in text.split())
    return {name: int(arity or 1) for name, _, arity in pairs}


_OBJECT = _methods("""
    __defineGetter__:2 __defineSetter__:2 hasOwnProperty __lookupGetter__ __lookupSetter__ isPrototypeOf
    propertyIsEnumerable toString:0 valueOf:0 toLocaleString:0
""")
_ARRAY = _methods("""
    at concat copyWithin:2 fill find findIndex findLast findLastIndex lastIndexOf pop:0 push reverse:0 shift:0 unshift
    slice:2 sort splice:2 includes indexOf join keys:0 entries:0 values:0 forEach filter flat:0 flatMap map every some
    reduce reduceRight toLocaleString:0 toString:0 toReversed:0 toSorted toSpliced:2 with:2
""")
_FUNCTION = _methods("apply:2 bind call toString:0")
_METHODS = {"Object": _OBJECT, "Array": _ARRAY, "Function": _FUNCTION}
OBJECT_MEMBERS: Final = frozenset(_OBJECT)


def inherited(value: object, name: str) -> object:
    """What ``value`` (any JSON value or method) inherits as its property ``name`` in JavaScript; UNDEFINED for nothing.

    That is a list's ``length``, or a method such as ``toString`` (a ``NativeFunction``) of an object, a list or a
    method; texts, numbers, booleans and null count as having nothing. Raises ``TemplateError`` for ``caller`` and
    ``arguments`` of a method, which JavaScript refuses to read.
    """
    if isinstance(value, list):
        return len(value) if name == "length" else _method(name, "Array")
    if isinstance(value, dict):
        return _method(name, "Object")
    if not isinstance(value, NativeFunction):
        return UNDEFINED
    if name == "name":
        return value.name
    if name == "length":
        return _METHODS[value.owner][value.name]
    if name in ("caller", "arguments"):
        raise TemplateError(f'the "{name}" of a method can\'t be read')
    return _method(name, "Function")


def _method(name: str, owner: str) -> object:
    if name in _METHODS[owner]:
        return NativeFunction(name, owner)
    return NativeFunction(name, "Object") if name in _OBJECT else UNDEFINED


def text_of_call(function: NativeFunction) -> str:
    """The text that JavaScript gets when a placeholder within text leads to a method: it calls the method.

    Raises ``TemplateError`` for a method that fails when it is called without an object, as nearly all do.
    """
    text = _CALLED.get(function)
    if text is None:
        raise TemplateError(f"the path leads to the method {function.name}, which is no value")
    return text


_CALLED = {
    NativeFunction("toString", "Object"): "[object Undefined]",
    NativeFunction("isPrototypeOf", "Object"): "false",
}
