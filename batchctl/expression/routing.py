"""Which engine an expression needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.truto_functions import hosted

if TYPE_CHECKING:
    from batchctl.expression.analysis import Analysis, FunctionUse

# An expression that another one brings along can use anything; $spread answers a list for a list of one item.
_ALWAYS: Final = frozenset({"eval", "spread"})
# The first engine does not see NaN among numbers.
_LOSE_NAN: Final = ("max", "min", "formatNumber", "formatBase", "formatInteger", "fromMillis")
# Functions of JSONata that show in which order the keys of an object come.
_SHOW_ORDER: Final = frozenset({"keys", "each", "sift", "spread", "string", "eval"})

# They answer texts, numbers and truth, or what they are given.
_MAKE_NO_OBJECTS: Final = frozenset(
    """
    abs append average boolean ceil contains count distinct exists filter floor formatBase formatInteger formatNumber
    length lowercase map max min not number pad power replace reverse round sort sqrt substring substringAfter
    substringBefore sum trim uppercase
    """.split()  # noqa: SIM905  # names are read more easily
)


# At the end of a function they are handed functions that are none of JavaScript, which these call all the same.
_CALL_AT_THE_END: Final = frozenset({"map", "filter", "reduce", "single"})
_NEVER_CALL_AT_THE_END: Final = frozenset({"each", "sift", "sort", "groupBy", "keyBy", "find", "lofilter"})


def shows_order(analysis: Analysis) -> bool:
    """Whether the answer of an expression can depend on the order of an object's keys.

    ``analysis`` is that of the expression.
    """
    uses = {use.name for use in analysis.functions}
    return analysis.wildcards or analysis.concatenates or not uses.isdisjoint(_SHOW_ORDER)


def keeps_order(analysis: Analysis) -> bool:
    """Whether the answer has its keys in JavaScript's order wherever the input has them so.

    That order has keys that are whole numbers first, by size, then the others as they were added. ``analysis`` is that
    of the expression.
    """
    uses = {use.name for use in analysis.functions}
    return uses <= _MAKE_NO_OBJECTS and not (analysis.computed_keys or analysis.function_members or analysis.changes)


def _fails_at_the_end(use: FunctionUse) -> bool:
    """Whether the service can't call the function that this call at the end of a function hands over."""
    if use.name in _CALL_AT_THE_END:
        return not use.lambda_arguments
    return use.name in _NEVER_CALL_AT_THE_END and use.arguments > 1


def needs_exact(analysis: Analysis) -> bool:
    """Whether only the engine in Python (``batchctl.jsonata``) evaluates an expression as the service does.

    That is so where it may make values that JSON does not have (dates), compare the identity of objects, or use what
    the first engine, jlens, does differently. ``analysis`` is that of the expression.
    """
    if any(2 in use.lambda_arguments for use in analysis.uses("replace")):
        # The first engine lets a function replace a text.
        return True
    if analysis.uses("split") and "" in analysis.words:
        # It takes a character outside of the basic plane for one.
        return True
    for use in analysis.functions:
        if use.last and _fails_at_the_end(use):
            return True
        function = hosted().get(use.name)
        if use.name in _ALWAYS:
            return True
        if function is None:
            continue
        if function.makes or function.identity or (function.inherits and use.object_given):
            return True
    if analysis.divides and any(analysis.uses(name) for name in _LOSE_NAN):
        return True
    # The first engine leaves out what |…| finds and can't change: the service fails.
    if analysis.changes:
        return True
    return analysis.function_members or (analysis.computed_keys and shows_order(analysis))
