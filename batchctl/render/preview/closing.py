"""The closing line of a dry run: how many requests, how sure that is, what they write, how long they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from batchctl.diagnostics import Severity
from batchctl.plain import clean, counted, duration, listed
from batchctl.render.text.labelled import labelled
from batchctl.truto.limits import ACCOUNT_CALLS, WINDOW_S, least_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from batchctl.diagnostics import Diagnostic
    from batchctl.plan.preview import Preview, PreviewedResource, Totals
    from batchctl.redaction import Redact

_NAMED = 3


def remark_lines(remarks: Sequence[Diagnostic], redact: Redact) -> Iterator[RenderableType]:
    """The remarks on a preview as a list between two empty lines, each with its line in the file.

    Without remarks there is one empty line. ``redact`` masks secrets.
    """
    yield Text("")
    for remark in remarks:
        warning = remark.severity is not Severity.INFO
        where, message = remark_words(remark, redact)
        line = Text().append(where, style="bold").append(message)
        yield labelled(Text("!" if warning else "·", style="yellow" if warning else "dim"), line, width=2)
    if remarks:
        yield Text("")


def remark_words(remark: Diagnostic, redact: Redact) -> tuple[str, str]:
    """A remark in two parts: where it is, ``line 7, contacts: ``, and its message, safe to show.

    ``redact`` masks secrets.
    """
    number = remark.span.start.line
    where = f"line {number}" if remark.file is None else f"{clean(redact(remark.file))}:{number}"
    return f"{where}, {clean(redact(remark.resource or ''), 60)}: ", clean(redact(remark.message), 300)


def preview_closing_line(preview: Preview) -> Text:
    """The last line of a dry run: how many requests, what they write, how long they take at least.

    ``1 request known, how many for notes only a run can tell · no writes · pages of 2 lists …``.
    """
    totals = preview.totals()
    parts = [requests_known(totals), *_writes(preview)]
    if totals.lists:
        parts.append(f"pages of {counted(totals.lists, 'list')} left to the service")
    parts.append(_rate(totals))
    line = Text(" · ".join(parts), style="bold")
    line.highlight_regex(r"writes: [^·]+", "yellow")
    line.highlight_regex(r"deletes: [^·]+", "red")
    return line


def requests_known(totals: Totals) -> str:
    """How many requests are known: ``12 requests known``, and for which resources only a run can tell how many."""
    known = f"{counted(totals.known, 'request')} known"
    if not totals.open:
        return known
    unknown = f"how many for {_names(totals.open)} only a run can tell"
    return f"{known}, {unknown}" if totals.known else unknown


def _writes(preview: Preview) -> Iterator[str]:
    writers = [resource for resource in preview.resources if resource.is_write]
    deleting = [resource for resource in writers if resource.deletes]
    writing = [resource for resource in writers if not resource.deletes]
    if writing:
        yield f"writes: {_names([_counted(resource) for resource in writing])}"
    if deleting:
        yield f"deletes: {_names([_counted(resource) for resource in deleting])}"
    if not writers:
        yield "no writes"


def _counted(resource: PreviewedResource) -> str:
    often = (
        f"{resource.known:,}{' or more' if resource.more else ''}"
        if resource.known
        else "some"
        if resource.more
        else "0"
    )
    return f"{often} by {resource.step.node.key}"


def _names(names: Sequence[str]) -> str:
    shown = [clean(name, 60) for name in names[:_NAMED]]
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED} others")
    return listed(shown)


def _rate(totals: Totals) -> str:
    least = least_seconds(totals.known)
    if least:
        return f"{duration(least)} at least, since the account takes {ACCOUNT_CALLS} calls per {WINDOW_S} s"
    known = f"{'at least ' * bool(totals.open)}{totals.known}"
    return f"{known} of the {ACCOUNT_CALLS} calls that the account takes in {WINDOW_S} s"
