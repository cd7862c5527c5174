"""A preview as NDJSON: a line per request, as fast as they are made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.render.preview.data import request_data
from batchctl.render.text.literals import escape_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.plan.preview import Preview
    from batchctl.render.preview.data import RequestView


def preview_ndjson(preview: Preview, view: RequestView, *, explain: bool = False) -> Iterator[str]:
    """A line per request: the name of its resource, then the request as in the JSON."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for resource in preview.resources:
        name = resource.step.node.key
        for request in resource.requests(explain=explain):
            line = encode({"resource": name, **request_data(resource, request, view, explain=explain)})
            yield (line if line.isprintable() else escape_unprintable(line)) + "\n"
