"""One text in YAML or JSON, by itself: its data with all places, and what is wrong with it as a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.definition.foreign import foreign_text
from batchctl.diagnostics import START
from batchctl.diagnostics.kinds import problem
from batchctl.yaml12.encoding import decode
from batchctl.yaml12.json_text import data_problems, json_problem, json_value
from batchctl.yaml12.source import Source
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic


class OneText(NamedTuple):
    """One YAML or JSON file after reading: its data with places (``source``), and the problems of the text itself.

    ``is_usable`` is False where nothing could be read that is worth checking.
    """

    source: Source
    problems: list[Diagnostic]
    is_usable: bool


def read_one(text: str | bytes, file: str) -> OneText:
    """The data of one YAML or JSON file, before it is checked as a definition. Nothing is raised.

    ``file`` is its name for people; one that ends in ``.json`` must be strict JSON.
    """
    decoded = decode(text)
    content = SourceText(decoded.text)
    wrong = decoded.problem or foreign_text(content)
    if wrong is None and file.lower().endswith(".json") and content.strip():
        wrong = json_problem(content)
    if wrong is not None:
        return OneText(Source(file, content), [wrong], is_usable=False)
    # Imported late: the server reads requests without YAML.
    from batchctl.yaml12.reader import parse_yaml  # noqa: PLC0415 - see above

    parsed = parse_yaml(content)
    source, problems = Source(file, content, parsed.tree), list(parsed.problems)
    if any(found.rule == "yaml-syntax" for found in problems) and (value := json_value(content)) is not None:
        # JSON that YAML can't read (a key of two lines, for one): all is well, but without places.
        return OneText(Source(file, content, data=value), list(data_problems(value)), is_usable=True)
    if not parsed.is_whole:
        return OneText(source, problems, is_usable=False)
    if source.data is None:
        message = "the file is empty" if not content.strip() else "the file holds no definition"
        problems.append(problem("empty-file", message, START, help="batchctl new NAME writes one to start from"))
        return OneText(source, problems, is_usable=False)
    return OneText(source, problems, is_usable=True)
