"""Which problems are reported, and how bad each is: what settings and options say about rules."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from batchctl.diagnostics.catalogue import known_names
from batchctl.diagnostics.kinds import NOT_IGNORABLE
from batchctl.diagnostics.spelling import closest
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchctl.diagnostics import Diagnostic, Severity

_ALL = "all"
_MIN_PREFIX_LENGTH = 3


class UnknownRule(ValueError):
    """Raised for a word that names no rule; the message suggests one that is similar."""


class Selection(Struct, frozen=True):
    """Which rules' problems are reported, and how bad they are: settings and options together.

    Reported are the rules in ``select`` (None for all) without those in ``ignore``, by name. ``severities`` change how
    bad their problems are; ``per_file`` pairs a pattern (of ``fnmatch``, for the path or the name of a file, or a
    folder) with the rules that are ignored in files that it matches.
    """

    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    severities: Mapping[str, Severity] = field(default_factory=dict)
    per_file: tuple[tuple[str, frozenset[str]], ...] = ()

    def narrowed(self, select: frozenset[str] | None, ignore: frozenset[str]) -> Selection:
        """This selection changed by options of the command line: ``select`` replaces this one's, ``ignore`` is added.

        A rule that is selected on the command line is no longer ignored; None as ``select`` keeps this one's.
        """
        if select is None:
            return replace(self, ignore=self.ignore | ignore)
        return replace(self, select=select, ignore=(self.ignore - select) | ignore)

    def applied(self, diagnostics: Iterable[Diagnostic], file: str) -> tuple[Diagnostic, ...]:
        """The diagnostics that are to be reported, with the severities that this selection gives them.

        ``file`` is the file's path with forward slashes, for the patterns of ``per_file``. What can't be ignored
        (unreadable files) always stays.
        """
        ignored = self.ignore.union(*(names for pattern, names in self.per_file if _matches(file, pattern)))
        kept = []
        for diagnostic in diagnostics:
            rule = diagnostic.rule
            if rule in NOT_IGNORABLE:
                kept.append(diagnostic)
            elif rule not in ignored and (self.select is None or rule in self.select):
                severity = self.severities.get(rule)
                kept.append(replace(diagnostic, severity=severity) if severity else diagnostic)
        return tuple(kept)


def rule_names(words: Iterable[str]) -> frozenset[str]:
    """The names of the rules that ``words`` stand for. Raises ``UnknownRule`` for a word that names none.

    A word is a name (``missing-id``), a code (``BC602``), the beginning of codes (``BC6``) or ``all``.
    """
    known = known_names()
    found: set[str] = set()
    for word in words:
        if word.lower() == _ALL:
            found.update(known.values())
        elif word in known:
            found.add(known[word])
        else:
            begun = {name for code, name in known.items() if code.startswith(word) and code != name}
            if len(word) < _MIN_PREFIX_LENGTH or not begun:
                meant = closest(word, tuple(known))
                advice = f'; did you mean "{meant}"?' if meant else "; batchctl rules lists them"
                raise UnknownRule(f'no rule is called "{word[:60]}"{advice}')
            found |= begun
    return frozenset(found)


def _matches(file: str, pattern: str) -> bool:
    """Whether a path with forward slashes is like a pattern, by its whole, its name or one of its folders."""
    folder = pattern.rstrip("/")
    return fnmatchcase(file, pattern) or fnmatchcase(file.rpartition("/")[2], pattern) or file.startswith(f"{folder}/")
