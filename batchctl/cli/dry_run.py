"""``batchctl dry-run``: every request that a batch would make; nothing is sent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from batchctl.cli.dry_run_options import SNIPPET_FORMATS, CompareOptions, PreviewFormat, SampleOptions, ViewOptions
from batchctl.cli.groups import grouped
from batchctl.cli.options import FilesArgument
from batchctl.cli.row_options import RowOptions
from batchctl.cli.run_options import InputOptions, ScreenOptions
from batchctl.diagnostics import Severity
from batchctl.errors import ExpressionError, UsageError
from batchctl.plain import clean
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from batchctl.cli.terminal import Terminal
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.launch.inputs import Inputs
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Preview
    from batchctl.preparation import Prepared
    from batchctl.render.preview.data import RequestView
    from batchctl.render.preview.text import Document
    from batchctl.render.result.query import Query


@grouped
def dry_run(
    file: FilesArgument,
    *,
    view: ViewOptions,
    samples: SampleOptions,
    other: CompareOptions,
    rows: RowOptions,
    inputs: InputOptions,
    screen: ScreenOptions,
) -> None:
    """Show every request that the batch would make. Needs no token and sends nothing."""
    _refuse_nonsense(view, other)
    terminal = screen.terminal()
    files = list(dict.fromkeys(file))
    if len(files) > 1:
        from batchctl.cli.dry_run_files import preview_files

        every = [inputs.of(one, samples.context, samples.fixtures) for one in files]
        preview_files(every, view, other, rows, terminal, lambda one: _one(one, view, samples, other, rows, terminal))
    else:
        rows.require_sense(files[0])
        _one(inputs.of(files[0], samples.context, samples.fixtures), view, samples, other, rows, terminal)


def _one(
    given: Inputs,
    view: ViewOptions,
    samples: SampleOptions,
    other: CompareOptions,
    rows: RowOptions,
    terminal: Terminal,
) -> None:
    from batchctl.cli.checking import show_problems_or_plan
    from batchctl.cli.query import compiled_query
    from batchctl.render.preview.data import shown

    query = None if view.query is None else compiled_query(view.query, terminal, raw=view.raw)
    if rows.each is not None:
        from batchctl.cli.dry_run_each import preview_rows

        if other.asked or query is not None:
            raise UsageError("--against and --query are for one dry run, not for the rows of --each")
        context = given.account_context()
        preview_rows(given, rows, view, samples.fixtures, terminal, lambda p: _preview(p, samples, context, terminal))
        return
    prepared = given.prepare(jobs=True)
    plan = show_problems_or_plan(prepared, terminal, quiet=terminal.quiet)
    if plan.definition.job is not None and view.output_format in SNIPPET_FORMATS and not view.per_request:
        hint = "--format http has its requests; batchctl sync push FILE brings it to Truto"
        raise UsageError("a sync job is not one call that a snippet could make", hint=hint)
    _say_refusal(plan, terminal)
    context = given.account_context()
    preview = _preview(plan, samples, context, terminal)
    if other.asked:
        from batchctl.cli.against import Comparison

        Comparison(other, view, given, terminal, lambda plan: _preview(plan, samples, context, terminal)).show(preview)
        return
    offered = given.capabilities()
    how = shown(preview.plan, api_url=view.api_url, redactor=terminal.redactor, known=offered)
    _Printing(preview, how, view, prepared, given, terminal, query).print()


def _say_refusal(plan: Plan, terminal: Terminal) -> None:
    """Say that a run would be refused: some arguments may come later, so that it is no error here."""
    job = plan.definition.job
    if job is None or job.args_validation is None:
        return
    from batchctl.execution.job_arguments import refusal

    try:
        refused = refusal(job, plan.definition.args)
    except ExpressionError as error:
        refused = f"args_validation can't be evaluated: {error}"
    if refused:
        terminal.warn(clean(f"a run would be refused: {refused}", 500))


def _preview(plan: Plan, options: SampleOptions, context: JsonObject, terminal: Terminal) -> Preview:
    """What the arguments decide, or with samples all that these reach."""
    from batchctl.execution.previews import SampleFiles, preview_now

    files = SampleFiles(options.sample or (), options.sample_run, options.fixtures)
    found = preview_now(plan, files, context)
    terminal.hide(found.secrets)
    for key in found.unused:
        terminal.note(f"the sample of {key} was not reached: no call of it is known")
    for key, errors in found.failures.items():
        terminal.note(_failure_note(key, errors))
    return found.preview


def _failure_note(key: str, errors: Sequence[JsonValue]) -> str:
    """``notes: 3 calls would fail on these records: …``."""
    from batchctl.plain import clean, counted
    from batchctl.truto.envelope import describe_entry

    first = describe_entry(errors[0])
    return (
        f"{clean(key, 80)}: {counted(len(errors), 'call')} would fail on these records: {first.message or first.error}"
    )


def _refuse_nonsense(view: ViewOptions, other: CompareOptions) -> None:
    from batchctl.cli.query import require_query

    if view.raw:
        require_query(view.query, "resources[0].requests[0].path")
    if other.exit_code and not other.asked:
        raise UsageError("--exit-code goes with --against")
    if view.query is not None:
        if view.output_format not in (PreviewFormat.TREE, PreviewFormat.JSON):
            raise UsageError(f"--query prints one value as JSON, not as {view.output_format.value}")
        if view.summary or other.asked:
            against = "--summary" if view.summary else "--against"
            raise UsageError(f"--query picks from one dry run as JSON, and does not go with {against}")
    if view.per_request and view.output_format is not PreviewFormat.CURL:
        raise UsageError("--per-request goes with --format curl", hint="--format http has every request, too")
    if view.show_secrets and (view.output_format not in SNIPPET_FORMATS or view.per_request):
        raise UsageError("--show-secrets goes with a snippet of the whole batch", hint="for example --format curl")
    if view.summary and view.output_format is not PreviewFormat.TREE:
        raise UsageError("--summary goes with the tree", hint="the JSON has a summary of its own")


class _Printing(Struct, frozen=True):
    """One preview's way to stdout."""

    preview: Preview
    shown: RequestView
    view: ViewOptions
    prepared: Prepared
    inputs: Inputs
    terminal: Terminal
    query: Query | None = None

    def print(self) -> None:
        """In the format that was asked for."""
        if self.query is not None:
            self._picked(self.query)
        elif self.view.output_format is PreviewFormat.TREE:
            self.terminal.views(self._tree())
        elif self.view.output_format in SNIPPET_FORMATS and not self.view.per_request:
            self._snippet()
            document = self._document()
            for resource in self.preview.resources:
                for _request in document.expanded(resource):
                    pass
            self._say_remarks(document)
        else:
            document = self._document()
            self.terminal.document(self._pieces(document, self.view.output_format))
            if self.view.output_format not in (PreviewFormat.JSON, PreviewFormat.YAML):
                # What is to be remarked is in those two.
                self._say_remarks(document)

    def _tree(self) -> Iterator[RenderableType]:
        from batchctl.plan.remarks import RemarkLog
        from batchctl.render.preview.closing import preview_closing_line, remark_lines
        from batchctl.render.preview.tree import PreviewView, preview_tree

        if not self.view.summary:
            log = RemarkLog(self.prepared.source, self.prepared.loaded.hides)
            title = self.preview.plan.definition.name or self.inputs.shown
            view = PreviewView(title, self.shown, everything=self.view.everything, explain=self.view.explain)
            yield from preview_tree(self.preview, view, log)
            yield from remark_lines(log.diagnostics(self.prepared.diagnostics), self.shown.redactor.text)
        yield preview_closing_line(self.preview)

    def _picked(self, query: Query) -> None:
        """From the JSON with its secrets masked already: an expression can't get at what is hidden there."""
        from batchctl.cli.query import picked

        document = "".join(self.terminal.redactor.document(self._pieces(self._document(), PreviewFormat.JSON)))
        ascii_only = self.terminal.ascii_only(sys.stdout)
        self.terminal.data([picked(query, document, self.terminal, ascii_only=ascii_only)])

    def _document(self) -> Document:
        from batchctl.plan.remarks import RemarkLog
        from batchctl.render.preview.text import Document

        return Document(
            self.preview,
            self.shown,
            RemarkLog(self.prepared.source, self.prepared.loaded.hides),
            file=self.inputs.shown,
            known=self.prepared.diagnostics,
            explain=self.view.explain,
        )

    def _say_remarks(self, document: Document) -> None:
        """On stderr, where stdout has nothing but requests."""
        from batchctl.render.preview.closing import remark_words

        for remark in document.remarks():
            say = self.terminal.note if remark.severity is Severity.INFO else self.terminal.warn
            say("".join(remark_words(remark, self.shown.redactor.text)))

    def _pieces(self, document: Document, output_format: PreviewFormat) -> Iterator[str]:
        from batchctl.render.preview.formats import FORMATS

        for resource in self.preview.resources:
            if resource.problem:
                self.terminal.note(f"{resource.step.node.key} makes no request: {resource.problem}")
        return FORMATS[output_format](document)

    def _snippet(self) -> None:
        from batchctl.render.preview.snippets import SNIPPETS, Batch, masked_payload

        definition = self.preview.plan.definition
        payload, hidden = masked_payload(definition.payload, self.terminal.redactor)
        if hidden and not self.view.show_secrets:
            self.terminal.note("secrets are masked, so the snippet does not run as it is; --show-secrets prints them")
        batch = Batch(
            definition.name or self.inputs.shown,
            self.view.api_url,
            definition.payload if self.view.show_secrets else payload,
        )
        text = SNIPPETS[self.view.output_format](batch)
        if self.view.show_secrets:
            self.terminal.bare(text)
        else:
            self.terminal.document([text])
