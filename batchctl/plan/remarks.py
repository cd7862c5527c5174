"""What the traces of requests show that their author may not have meant.

A placeholder that would be sent literally, a key that would be dropped, an array that became text, a fallback
that was used: each is reported once per place in the file, with the number of requests it is in.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from batchctl.diagnostics.kinds import problem
from batchctl.structs import Struct, field, replace
from batchctl.template import UNDEFINED, is_unconverted, to_text
from batchctl.truto.calls import ONE_RECORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Step
    from batchctl.template import Evaluation, Reference, Rounded
    from batchctl.truto.calls import Call
    from batchctl.yaml12.source import Source


class RemarkKind(StrEnum):
    """What a remark on a request is about; the value is the name under which diagnostics report it.

    ``SENT_LITERALLY``: a placeholder's text is sent; ``DROPPED_KEY``: a key is left out; ``BECAME_TEXT``: a value
    became text; ``FALLBACK_USED``: a fallback took the place of a value; ``EMPTY_ID``: the id leads elsewhere, or
    nowhere; ``ROUNDED``: JavaScript rounds the number; ``UNCONVERTED``: a type does not convert the value.
    """

    SENT_LITERALLY = "sent-literally"
    DROPPED_KEY = "dropped-key"
    BECAME_TEXT = "became-text"
    FALLBACK_USED = "fallback-used"
    EMPTY_ID = "empty-id"
    ROUNDED = "rounded-number"
    UNCONVERTED = "unconverted-value"


_EMPTY_ID = "the id is empty"
# Rules that say the same of a placeholder before any request is made.
_SAID_BY = {
    RemarkKind.SENT_LITERALLY: {"undeclared-argument"},
    RemarkKind.BECAME_TEXT: {"array-to-text", "object-to-text"},
    RemarkKind.UNCONVERTED: {"unconverted-value"},
}


def remark_on(reference: Reference, evaluation: Evaluation) -> RemarkKind | None:
    """The kind of remark that one placeholder's value calls for; None for a value that will be as intended."""
    if evaluation.unknown:
        return None
    if evaluation.without_value:
        return RemarkKind.SENT_LITERALLY
    if evaluation.value is UNDEFINED:
        return RemarkKind.DROPPED_KEY
    if isinstance(evaluation.raw, dict | list) and not (reference.whole and isinstance(evaluation.value, dict | list)):
        return RemarkKind.BECAME_TEXT
    if is_unconverted(reference, evaluation):
        return RemarkKind.UNCONVERTED
    if evaluation.default or evaluation.chosen:
        return RemarkKind.FALLBACK_USED
    return None


def no_address(call: Call) -> str:
    """Why the id of ``call`` would send it to another address, or to none, in words; empty where the id is usable."""
    if call.id is None:
        return _EMPTY_ID if call.method == "get" else ""
    if call.method not in ONE_RECORD:
        return ""
    if call.id in ("", ".", ".."):
        return f'the id is "{call.id}", which leads to another address' if call.id else _EMPTY_ID
    return "" if call.id.isascii() or _is_whole(call.id) else "the id holds half a character"


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Noted(Struct):
    sentence: str
    end: int
    count: int = 0


