"""Several files as one source: one text of all of them, and one tree of places whose data is the whole definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from batchctl.definition.arguments import argument_entries
from batchctl.diagnostics.kinds import problem
from batchctl.yaml12.source import Part, Source
from batchctl.yaml12.text import SourceText
from batchctl.yaml12.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.yaml12.tree import Places

_Files: TypeAlias = "Sequence[tuple[Source, list[Diagnostic]]]"


class _Placed(NamedTuple):
    """A value with the number of its spot."""

    value: JsonValue
    number: int


def linked(files: _Files, order: Sequence[int]) -> tuple[Source, list[Diagnostic]]:
    """Several files of one definition as one source, and their problems at their places in its text.

    ``files`` are pairs of a source and its problems; the first is the definition, and the top level of the result is
    its own. ``order`` are the indexes of all files, each after those that it includes: so are the resources ordered,
    and the arguments of later files win. The problems are those of the files, in their order, then those of putting
    them together.
    """
    linker = _Linker(files)
    first = files[0][0]
    if first.tree is None or not isinstance(first.data, dict):
        return first, files[0][1]
    linker.put_together(first.data, order)
    problems = [found.moved(part.lines) for part, (_, own) in zip(linker.parts, files, strict=True) for found in own]
    return Source(first.file, linker.text, linker.tree, parts=linker.parts), [*problems, *linker.problems]


def joined(sources: Sequence[Source]) -> Source:
    """One source whose ``resources`` are those of all the definitions in ``sources``, each with its place.

    Its text is the texts of all of them, one after the other, so that ``localised`` finds the file of a place; keys
    other than ``resources`` are left out of its data.
    """
    tree, whole = Tree(), _Texts()
    parts = [Part(Source("", SourceText("\n")))]
    whole.add("")
    resources: list[JsonValue] = []
    places: list[int] = []
    for source in sources:
        base = tree.adopt(source.tree, whole.length) if source.tree is not None else 0
        parts += [Part(each.source, whole.lines + each.lines, len(places) + each.resources) for each in source.parts]
        written = source.data.get("resources") if isinstance(source.data, dict) else None
        if source.tree is not None and isinstance(written, list):
            places += [source.tree.place(written, index) + base for index in range(len(written))]
            resources += written
        whole.add(source.text)
    tree.add_container(resources, places)
    root: JsonObject = {"resources": resources}
    tree.add_container(root, {"resources": 0})
    tree.root = root
    return Source("", whole.text(), tree, parts=parts)


class _Texts:
    """The texts of several files, one after the other; ``length`` and ``lines`` are those of what was added so far."""

    def __init__(self) -> None:
        self.length = self.lines = 0
        self._pieces: list[str] = []

    def add(self, text: str) -> None:
        # A line between two files: what is at the end of one is not at the start of the next.
        written = text + ("\n\n" if text.endswith("\r") else "\n")
        self._pieces.append(written)
        self.length += len(written)
        self.lines += len(SourceText(written).lines) - 1

    def text(self) -> SourceText:
        return SourceText("".join(self._pieces))


class _Linker:
    def __init__(self, files: _Files) -> None:
        self.tree = Tree()
        self.problems: list[Diagnostic] = []
        self.parts: list[Part] = []
        self._bases: list[int] = []
        whole = _Texts()
        for source, _ in files:
            self.parts.append(Part(source, whole.lines))
            self._bases.append(self.tree.adopt(source.tree, whole.length) if source.tree is not None else 0)
            whole.add(source.text)
        self.text = whole.text()

    def put_together(self, first: JsonObject, order: Sequence[int]) -> None:
        """Make the root of the whole."""
        root: dict[str, _Placed] = {}
        for key in first:
            if key != "include":
                root[key] = self._member(0, key)
        self._resources(root, order)
        for key, merge in (("args", self._entries), ("args_schema", self._schemas)):
            owners = [number for number in order if isinstance(self._of(number, key), dict)]
            if owners and not (key in first and 0 not in owners):
                root[key] = merge(key, owners)
        self.tree.root = self._container(root)

    def _of(self, number: int, key: str) -> JsonValue:
        data = self.parts[number].source.data
        return data.get(key) if isinstance(data, dict) and self.parts[number].source.tree is not None else None

    def _member(self, number: int, *path: str) -> _Placed:
        """A value of one file, with its place in the whole."""
        source = self.parts[number].source
        value, place = source.data, 0
        for step in path:
            if source.tree is None or not isinstance(value, dict):
                raise TypeError("only what has a place is put together")
            place, value = source.tree.place(value, step), value[step]
        return _Placed(value, place + self._bases[number])

    def _resources(self, root: dict[str, _Placed], order: Sequence[int]) -> None:
        values: list[JsonValue] = []
        places: list[int] = []
        spot: int | None = None
        for number in order:
            written = self._of(number, "resources")
            self.parts[number] = self.parts[number]._replace(resources=len(values))
            tree = self.parts[number].source.tree
            if tree is None or not isinstance(written, list):
                continue
            values += written
            places += [tree.place(written, index) + self._bases[number] for index in range(len(written))]
            spot = self._member(number, "resources").number
        if spot is not None and isinstance(root.get("resources", _Placed([], 0)).value, list):
            self.tree.add_container(values, places)
            root["resources"] = _Placed(values, spot)

    def _entries(self, key: str, owners: Sequence[int]) -> _Placed:
        """The mappings of all ``owners`` under ``key``, name by name; a later one wins."""
        if len(owners) == 1:
            return self._member(owners[0], key)
        found: dict[str, _Placed] = {}
        for number in owners:
            mapping = self._of(number, key)
            found.update(
                {name: self._member(number, key, name) for name in mapping} if isinstance(mapping, dict) else {}
            )
        return _Placed(self._container(found), self._member(owners[-1], key).number)

    def _schemas(self, key: str, owners: Sequence[int]) -> _Placed:
        """Two schemas as one: in the flat form name by name, as JSON Schema also inside of ``properties``."""
        forms = {number: _is_json_schema(self._of(number, key)) for number in owners}
        if not any(forms.values()):
            return self._entries(key, owners)
        odd = next((number for number in owners if not forms[number]), None)
        if odd is not None:
            part = self.parts[odd]
            message = "args_schema lists arguments here, and is a JSON Schema in another of the included files"
            wrong = problem("include", message, part.source.key_span((key,)), help="write both in one form")
            self.problems.append(wrong.moved(part.lines))
            return self._member(owners[-1], key)
        schema: dict[str, _Placed] = {}
        properties: dict[str, _Placed] = {}
        required: list[_Placed] = []
        for number in owners:
            written = self._of(number, key)
            for name, value in written.items() if isinstance(written, dict) else ():
                schema[name] = self._member(number, key, name)
                if name == "properties" and isinstance(value, dict):
                    properties.update({each: self._member(number, key, name, each) for each in value})
                if name == "required" and isinstance(value, list):
                    required += [_Placed(each, schema[name].number) for each in value]
        if properties:
            schema["properties"] = _Placed(self._container(properties), schema["properties"].number)
        if required:
            names: list[JsonValue] = [each.value for each in required]
            self.tree.add_container(names, [each.number for each in required])
            schema["required"] = _Placed(names, schema["required"].number)
        return _Placed(self._container(schema), self._member(owners[-1], key).number)

    def _container(self, members: dict[str, _Placed]) -> JsonObject:
        value: JsonObject = {key: each.value for key, each in members.items()}
        places: Places = {key: each.number for key, each in members.items()}
        self.tree.add_container(value, places)
        return value


def _is_json_schema(schema: JsonValue) -> bool:
    return isinstance(schema, dict) and bool(schema) and argument_entries(schema) is not schema
