"""One open definition: what was read of it, and what there is to say."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition import read
from batchctl.definition.given import Given
from batchctl.definition.secrets import innocent_words, secrets_of
from batchctl.engine.backends.first_records import account_keys_in, samples_in
from batchctl.errors import FixtureError, UsageError
from batchctl.execution.capabilities import read_snapshot
from batchctl.files import reader_of
from batchctl.lsp.records import RecordFields
from batchctl.preparation import examine, prepare_loaded, subject_of
from batchctl.redaction import Redactor
from batchctl.structs import replace
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchctl.definition import Loaded
    from batchctl.definition.model import Resource
    from batchctl.definition.schema_documents import DefinitionKind
    from batchctl.diagnostics import Diagnostic, Span
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.definition_graph import DefinitionGraph
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Examined
    from batchctl.rules.subject import Subject
    from batchctl.yaml12.source import Part, Source


class Document:
    """One definition that is open in an editor: its text, and all that reading and checking it finds out.

    ``file`` is its path, from whose folder included files are read. ``earlier`` is the same document before its last
    change, None when it was just opened. While someone types, the text is often no valid YAML: names then come from the
    last text that could be read (``known``).
    """

    def __init__(self, text: str, file: Path, earlier: Document | None = None) -> None:
        self.text = SourceText(text)
        self.file = file
        self.loaded: Loaded = read(text, file=str(file), read_file=reader_of(file))
        # The newest version of this document with resources that could be read: itself, or an earlier one.
        self.known: Document = self if self.loaded.resources or earlier is None else earlier.known

    @property
    def own(self) -> Part:
        """The part of the whole definition that is this text, without the files that it includes."""
        return self.loaded.source.parts[0]

    @property
    def data(self) -> JsonValue:
        """The data of the text itself, without what it includes; None for a text that can't be read."""
        return self.own.source.data if len(self.loaded.source.parts) > 1 else self.loaded.data

    @cached_property
    def redactor(self) -> Redactor:
        """What masks the values in the definition that must not be shown, such as those under secret names."""
        return Redactor(secrets_of(self.loaded), innocent_words(self.loaded))

    @cached_property
    def own_resources(self) -> tuple[Resource, ...]:
        """The resources written in this text, without those of files that it includes."""
        first = self.own.resources
        return tuple(node for node in self.loaded.resources if node.index >= first)

    def place(self, span: Span) -> tuple[Source, Span]:
        """The source of the file that ``span``, one in the whole definition, is in, and the span within that file."""
        part = self.loaded.source.part_at(span)
        return part.source, span.moved(-part.lines)

    @property
    def lines(self) -> Sequence[str]:
        """The text, split where YAML breaks lines."""
        return self.text.lines

    @property
    def kind(self) -> DefinitionKind:
        """The kind of definition that the text is read as."""
        return self.loaded.kind

    @cached_property
    def given(self) -> Given:
        """What checks know apart from the file: samples of records, and the account's capabilities.

        The capabilities are those of a snapshot in the file's folder, None without one.
        """
        folder = self.file.parent
        given = Given(samples=samples_in(folder), account_keys=account_keys_in(folder))
        try:
            return replace(given, capabilities=read_snapshot(folder))
        except UsageError:
            return given

    @cached_property
    def examined(self) -> Examined:
        """The diagnostics that ``batchctl validate`` reports, and the graph of the resources."""
        return examine(self.loaded, given=self.given)

    @cached_property
    def plan(self) -> Plan | None:
        """The plan; None while the definition has errors."""
        return prepare_loaded(self.loaded, jobs=True).plan

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that ``batchctl validate`` reports, by position; those of included files are last."""
        return self.examined.diagnostics

    @cached_property
    def subject(self) -> Subject:
        """The definition in the form that rules check."""
        return subject_of(self.loaded, self.graph, self.given)

    @property
    def graph(self) -> DefinitionGraph:
        """The graph of which resource waits for which, built from what could be read."""
        return self.examined.graph

    @property
    def nodes(self) -> Mapping[str, Resource]:
        """The resources that could be read, those of included files too, by key, in the order of the definition."""
        return self.graph.nodes

    @property
    def args(self) -> JsonObject:
        """The merged arguments of the definition, by name: those in the file, and defaults."""
        return self.loaded.args

    @cached_property
    def records(self) -> RecordFields:
        """The resources and record fields in the definition's fixtures; none where no folder can be read.

        That is the folder that its key ``fixtures`` names, else ``fixtures`` beside it.
        """
        data = self.loaded.data
        named = data.get("fixtures") if isinstance(data, dict) else None
        folder = self.file.parent / (named if isinstance(named, str) else "fixtures")
        try:
            return RecordFields(folder if folder.is_dir() else None)
        except (FixtureError, OSError):
            return RecordFields(None)