class RemarkLog(Struct):
    """Collects remarks on the requests of a preview, each once per place in the file, with the number of its requests.

    ``add`` each request, then take ``diagnostics``. ``source`` is the file's text; ``hides`` says of a diagnostic
    whether a comment in the file hides it.
    """

    source: Source
    hides: Callable[[Diagnostic], bool]
    _found: dict[tuple[int, RemarkKind, DataPath, int], _Noted] = field(default_factory=dict)
    _requests: dict[int, int] = field(default_factory=dict)
    _keys: dict[int, str] = field(default_factory=dict)
    _problems: list[Diagnostic] = field(default_factory=list)

    def add(self, step: Step, request: Expanded, requests: int = 1) -> None:
        """Collect the remarks on one request of ``step``, which stands for so many ``requests`` with the same remarks.

        It must have its trace, as ``expand`` makes it with ``explain``.
        """
        node = step.node
        self._keys[node.index] = node.key
        self._requests[node.index] = self._requests.get(node.index, 0) + requests
        for reference, evaluation in request.trace:
            kind = remark_on(reference, evaluation)
            if kind is not None:
                place = (node.index, kind, reference.path, reference.offset)
                if place not in self._found:
                    self._found[place] = _Noted(_sentence(kind, reference, evaluation), reference.end)
                self._found[place].count += requests
        for rounded in request.rounded:
            place = (node.index, RemarkKind.ROUNDED, rounded.reference.path, rounded.reference.offset)
            sentence = rounded_sentence(rounded)
            self._found.setdefault(place, _Noted(sentence, rounded.reference.end)).count += requests
        reason = no_address(request.call)
        if reason:
            place = (node.index, RemarkKind.EMPTY_ID, ("id",), 0)
            noted = self._found.setdefault(place, _Noted(f"not sent: {reason}", 0))
            noted.count += requests
            if not noted.sentence.endswith(reason):
                noted.sentence = "not sent: the id is empty, or leads to another address"

    def add_problem(self, step: Step, message: str) -> None:
        """Add a remark about ``step``, which can make no request since its loop has no array; ``message`` says so."""
        where = ("resources", step.node.index, "loop_on")
        self._problems.append(
            problem("loop-not-array", message, self.source.span(where), path=where, resource=step.node.key)
        )

    def diagnostics(self, known: Iterable[Diagnostic] = ()) -> tuple[Diagnostic, ...]:
        """The remarks as diagnostics, in the order of the file.

        Those are left out that a comment hides, and those that repeat one of ``known``, the diagnostics of the rules.
        """
        said = {(diagnostic.rule, diagnostic.file, diagnostic.span) for diagnostic in known}
        noted = [self.source.localised(each) for each in self._noted() if not self._is_accepted(each)]
        found = [each for each in noted if not any((rule, each.file, each.span) in said for rule in _said_by(each))]
        problems = map(self.source.localised, self._problems)
        return tuple(sorted((*found, *problems), key=lambda diagnostic: diagnostic.sort_key))

    def _is_accepted(self, remark: Diagnostic) -> bool:
        """Whether a comment accepts it, under its own name or that of the rule that says the same."""
        names = (remark.rule, *_said_by(remark))
        return any(self.hides(replace(remark, rule=name)) for name in names)

    def _noted(self) -> Iterator[Diagnostic]:
        for (index, kind, path, offset), found in self._found.items():
            where = ("resources", index, *path)
            yield problem(
                kind.value,
                found.sentence + _times(found.count, self._requests[index]),
                self.source.within(where, offset, found.end) if found.end else self.source.span(where),
                help=_ADVICE.get(kind),
                path=where,
                resource=self._keys[index],
            )


_ADVICE = {
    RemarkKind.SENT_LITERALLY: "give it a value, a default (?:text), :null or :undefined",
    RemarkKind.EMPTY_ID: "such a request would be sent to another address, or to none",
    RemarkKind.ROUNDED: (
        "ask the provider for the id as text; a number of more than 15 digits is not safe in JavaScript"
    ),
    RemarkKind.UNCONVERTED: "drop the type, or give it a value that it converts",
    RemarkKind.BECAME_TEXT: ":any, as the whole string, keeps it as it is",
}


def _said_by(diagnostic: Diagnostic) -> set[str]:
    return _SAID_BY.get(RemarkKind(diagnostic.rule), set())


def _sentence(kind: RemarkKind, reference: Reference, evaluation: Evaluation) -> str:
    text, where = reference.text, field_name(reference.path)
    match kind:
        case RemarkKind.SENT_LITERALLY:
            return f"{text} has no value and would be sent literally in {where}"
        case RemarkKind.DROPPED_KEY:
            return f"{where} is left out: {text} has no value"
        case RemarkKind.BECAME_TEXT:
            return f"{'an array' if isinstance(evaluation.raw, list) else 'an object'} becomes text in {where}"
        case RemarkKind.UNCONVERTED:
            return f"{unconverted_sentence(reference)} in {where}"
        case _:
            missing = reference.alternatives[0].path
            if evaluation.default:
                return f"{missing} has no value: {where} takes the default"
            return f"{missing} has no value: {where} takes {reference.alternatives[evaluation.chosen or 0].path}"


def rounded_sentence(rounded: Rounded) -> str:
    """A sentence about a rounded number: ``{{resources.b.id}} is 39…803, and JavaScript sends 39…000``."""
    return f"{rounded.reference.text} is {rounded.number}, and JavaScript sends {to_text(rounded.number)}"


def unconverted_sentence(reference: Reference) -> str:
    """A sentence about a value that stays what it is: ``{{resources.b.size:int}} converts only numbers: … is sent``."""
    known = "true and false" if reference.alternatives[0].cast == "bool" else "numbers"
    return f"{reference.text} converts only {known}, and sends the value as it is"


def _times(count: int, requests: int) -> str:
    if requests == 1:
        return ""
    return f" (in {'all' if count == requests else f'{count:,} of'} {requests:,} requests)"


def field_name(path: DataPath) -> str:
    """A path as people write it: ``("body", "emails", 0, "email")`` → ``body.emails[0].email``."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(parts).removeprefix(".")
