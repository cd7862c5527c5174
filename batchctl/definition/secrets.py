"""What must not be shown of a file, whether it could be read or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.redaction import secret_values, source_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.definition.loading import Loaded
    from batchctl.definition.model import BatchDefinition


def secrets_of(loaded: Loaded) -> Iterator[str]:
    """The values of a file that must not be shown: those of variables, and those under names that look secret.

    They are looked for in the file's data, in its arguments, and in its text where that has errors. A placeholder is
    not a secret itself; its value is among the arguments or the variables.
    """
    yield from loaded.secrets
    payload = loaded.definition.payload if loaded.definition else {}
    # Its arguments may be a million: they are looked through once.
    rest = {name: value for name, value in payload.items() if value is not loaded.args}
    for value in (loaded.source.data, loaded.args, rest):
        yield from _without_placeholders(secret_values(value))
    if loaded.definition is None:
        yield from source_secrets(str(loaded.source.text))


def secrets_in(definition: BatchDefinition) -> Iterator[str]:
    """The values in a definition that must not be shown: those of variables, and those under names that look secret."""
    yield from definition.secrets
    yield from _without_placeholders(secret_values(definition.payload))


def _without_placeholders(texts: Iterable[str]) -> Iterator[str]:
    """Those of ``texts`` that are no placeholder or variable, which is no secret itself; one needs both its ends."""
    for text in texts:
        parts = (text.partition("{{")[2].find("}}"), text.partition("${")[2].find("}"))
        if parts == (-1, -1):
            yield text


def innocent_words(loaded: Loaded) -> Iterator[str]:
    """The names that a definition itself uses (of resources, methods): these are not to be masked as secrets.

    One that happens to be somebody's password would make the output unreadable otherwise.
    """
    if loaded.definition is None:
        return
    for node in loaded.definition.resources:
        yield node.key
        if isinstance(node, Request):
            yield node.resource
            yield from node.resource.split("/")
            yield node.method
