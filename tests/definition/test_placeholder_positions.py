"""Offsets of placeholders, look-alikes and types lead to lines and columns, however the string is written."""

import pytest

from batchctl.definition.loading import read
from batchctl.template import compile_template, find_lookalikes

HEAD = "resources:\n  - resource: crm/contacts\n    method: list\n"
PATH = ("resources", 0, "query", "q")
QUERIES = {
    "plain": "    query:\n      q: a b {{args.name:integer}} {{args.x!}}\n",
    "plain over lines": "    query:\n      q: a b\n        {{args.name:integer}}\n        {{args.x!}}\n",
    "single": "    query: {q: 'it''s {{args.name:integer}} {{args.x!}}'}\n",
    "double": '    query: {q: "\\u00fc\\t\\x41 {{args.name:integer}} \\\n      {{args.x!}}"}\n',
    "literal": "    query:\n      q: |\n        first 𝒳\n          {{args.name:integer}}\n        {{args.x!}}\n",
    "folded": "    query:\n      q: >-\n        a\n        b {{args.name:integer}}\n        {{args.x!}}\n\n        z\n",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_where_placeholders_stand(query: str) -> None:
    text = HEAD + query
    loaded = read(text)
    assert isinstance(loaded.data, dict)
    value = loaded.data["resources"][0]["query"]["q"]  # type: ignore[index, call-overload]  # as written above
    assert isinstance(value, str)

    def written(offset: int, end: int) -> str:
        span = loaded.source.within(PATH, offset, end)
        assert span.start.line == span.end.line
        return text.split("\n")[span.start.line - 1][span.start.column - 1 : span.end.column - 1]

    (reference,) = compile_template(value).references
    assert written(reference.offset, reference.end) == "{{args.name:integer}}"
    assert [written(cast.offset, cast.end) for cast in reference.unknown_casts] == ["integer"]
    (lookalike,) = find_lookalikes(value)
    assert written(lookalike.offset, lookalike.end) == "{{args.x!}}"
