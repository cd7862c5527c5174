"""One test: the definition is run by the embedded engine over fixtures, and what comes is compared."""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from difflib import unified_diff
from functools import partial
from typing import TYPE_CHECKING

from batchctl.api import load
from batchctl.api_run import run
from batchctl.engine.events import CallStarted
from batchctl.errors import BatchctlError, DefinitionError, ExitCode, ExpressionError, UsageError
from batchctl.expression import evaluate
from batchctl.files import not_read, read_file, write_whole
from batchctl.json_types import merged, write_json
from batchctl.structs import Struct
from batchctl.yaml12.reader import load_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from batchctl.api_settings import RunSettings
    from batchctl.engine.events import Event
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.testcases.cases import Case

_MAX_LINES = 200


class Verdict(Struct, frozen=True):
    """The result of one test: whether it passed, and why not.

    ``problems`` are texts of one or more lines, none when it passed; ``elapsed_s`` is how long it took in seconds.
    ``updated`` means that its snapshot was written; ``secrets`` are texts that must be masked where problems are shown.
    """

    case: Case
    problems: tuple[str, ...]
    elapsed_s: float
    updated: bool = False
    secrets: frozenset[str] = frozenset()

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.problems


class _Ran(Struct, frozen=True):
    exit_code: int
    answer: JsonObject
    said: str = ""


def run_cases(
    cases: Sequence[Case], *, parallel: int = 1, update: bool = False, environment: Mapping[str, str] | None = None
) -> Iterator[Verdict]:
    """Run tests, up to ``parallel`` at once; the result of each, in the order of ``cases``.

    ``update`` writes snapshots instead of comparing; ``environment`` are the variables, None for those of the process.
    Raises ``UsageError`` for a snapshot that can't be read or written.
    """
    one = partial(run_case, update=update, environment=environment)
    if parallel == 1:
        yield from map(one, cases)
        return
    with ThreadPoolExecutor(parallel) as pool:
        yield from pool.map(one, cases)


def run_case(case: Case, *, update: bool = False, environment: Mapping[str, str] | None = None) -> Verdict:
    """Run one test; ``update`` writes its snapshot instead of comparing.

    ``environment`` fills ``${VAR}`` (default: the process environment). Raises ``UsageError`` for a snapshot that can't
    be read or written.
    """
    started = time.perf_counter()
    given = os.environ if environment is None else environment
    ran = _ran(case, given)
    updated = False
    if case.snapshot is None:
        problems = _problems(case, ran)
    elif update and ran.exit_code in (ExitCode.OK, ExitCode.FAILURES):
        problems, updated = [], _update(case.snapshot, ran.answer)
    else:
        problems = _compare(case.snapshot, ran)
    return Verdict(case, tuple(problems), time.perf_counter() - started, updated, _secrets(case, given))


def _ran(case: Case, environment: Mapping[str, str]) -> _Ran:
    requests: list[tuple[str, int, JsonObject]] = []

    def observe(event: Event) -> None:
        if isinstance(event, CallStarted):
            requests.append((event.key, event.serial, _request(event)))

    try:
        settings: RunSettings = {
            "args": _args(case),
            "context": case.context,
            "environment": environment,
            "observer": observe,
        }
        if case.fixtures is not None:
            settings["fixtures"] = case.file.parent / case.fixtures
        result = run(case.file, **settings)
    except DefinitionError as error:
        first = next((found.message for found in error.diagnostics), str(error))
        return _Ran(ExitCode.DEFINITION, {}, f"the definition has errors: {first}")
    except UsageError as error:
        return _Ran(ExitCode.USAGE, {}, str(error))
    except BatchctlError as error:
        return _Ran(ExitCode.NOT_RUN, {}, str(error))
    order = {key: number for number, key in enumerate(result.outcomes)}
    requests.sort(key=lambda each: (order.get(each[0], 0), each[1]))
    # What a person would read in a report: the data as JSON gives it.
    body = json.loads(write_json(result.body()))
    answer: JsonObject = {**body, "requests": [request for _, _, request in requests]}
    return _Ran(ExitCode.OK if result.ok else ExitCode.FAILURES, answer)


def _request(event: CallStarted) -> JsonObject:
    call = event.call
    request: JsonObject = {"resource": event.key, "method": call.http_method, "path": call.path}
    if call.query:
        request["query"] = call.query
    if call.body is not None:
        request["body"] = call.body
    return request


def _args(case: Case) -> JsonObject:
    if case.args_file is None:
        return case.args
    path = case.file.parent / case.args_file
    found = load_plain(read_file(path), str(path))
    if not isinstance(found, dict):
        raise UsageError(f"{path} is not a mapping of arguments")
    return merged(found, case.args)


def _problems(case: Case, ran: _Ran) -> list[str]:
    if ran.exit_code != case.exit_code:
        said = [f"exit code {ran.exit_code} instead of {case.exit_code}"]
        return ["\n".join([*said, *([ran.said] if ran.said else _errors(ran.answer))])]
    return [problem for text in case.expect if (problem := _unmet(text, ran.answer)) is not None]


def _errors(answer: JsonObject) -> list[str]:
    errors = answer.get("errors")
    found = errors.items() if isinstance(errors, dict) else ()
    return [f"{name}: {_short(value)}" for name, value in found if value]


def _unmet(text: str, answer: JsonObject) -> str | None:
    try:
        value = evaluate(text, answer)
    except ExpressionError as error:
        return f"{text}\ncan't be evaluated: {error}"
    if value is True:
        return None
    lines = [text, f"is {_shown(value)}, not true"]
    left, sign, _ = text.partition(" = ")
    if sign and " = " not in text[len(left) + 3 :]:
        # Where the half is no expression by itself, the whole one has been shown.
        with suppress(ExpressionError):
            lines.append(f"{left.strip()} is {_shown(evaluate(left, answer))}")
    return "\n".join(lines)


def _shown(value: object) -> str:
    try:
        return _short(value)
    except (TypeError, ValueError):
        return "nothing"


def _short(value: object) -> str:
    text = write_json(value)
    return text if len(text) <= 200 else f"{text[:199]}…"


def _update(path: Path, answer: JsonObject) -> bool:
    text = _snapshot_text(answer)
    # What is there may be no text at all: it is replaced.
    if path.exists() and path.read_text("utf-8", errors="replace") == text:
        return False
    write_whole(path, [text])
    return True


def _compare(path: Path, ran: _Ran) -> list[str]:
    if ran.exit_code not in (ExitCode.OK, ExitCode.FAILURES):
        return [ran.said]
    try:
        expected = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise not_read(path, error, hint="batchctl test --update writes it") from error
    actual = _snapshot_text(ran.answer)
    if expected == actual:
        return []
    lines = list(unified_diff(expected.splitlines(), actual.splitlines(), path.name, "this run", lineterm=""))
    more = len(lines) - _MAX_LINES
    return ["\n".join([*lines[:_MAX_LINES], *([f"… and {more:,} lines more"] if more > 0 else [])])]


def _snapshot_text(answer: JsonObject) -> str:
    data: dict[str, JsonValue] = {"format_version": "1.0"}
    data.update({key: answer.get(key) for key in ("result", "errors", "requests")})
    return write_json(data, indent=2) + "\n"


def _secrets(case: Case, environment: Mapping[str, str]) -> frozenset[str]:
    try:
        return load(case.file, args=case.args, environment=environment).secrets
    except BatchctlError:
        return frozenset()
