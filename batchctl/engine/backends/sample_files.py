"""Records of files for the nodes that a dry run reads: a file for a node, the result of an earlier run, fixtures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.diagnostics.spelling import suggestion
from batchctl.engine.backends.fixture_files import FORMATS, read_records
from batchctl.engine.backends.samples import FixtureSamples, RecordSamples, RunSamples, SampleBackend
from batchctl.errors import UsageError
from batchctl.files import read_bytes
from batchctl.json_types import NotJson, read_json
from batchctl.truto.calls import READ_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.engine.backends.samples import Samples
    from batchctl.json_types import JsonValue
    from batchctl.plan.planner import Plan


def sample_backend(
    plan: Plan, samples: Sequence[str] = (), run: Path | None = None, fixtures: Path | None = None
) -> SampleBackend:
    """A backend that answers reads with records from files; the first source that has records for a call answers it.

    The sources, in this order: ``samples`` (``RESOURCE=FILE`` each), ``run`` (the result of an earlier run, saved with
    ``-o json``), ``fixtures`` (a folder of records); None is no source. ``FILE`` is JSON, YAML, NDJSON or CSV by its
    ending, a list of records. ``RESOURCE`` is the key of a node, or a resource (``crm/contacts``) for all nodes that
    read it. Raises ``UsageError`` for a sample that can't be used or names no request of ``plan`` that reads, and
    ``FixtureError`` for records that can't be read.
    """
    places: list[Samples] = []
    if samples:
        places.append(RecordSamples(dict(_records(samples, plan))))
    if run is not None:
        places.append(RunSamples(*_result(run)))
    if fixtures is not None:
        places.append(FixtureSamples(fixtures, plan.definition.integrated_account_id or None))
    return SampleBackend(places)


def unused_samples(samples: Sequence[str], plan: Plan, counts: Mapping[str, int]) -> tuple[str, ...]:
    """The keys of the nodes that have a sample, but made no call that could use it, in the order of ``samples``.

    ``samples`` are ``RESOURCE=FILE``. ``counts`` has, by the node's key, how many calls it is certain to make; 0 or a
    missing key is none. Raises ``UsageError`` for a sample that names no request of ``plan`` that reads.
    """
    named = [key for text in samples for key in sampled_nodes(text.partition("=")[0], plan)]
    return tuple(key for key in dict.fromkeys(named) if not counts.get(key))


def _records(samples: Sequence[str], plan: Plan) -> Iterator[tuple[str, list[JsonValue]]]:
    for text in samples:
        name, equals, file = text.partition("=")
        if not (name and equals and file):
            raise UsageError(f'--sample "{text}" is not RESOURCE=FILE', hint="--sample crm/contacts=contacts.json")
        path = Path(file)
        if path.suffix.lstrip(".") not in FORMATS:
            raise UsageError(f"can't tell what {file} holds", hint=f"name it .{', .'.join(FORMATS)}")
        keys = sampled_nodes(name, plan)
        records = read_records(path)
        yield from ((key, records) for key in keys)


def sampled_nodes(name: str, plan: Plan) -> list[str]:
    """The keys of the nodes of ``plan`` that a sample is for: the one called ``name``, else all of that resource.

    Only nodes that read count. Raises ``UsageError`` where there is none.
    """
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
