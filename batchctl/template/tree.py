"""A tree of strings, lists and objects, compiled: what is constant is shared, the rest filled in, without recursion."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.javascript.values import UNDEFINED
from batchctl.template.copies import Entangled, copied
from batchctl.template.parsing import Leaf, parse_tree
from batchctl.template.placeholders import KEPT, Evaluation
from batchctl.template.references import Partial, Reference, Rendering
from batchctl.template.strings import compile_cached
from batchctl.template.walk import Walk
from batchctl.template.watching import Watched, converted_types, may_be_wrong, worries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from batchctl.template.placeholders import Compiled, Placeholder

_NOT_YET = Evaluation(KEPT)


class Template:
    """A compiled template (a string, or an object or a list with strings in it), to be rendered any number of times.

    ``references`` are its placeholders, in the order of the text. Raises ``TemplateError`` for a tree that contains
    itself, or that the service refuses: a number, null, true or false outside of any object.
    """

    def __init__(self, tree: object) -> None:
        self._parsed = parsed = parse_tree(tree)
        self.references: tuple[Reference, ...] = tuple(
            _reference(leaf, placeholder, *span)
            for leaf in parsed.leaves
            for placeholder, span in zip(leaf.string.placeholders, leaf.string.spans, strict=True)
        )
        self._containers = [(container.constant.copy, container.children) for container in parsed.containers]

    @cached_property
    def _compiled(self) -> list[Compiled]:
        # Only when first rendered: the rules compile many templates, and render none.
        return [leaf.compiled() for leaf in self._parsed.leaves]

    def render(self, context: object) -> object:
        """The template with its placeholders replaced by values from ``context`` (``{"args": …, "resources": …}``).

        A placeholder without a value and a default stays as its text, as all do where ``context`` is no object.
        UNDEFINED where nothing is left to send: the whole template is one placeholder without a value that ends with
        ``:undefined``. Parts without placeholders are the template's own: don't change them. Raises ``TemplateError``
        for a malformed path or an unknown type.
        """
        if not self._parsed.merges:
            try:
                return self._assembled([value_of(context) for value_of in self._compiled])
            except (Entangled, TemplateError):
                # The slow way gives the answer, or the same error with its place.
                pass
        return self._explained(context, lambda _path: False)[0]

    def render_watched(self, context: object) -> Watched:
        """The value that ``render`` gives, and the placeholders whose result the author can't have meant.

        ``context`` is the object that paths start in. Where nothing is wrong it takes hardly longer than ``render``.
        Raises ``TemplateError`` for a malformed path or an unknown type.
        """
        value = self.render_if_meant(context)
        if value is not UNDEFINED:
            return Watched(value)
        rendering = self.render_with_trace(context)
        return Watched(rendering.value, worries(rendering.trace))

    def render_if_meant(self, context: object) -> object:
        """The value that ``render`` gives, where a quick look finds nothing in it that the author can't have meant.

        UNDEFINED where a closer look has to decide: at a placeholder that may have no value, a number that JavaScript
        may round, an object that may have become text, a type that did not convert its value, any error, and where
        values are merged or have placeholders themselves. ``context`` is the object that placeholders read. Nothing is
        raised.
        """
        if self._parsed.merges:
            return UNDEFINED
        try:
            values = [value_of(context) for value_of in self._compiled]
            if any(map(may_be_wrong, values)):
                return UNDEFINED
            # Most templates have no types, and this is done for every call.
            if self._typed and any(type(values[at]) not in types for at, types in self._typed):
                return UNDEFINED
            return self._assembled(values)
        except (Entangled, TemplateError):
            return UNDEFINED

    def render_with_trace(self, context: object) -> Rendering:
        """The value that ``render`` gives, and for each placeholder how it got its value.

        ``context`` is the object that paths start in. Raises ``TemplateError`` for a malformed path or an unknown type.
        """
        value, found = self._explained(context, lambda _path: False)
        return Rendering(value, tuple(zip(self.references, found, strict=True)))

    def render_partial(self, context: object, is_unknown: Callable[[str], bool], *, shared: bool = False) -> Partial:
        """The template rendered as far as is known; a placeholder that may read an unknown path is left as text.

        ``is_unknown`` gets a path, such as ``resources.crm.contacts.id``, and says whether only a run knows its value.
        With ``shared`` large values are not copied but the context's own: don't change them. Raises ``TemplateError``
        for a malformed path or an unknown type.
        """
        value, found = self._explained(context, is_unknown, shared=shared)
        trace = tuple(zip(self.references, found, strict=True))
        return Partial(value, tuple(reference for reference, evaluation in trace if evaluation.unknown), trace)

    @cached_property
    def _typed(self) -> list[tuple[int, frozenset[type]]]:
        """The leaves that should become numbers or booleans, by their indexes, and the types that these have."""
        references = iter(self.references)
        wanted = [
            (at, converted_types(next(references)))
            for at, leaf in enumerate(self._parsed.leaves)
            for _ in leaf.string.placeholders
        ]
        return [(at, types) for at, types in wanted if types is not None]

    @cached_property
    def _placeholders(self) -> list[tuple[Reference, Placeholder, bool]]:
        found = [
            (placeholder, leaf.string.whole) for leaf in self._parsed.leaves for placeholder in leaf.string.placeholders
        ]
        return [(reference, *how) for reference, how in zip(self.references, found, strict=True)]

    def sources(self, context: object) -> list[tuple[int | None, object]]:
        """For each of ``references``, in their order, the index of the first alternative with a value, and that value.

        (None, UNDEFINED) where no alternative has one; null and, unless the type is ``ignore-empty-str``, empty text
        are values. No type is applied to the values, and they are no copies. ``context`` is the object that paths start
        in. Raises ``TemplateError`` for a malformed path.
        """
        return [placeholder.source(context) for _, placeholder, _ in self._placeholders]

    def may_lack(self, context: object) -> bool:
        """Whether some placeholder may have no value in ``context``: a fast check before ``without_value``.

        False is certain; True may be wrong.
        """
        try:
            return any(may_be_wrong(value_of(context)) for value_of in self._compiled)
        except TemplateError:
            return True

    def without_value(
        self,
        context: object,
        is_unknown: Callable[[str], bool] = lambda _path: False,
        among: Callable[[Reference], bool] = lambda _reference: True,
    ) -> list[Reference]:
        """The placeholders that have no value in ``context``, so that their own text would be sent.

        Nothing is rendered. ``is_unknown`` gets a path and says whether only a run knows its value: such placeholders
        are left out. ``among`` says of a placeholder whether it is looked at. Raises ``TemplateError`` for a malformed
        path or an unknown type.
        """
        return [
            reference
            for reference, placeholder, whole in self._placeholders
            if among(reference) and placeholder.evaluate(context, whole=whole, is_unknown=is_unknown).without_value
        ]

    def _explained(
        self, context: object, is_unknown: Callable[[str], bool], *, shared: bool = False
    ) -> tuple[object, list[Evaluation]]:
        found = [_NOT_YET] * len(self.references)
        if not self._parsed.merges:
            try:
                values = [leaf.explained(context, is_unknown, found) for leaf in self._parsed.leaves]
                if not shared:
                    values = [leaf.finish(value) for leaf, value in zip(self._parsed.leaves, values, strict=True)]
                return self._assembled(values), found
            except Entangled:
                pass
        return self._walked(copied(context), is_unknown, found), found

    def _assembled(self, values: list[object]) -> object:
        """The whole tree from the values of its leaves; the containers' values join them."""
        for copy, children in self._containers:
            made = copy()
            for key, number in children:
                value = values[number]
                if value is not UNDEFINED:
                    made[key] = value  # type: ignore[index]  # the key is of this container
                elif isinstance(made, dict):
                    del made[key]  # type: ignore[arg-type]  # as above
                else:
                    made[key] = None  # type: ignore[index]  # as above
            values.append(made)
        return values[-1] if values else self._parsed.tree

    def _walked(self, context: object, is_unknown: Callable[[str], bool], found: list[Evaluation]) -> object:
        """The service's own way, for a context that may be changed."""

        def value_of(node: object) -> object:
            if isinstance(node, Leaf):
                return node.explained(context, is_unknown, found)
            string = compile_cached(node) if isinstance(node, str) and "{{" in node else None
            if string is None:
                return node
            placeholders, whole = string.placeholders, string.whole
            return string.render(
                lambda number: placeholders[number].evaluate(context, whole=whole, is_unknown=is_unknown).value
            )

        def waits(merge: object) -> bool:
            unknown = [reference.text for reference, how in zip(self.references, found, strict=True) if how.unknown]
            return bool(unknown) and any(text in value for value in _texts(merge) for text in unknown)

        return Walk(value_of, waits).render(self._parsed.tree)


def _texts(merge: object) -> Iterable[str]:
    return [value for value in (merge if isinstance(merge, list) else [merge]) if isinstance(value, str)]


def _reference(leaf: Leaf, placeholder: Placeholder, start: int, end: int) -> Reference:
    return Reference(
        path=leaf.path,
        offset=start,
        end=end,
        text=placeholder.text,
        alternatives=placeholder.alternatives,
        default=placeholder.default,
        default_cast=placeholder.default_cast,
        whole=leaf.string.whole,
        has_fallback=placeholder.has_fallback,
        default_offset=placeholder.default_offset,
    )
