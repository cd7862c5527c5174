"""The syntax tree of an expression."""

from __future__ import annotations

from batchctl.structs import Struct, field


class Slot(Struct):
    """What a ``%`` (parent) in an expression refers to: the ancestor ``level`` steps up.

    A step of the path stores that ancestor as a variable called ``label``.
    """

    label: str
    level: int = 1


class Term(Struct):
    """One term of a sort, ``^(>price)``: its expression, and whether it is descending."""

    expression: Node
    descending: bool


class Node(Struct):
    """A part of an expression, such as a path or a call; which fields count depends on ``kind``.

    ``value`` is its name, operator or literal value. ``parts`` are the parts that it consists of, ``pairs`` an object's
    keys and values, ``terms`` those of a sort, ``group`` the ``{…}`` after a path. ``stages`` are the filters of a
    step, ``predicates`` those of any other part. ``position`` is where its token ends, in code points: what errors
    name; ``start`` and ``end`` (exclusive) are where its text is.

    ``signature`` is that of a function (``<n:n>``). ``keep_array``: ``[]`` follows, so that a list stays one;
    ``keep_singleton``: a step of the path has that. ``made_here``: an array written as the first or last step of a
    path, which counts as one item, or a block with one. ``tuple_stream``: a step that names variables, ``focus`` that
    of ``@$x`` and ``index`` that of ``#$i``. ``slot``: the ancestor that a ``%`` means, or that a step has to remember;
    ``seeking``: those of its parts that are not found yet. ``thunk``: the call at the end of a function, made by the
    caller.

    ``kind`` is "path", "binary", "negation", "array", "object", "name", "literal", "wildcard", "descendant", "parent",
    "condition", "block", "bind", "regex", "function", "partial", "variable", "lambda", "apply", "transform", "sort",
    "placeholder", or, before the tree is resolved, also "filter", "group", "order", "focus" and "index". What a part
    does not have is None, empty or False.
    """

    kind: str
    value: object = None
    position: int = 0
    parts: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    stages: list[Node] = field(default_factory=list)
    predicates: list[Node] = field(default_factory=list)
    group: Node | None = None
    signature: str | None = None
    keep_array: bool = False
    keep_singleton: bool = False
    made_here: bool = False
    tuple_stream: bool = False
    thunk: bool = False
    focus: str | None = None
    index: str | None = None
    slot: Slot | None = None
    seeking: list[Slot] = field(default_factory=list)
    start: int = 0
    end: int = 0

    def children(self) -> list[Node]:
        """All nodes directly below this one, in no certain order."""
        found = self.parts + self.stages + self.predicates
        found += [part for pair in self.pairs for part in pair] + [term.expression for term in self.terms]
        return [*found, self.group] if self.group else found
