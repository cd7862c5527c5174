"""``${VAR}`` in strings, filled in from the environment; ``variable_text`` lists the forms.

- Only values are filled in, never keys; expressions are left alone, since JSONata has its own use for ``$`` and braces.
- A default reaches to the brace that closes ``${``, may hold pairs of braces, and variables of its own.
- What comes from the environment is never looked at again, so a value can't bring variables of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from batchctl.definition.expressions import is_expression
from batchctl.definition.variable_text import find_variables, shell_spellings, spelled
from batchctl.diagnostics import START
from batchctl.diagnostics.kinds import problem
from batchctl.json_types import value_at
from batchctl.patterns import lazy_regex
from batchctl.redaction import is_secret_name
from batchctl.structs import replace
from batchctl.yaml12.problem_log import shortened
from batchctl.yaml12.source import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.definition.given import Given
    from batchctl.definition.variable_text import Variable
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonObject, JsonValue
    from batchctl.yaml12.source import Source

_FOR_PEOPLE = frozenset({"name", "description", "label", "args_schema"})
_PATH = lazy_regex(r"\$\{(?:args|resources)\.[\w.-]+\}")
# Variables inside of defaults inside of defaults.
_MAX_DEPTH = 20
# So many texts are looked through together.
_TOGETHER = 4096
_FORMS = 'write ${NAME}, ${NAME:-default}, ${NAME:?message} or ${NAME:+text}; "$${" is a literal "${"'


def unfilled(given: Given) -> Iterator[Diagnostic]:
    """A diagnostic for each argument in ``given`` that has ``${NAME}`` in it, since that is sent as it is.

    Variables are only filled in in the definition's file.
    """
    for path, origin in given.origins.items():
        name = ".".join(map(str, path))
        variable = _first_variable(value_at(given.values, tuple(map(str, path))))
        if variable is not None:
            # The value itself may be a secret: it is named by its argument alone where its name says so.
            shown = "a variable" if any(is_secret_name(str(step)) for step in path) else shortened(variable)
            message = f"{shown} in args.{name} is sent literally (from {origin.where})"
            advice = "variables are filled in in the definition alone: read it there, or let the shell fill it in"
            yield replace(problem("malformed-variable", message, START, help=advice), origin=origin.where)


def _first_variable(root: JsonValue) -> str | None:
    pending = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, str) and "${" in value:
            found = next((each for each in find_variables(value) if not each.is_escape), None)
            if found is not None:
                return spelled(value, found.start)
        elif isinstance(value, dict):
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(_that_may_have_one(value))
    return None


def _that_may_have_one(values: list[JsonValue]) -> list[JsonValue]:
    """Those of ``values`` that may have a variable in them; a million texts are looked through, not looked at."""
    if set(map(type, values)) != {str}:
        return values
    texts = cast("list[str]", values)
    blocks = (texts[at : at + _TOGETHER] for at in range(0, len(texts), _TOGETHER))
    # What is put between them makes no variable of two.
    return [each for block in blocks if "${" in "\n".join(block) for each in block if "${" in each]


def _is_for_people(path: DataPath) -> bool:
    """Whether a value is never sent: a description, what a schema says, an ``x-`` key."""
    return any(step in _FOR_PEOPLE or str(step).startswith("x-") for step in path)


class _Place(NamedTuple):
    """A text, or the part of one that starts at ``offset``, and the path of the string that it stands in."""

    text: str
    path: DataPath
    offset: int = 0
    depth: int = 0

    def inside(self, part: str, start: int) -> _Place:
        """The place of a part of this text."""
        return _Place(part, self.path, self.offset + start, self.depth + 1)


class Variables:
    """Replaces ``${NAME}`` in the strings of one definition by values of the environment, with ``fill``.

    ``environment`` has the variables by name, ``source`` the places in the file. ``fill`` adds to the list ``problems``
    (diagnostics) and to the set ``secrets`` (values under names that look secret).
    """

    def __init__(self, environment: Mapping[str, str], source: Source) -> None:
        self.problems: list[Diagnostic] = []
        self.secrets: set[str] = set()
        self._environment = environment
        self._source = source

    def fill(self, root: JsonObject) -> JsonObject:
        """A copy of ``root``, the file's data, with the variables in its strings filled in, except in JSONata.

        A variable that has no value stays as it is written, and is added to ``problems``.
        """
        return {key: self._value(value, (key,)) for key, value in root.items()}

    def _value(self, value: JsonValue, path: DataPath) -> JsonValue:
        if isinstance(value, str):
            if "$" not in value or is_expression(path):
                return value
            if not _is_for_people(path):
                self._name_shell_spellings(value, path)
            return self._text(value, path) if "${" in value else value
        if isinstance(value, dict):
            return {key: self._value(item, (*path, key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, (*path, number)) for number, item in enumerate(value)]
        return value

    def _name_shell_spellings(self, text: str, path: DataPath) -> None:
        for start, end in shell_spellings(text):
            shown, name = shortened(text[start:end]), text[start + 1 : end]
            advice = (
                f"write ${{{name}}} for the variable" if not name.startswith("(") else "no command is run: " + _FORMS
            )
            span = self._source.within(path, start, end)
            message = f"{shown} is not filled in, and is sent literally"
            self.problems.append(problem("malformed-variable", message, span, help=advice, path=path))

    def _text(self, text: str, path: DataPath) -> str:
        parts: list[str] = []
        pieces: list[Piece] = []
        at = length = 0
        for variable in find_variables(text):
            value = self._value_of(variable, _Place(text, path))
            before = text[at : variable.start]
            start = length + len(before)
            length = start + len(value)
            parts += before, value
            pieces.append(Piece(start, length, variable.start, variable.end))
            at = variable.end
        if pieces:
            self._source.remember(path, tuple(pieces))
        return "".join((*parts, text[at:]))

    def _value_of(self, variable: Variable, place: _Place) -> str:
        if variable.is_escape:
            return "${"
        if not variable.name:
            return self._malformed(variable, place)
        name, operator = variable.name, variable.operator
        value = self._environment.get(name)
        is_there = value is not None and (bool(value) or not operator.startswith(":"))
        if operator.endswith("+"):
            return self._word(variable, place) if is_there else ""
        if is_there and value is not None:
            if is_secret_name(name) or any(is_secret_name(str(step)) for step in place.path):
                self.secrets.add(value)
            return value
        if operator.endswith("-"):
            return self._word(variable, place)
        message = f"the variable {name} is {'not set' if value is None else 'empty'}"
        wanted = place.text[variable.word_start : variable.end - 1].strip() if operator else ""
        if wanted:
            message += f": {shortened(wanted)}"
        self._report("missing-variable", message, variable, place, f"set it, or give a default: ${{{name}:-…}}")
        return place.text[variable.start : variable.end]

    def _word(self, variable: Variable, place: _Place) -> str:
        """The text after an operator, its own variables filled in."""
        word = place.text[variable.word_start : variable.end - 1]
        if "${" not in word:
            return word
        inner = place.inside(word, variable.word_start)
        if inner.depth > _MAX_DEPTH:
            return self._malformed(variable, place)
        parts: list[str] = []
        at = 0
        for found in find_variables(word):
            parts += word[at : found.start], self._value_of(found, inner)
            at = found.end
        return "".join((*parts, word[at:]))

    def _malformed(self, variable: Variable, place: _Place) -> str:
        shown = shortened(spelled(place.text, variable.start))
        message, advice = f"{shown} is not a variable, and is sent literally", _FORMS
        if shown.startswith("${{") and shown.endswith("}}"):
            message = f"the $ before {shown[1:]} is sent, too"
            advice = f"leave it out; if it is meant, write $${shown[1:]}"
        elif _PATH.fullmatch(shown):
            advice = f"did you mean {{{shown[1:]}}}?"
        self._report("malformed-variable", message, variable, place, advice)
        return place.text[variable.start : variable.end]

    def _report(self, rule: str, message: str, variable: Variable, place: _Place, advice: str) -> None:
        span = self._source.within(place.path, place.offset + variable.start, place.offset + variable.end)
        self.problems.append(problem(rule, message, span, help=advice, path=place.path))
