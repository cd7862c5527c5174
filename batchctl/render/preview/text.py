"""A preview as JSON, written while the requests are made: a long one takes no memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.json_types import write_json
from batchctl.render.diagnostics.reporting import diagnostic_json
from batchctl.render.preview.data import head_data, request_data, resource_data
from batchctl.render.text.literals import escape_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.preview import Preview, PreviewedResource
    from batchctl.plan.remarks import RemarkLog
    from batchctl.render.preview.data import RequestView


class Document:
    """A preview to be written in one of the ``FORMATS``: give it to ``preview_json`` or another writer.

    JSON and YAML call ``head``, then for each resource of ``preview`` ``resource`` and ``requests``, and last
    ``diagnostics``. The others call ``expanded`` for each resource, and leave ``remarks`` to their caller.
    ``known`` are the file's diagnostics, ``log`` collects remarks on requests as they are read; ``file`` is the
    definition's name. ``explain`` adds where values came from.
    """

    def __init__(
        self,
        preview: Preview,
        view: RequestView,
        log: RemarkLog,
        *,
        file: str,
        known: tuple[Diagnostic, ...] = (),
        explain: bool = False,
    ) -> None:
        self.preview = preview
        self.view = view
        self._log = log
        self._file = file
        self._known = known
        self.explain = explain

    def head(self) -> JsonObject:
        """What comes before ``resources`` in the JSON of a dry run.

        It has ``format_version``, ``file``, ``integrated_account_id``, ``args``, ``summary`` and ``waves``, as
        ``head_data`` makes them.
        """
        return head_data(self.preview, self.view, file=self._file)

    def resource(self, resource: PreviewedResource) -> JsonObject:
        """One resource in the JSON of a dry run, without its requests.

        It has ``name``, ``kind``, ``depends_on``, ``wave``, ``repeats`` and what else there is, as ``resource_data``
        makes them. A ``problem`` of the resource is added to the log.
        """
        if resource.problem:
            self._log.add_problem(resource.step, resource.problem)
        return resource_data(resource, self.view)

    def requests(self, resource: PreviewedResource) -> Iterator[JsonObject]:
        """The requests of one resource in the JSON of a dry run; remarks on them are added to the log meanwhile.

        Each has ``method``, ``path``, ``url``, ``query``, ``body``, ``unresolved`` and ``bindings``, as
        ``request_data`` makes them. Raises ``TemplateError`` for a placeholder that can't be rendered.
        """
        for request in self.expanded(resource):
            yield request_data(resource, request, self.view, explain=self.explain)

    def expanded(self, resource: PreviewedResource) -> Iterator[Expanded]:
        """The requests of one resource, as they are expanded; remarks on them are added to the log meanwhile.

        Raises ``TemplateError``, while it is iterated, for a placeholder that can't be rendered.
        """
        for request in resource.requests(explain=True):
            self.note(resource, request)
            yield request

    def note(self, resource: PreviewedResource, request: Expanded, count: int = 1) -> None:
        """Add the remarks on a request, which has its trace, to the log; ``count`` requests have the same remarks."""
        self._log.add(resource.step, request, count)

    def remarks(self) -> tuple[Diagnostic, ...]:
        """The remarks on the requests that were read, in the order of the file, without what the rules say anyway."""
        return self._log.diagnostics(self._known)

    def diagnostics(self) -> list[JsonValue]:
        """All diagnostics as JSON, each an object with ``code``, ``severity``, ``message``, ``line`` and more.

        ``diagnostic_json`` makes these; secrets are masked. Those of the requests are included: it is to be called once
        every request has been read.
        """
        found = (*self._known, *self.remarks())
        return [self.view.data(diagnostic_json(diagnostic, self._file)) for diagnostic in found]


def preview_json(document: Document) -> Iterator[str]:
    """The JSON of ``dry-run --format json``, in pieces.

    It is an object with the keys that ``document.head`` returns, then ``resources``, a list of what
    ``document.resource`` returns for each, with a list ``requests`` in it, and ``diagnostics``. Raises
    ``TemplateError``, while it is iterated, for a placeholder that can't be rendered.
    """
    yield _indented(document.head(), 0).removesuffix("\n}") + ',\n  "resources": ['
    between = "\n    "
    for resource in document.preview.resources:
        yield between + _indented(document.resource(resource), 4).removesuffix("\n    }")
        yield ',\n      "requests": ['
        comma = "\n        "
        for data in document.requests(resource):
            yield comma + _indented(data, 8)
            comma = ",\n        "
        yield "]\n    }" if comma[0] != "," else "\n      ]\n    }"
        between = ",\n    "
    yield f'\n  ],\n  "diagnostics": {_indented(document.diagnostics(), 2)}\n}}\n'


def _indented(value: JsonValue, margin: int) -> str:
    text = escape_unprintable(write_json(value, indent=2))
    return text.replace("\n", "\n" + " " * margin)
