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
    from batchctl.plan.preview import Preview, PreviewedResource
    from batchctl.plan.remarks import RemarkLog
    from batchctl.render.preview.data import RequestView


class Document:
    """A preview to be written as JSON or YAML: give it to ``preview_json`` or ``preview_yaml``.

    These call ``head``, then for each resource of ``preview`` ``resource`` and ``requests``, and last ``diagnostics``.
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

        It has the keys of ``head_data``.
        """
        return head_data(self.preview, self.view, file=self._file)

    def resource(self, resource: PreviewedResource) -> JsonObject:
        """One resource in the JSON of a dry run, without its requests.

        It has the keys of ``resource_data``.
        """
        if resource.problem:
            self._log.add_problem(resource.step, resource.problem)
        return resource_data(resource, self.view)

    def requests(self, resource: PreviewedResource) -> Iterator[JsonObject]:
        """The requests of one resource in the JSON of a dry run; remarks on them are added to the log meanwhile.

        Each has the keys of ``request_data``.
        """
        for request in resource.requests(explain=True):
            self._log.add(resource.step, request)
            yield request_data(resource, request, self.view, explain=self.explain)

    def diagnostics(self) -> list[JsonValue]:
        """All diagnostics as JSON, each as in ``diagnostic_json`` with secrets masked.

        Those of the requests are included: it is to be called once every request has been read.
        """
        found = (*self._known, *self._log.diagnostics(self._known))
        return [self.view.data(diagnostic_json(diagnostic, self._file)) for diagnostic in found]


def preview_json(document: Document) -> Iterator[str]:
    """The JSON of ``dry-run --format json``, in pieces.

    It has the keys of ``head_data``, then ``resources``, each with the keys of ``resource_data`` and its ``requests``,
    and ``diagnostics``.
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
