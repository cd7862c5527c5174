"""What help has on one line in lines of a narrow terminal: the choices of an option, and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

# A word of a shell: quotes keep blanks together.
_WORD = lazy_regex(r"""(?:[^\s'"]|'[^']*'|"[^"]*")+""")
_GOES_ON = " \\"


def option_in_lines(written: str, columns: int) -> str:
    """An option with its choices, ``--format <text|json|yaml>``, with line breaks after ``|`` to fit into ``columns``.

    ``written`` is the option on one line. A choice that is longer stays whole.
    """
    if len(written) <= columns or "|" not in written:
        return written
    lines, start = [""], " " * min(len(written.partition("<")[0]) + 1, max(columns // 2, 1))
    for piece in written.replace("|", "|\0").split("\0"):
        if lines[-1].strip() and len(lines[-1]) + len(piece) > columns:
            lines.append(start)
        lines[-1] += piece
    return "\n".join(lines)


def command_in_lines(command: str, columns: int) -> Iterator[str]:
    r"""A shell command in lines of at most ``columns`` characters; each line but the last ends with ``\``.

    A word that is longer stays whole.
    """
    if len(command) <= columns:
        yield command
        return
    line = ""
    for word in _WORD.findall(command):
        if line and len(line) + 1 + len(word) + len(_GOES_ON) > columns:
            yield line + _GOES_ON
            line = "  " + word if len(word) + 2 + len(_GOES_ON) <= columns else word
        else:
            line = f"{line} {word}" if line else word
    yield line
