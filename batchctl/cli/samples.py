"""``--sample``, ``--sample-run`` and ``--fixtures``: the records that a dry run may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.cli.inputs import read_bytes
from batchctl.definition.model import Request
from batchctl.diagnostics.spelling import suggestion
from batchctl.errors import UsageError
from batchctl.json_types import NotJson, read_json
from batchctl.truto.calls import READ_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from batchctl.cli.dry_run_options import SampleOptions
    from batchctl.engine.backends.samples import SampleBackend
    from batchctl.json_types import JsonValue
    from batchctl.plan.planner import Plan


def sample_backend(options: SampleOptions, plan: Plan) -> SampleBackend | None:
    """The records that the options name, or None for no such option. Raises ``UsageError``, ``FixtureError``."""
    if not (options.sample or options.sample_run or options.fixtures):
        return None
    from batchctl.engine.backends.samples import FixtureSamples, RecordSamples, RunSamples, SampleBackend, Samples

    places: list[Samples] = []
    if options.sample:
        places.append(RecordSamples(dict(_records(options.sample, plan))))
    if options.sample_run:
        places.append(RunSamples(*_result(options.sample_run)))
    if options.fixtures:
        places.append(FixtureSamples(options.fixtures))
    return SampleBackend(places)


def unused_samples(options: SampleOptions, plan: Plan, counts: Mapping[str, int]) -> tuple[str, ...]:
    """The nodes whose ``--sample`` no call asked for; ``counts`` are the calls of each node that are known."""
    named = [key for text in options.sample or () for key in _keys(text.partition("=")[0], plan)]
    return tuple(key for key in dict.fromkeys(named) if not counts.get(key))


def _records(samples: Sequence[str], plan: Plan) -> Iterator[tuple[str, list[JsonValue]]]:
    from pathlib import Path

    from batchctl.engine.backends.fixture_files import FORMATS, read_records

    for text in samples:
        name, equals, file = text.partition("=")
        if not (name and equals and file):
            raise UsageError(f'--sample "{text}" is not RESOURCE=FILE', hint="--sample crm/contacts=contacts.json")
        path = Path(file)
        if path.suffix.lstrip(".") not in FORMATS:
            raise UsageError(f"can't tell what {file} holds", hint=f"name it .{', .'.join(FORMATS)}")
        keys = _keys(name, plan)
        records = read_records(path)
        yield from ((key, records) for key in keys)


def _keys(name: str, plan: Plan) -> list[str]:
    """The nodes that a sample is for: the one of that name, else all of that resource that read."""
    requests = {key: node for key, node in plan.graph.nodes.items() if isinstance(node, Request)}
    if name in requests:
        if requests[name].method not in READ_METHODS:
            raise UsageError(f"{name} writes; samples answer reads only")
        return [name]
    keys = [key for key, node in requests.items() if node.resource == name and node.method in READ_METHODS]
    if not keys:
        known = dict.fromkeys((*requests, *(node.resource for node in requests.values())))
        hint = suggestion(name, known) or f"known: {', '.join(known)}"
        raise UsageError(f'no request reads "{name}"', hint=hint)
    return keys


def _result(path: Path) -> tuple[dict[str, list[JsonValue]], list[str]]:
    """The records of an earlier run by node, and the nodes that had errors."""
    try:
        answer = read_json(read_bytes(str(path)))
    except NotJson:
        raise UsageError(f"{path} is not JSON", hint="save the result of run with -o json") from None
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(result, dict):
        raise UsageError(f"{path} has no result", hint="save the result of run with -o json")
    errors = answer.get("errors") if isinstance(answer, dict) else None
    failed = [key for key, found in errors.items() if found] if isinstance(errors, dict) else []
    return {key: records for key, records in result.items() if isinstance(records, list)}, failed
