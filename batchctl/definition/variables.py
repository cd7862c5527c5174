"""``${VAR}`` and ``${VAR:-default}`` in strings, filled in from the environment; ``$${`` is a literal ``${``.

- Only values are filled in, never keys; expressions (``config.expression``, string ``query`` and ``body``,
  ``run_if``) are left alone, since JSONata has its own use for ``$`` and braces.
- The default counts when the variable is not set (one that is set to nothing is nothing). It reaches to the brace
  that closes ``${``, may hold pairs of braces, and is taken as it stands: a variable inside of it is not filled in.
- What comes from the environment is never looked at again, so a value can't bring variables of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from batchctl.diagnostics.kinds import problem
from batchctl.redaction import is_secret_name
from batchctl.yaml12.source import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.yaml12.source import Source

_START = re.compile(r"\$?\$\{")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACE = re.compile(r"[{}]")
# Of a request in a list of resources; the other fields of these names are not expressions.
_EXPRESSIONS = frozenset({"query", "body", "run_if"})


class _Variable(NamedTuple):
    """A reference in a string, from ``start`` to ``end``; without a name it is malformed or an escape."""

    start: int
    end: int
    name: str = ""
    default: str | None = None
    literal: str | None = None


class Variables:
    """Fills in one definition; problems and secrets gather on the way."""

    def __init__(self, environment: Mapping[str, str], source: Source) -> None:
        self.problems: list[Diagnostic] = []
        self.secrets: set[str] = set()
        self._environment = environment
        self._source = source

    def fill(self, root: JsonObject) -> JsonObject:
        """The same data with variables filled in."""
        filled: JsonObject = {}
        for key, value in root.items():
            if key == "resources" and isinstance(value, list):
                filled[key] = [self._resource(item, (key, number)) for number, item in enumerate(value)]
            else:
                filled[key] = self._value(value, (key,))
        return filled

    def _resource(self, resource: JsonValue, path: DataPath) -> JsonValue:
        if not isinstance(resource, dict):
            return self._value(resource, path)
        filled: JsonObject = {}
        for key, value in resource.items():
            if key in _EXPRESSIONS and isinstance(value, str):
                filled[key] = value
            elif key in ("config", "recurse") and isinstance(value, dict):
                filled[key] = self._config(value, (*path, key))
            else:
                filled[key] = self._value(value, (*path, key))
        return filled

    def _config(self, config: JsonObject, path: DataPath) -> JsonObject:
        """The ``config`` of a transform, or ``recurse`` with a ``config`` of its own."""
        filled: JsonObject = {}
        for key, value in config.items():
            if isinstance(value, str) and (key == "expression" or key in _EXPRESSIONS):
                filled[key] = value
            elif key == "config" and isinstance(value, dict):
                filled[key] = self._config(value, (*path, key))
            else:
                filled[key] = self._value(value, (*path, key))
        return filled

    def _value(self, value: JsonValue, path: DataPath) -> JsonValue:
        if isinstance(value, str):
            return self._text(value, path) if "${" in value else value
        if isinstance(value, dict):
            return {key: self._value(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, (*path, number)) for number, item in enumerate(value)]
        return value

    def _text(self, text: str, path: DataPath) -> str:
        parts: list[str] = []
        pieces: list[Piece] = []
        at = length = 0
        for variable in _variables(text):
            value = self._looked_up(variable, text, path)
            before = text[at : variable.start]
            start = length + len(before)
            length = start + len(value)
            parts += before, value
            pieces.append(Piece(start, length, variable.start, variable.end))
            at = variable.end
        if pieces:
            self._source.remember(path, tuple(pieces))
        return "".join((*parts, text[at:]))

    def _looked_up(self, variable: _Variable, text: str, path: DataPath) -> str:
        written = text[variable.start : variable.end]
        if variable.literal is not None:
            return variable.literal
        if not variable.name:
            advice = 'write ${NAME} or ${NAME:-default}; "$${" is a literal "${"'
            self._report("malformed-variable", "this is not a variable, and stays as it is", variable, path, advice)
            return written
        value = self._environment.get(variable.name)
        if value is not None:
            if is_secret_name(variable.name) or any(is_secret_name(str(step)) for step in path):
                self.secrets.add(value)
            return value
        if variable.default is not None:
            return variable.default
        advice = f"set it, or give a default: ${{{variable.name}:-…}}"
        self._report("missing-variable", f"the variable {variable.name} is not set", variable, path, advice)
        return written

    def _report(self, rule: str, message: str, variable: _Variable, path: DataPath, advice: str) -> None:
        span = self._source.within(path, variable.start, variable.end)
        self.problems.append(problem(rule, message, span, help=advice, path=path))


def _variables(text: str) -> Iterator[_Variable]:
    at = 0
    while (match := _START.search(text, at)) is not None:
        start, at = match.start(), match.end()
        if match[0] == "$${":
            yield _Variable(start, at, literal="${")
            continue
        name = _NAME.match(text, at)
        if name is not None and text.startswith("}", name.end()):
            at = name.end() + 1
            yield _Variable(start, at, name[0])
        elif name is not None and text.startswith(":-", name.end()):
            end = _closing(text, name.end() + 2)
            if end is not None:
                at = end + 1
                yield _Variable(start, at, name[0], text[name.end() + 2 : end])
                continue
            yield _Variable(start, at)
        else:
            yield _Variable(start, at)


def _closing(text: str, at: int) -> int | None:
    """The brace that closes the one before ``at``."""
    depth = 1
    for match in _BRACE.finditer(text, at):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return None
