"""From the problems of files to files without them, or to what would change."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.config.checking import fixed_in_rounds
from batchctl.files import STDIN, write_whole
from batchctl.plain import clean, counted
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.config.checking import Checked

_BOM = b"\xef\xbb\xbf"


class Fixer(Struct):
    """Fixes files one after the other, with ``fixed``, and counts the ``fixes`` and the ``files`` that they are in.

    With ``write`` files are changed; without it ``diffs`` gets a unified diff (one text) for each file that would be.
    ``check`` checks a text again: it gets the file's name and the bytes. ``to_stdout`` gets what is fixed of stdin.
    """

    check: Callable[[str, bytes], Checked]
    write: bool
    to_stdout: Callable[[bytes], None]
    fixes: int = 0
    files: int = 0
    diffs: list[str] = field(default_factory=list)

    def fixed(self, file: str, data: bytes, checked: Checked) -> Checked:
        """Fix ``file``, whose bytes are ``data``, and return the result of checking it again.

        ``checked`` is the result so far. With ``write`` the text of ``-`` goes to ``to_stdout``. A file that is not
        UTF-8 is left as it is. Raises ``UsageError`` when the file can't be written.
        """
        if not _is_utf8(data):
            return checked
        source = checked.loaded.source.own
        (text, fixes), after = fixed_in_rounds(checked, lambda text: self.check(file, text.encode()))
        self.fixes += fixes
        self.files += bool(fixes)
        if self.write:
            self._write(file, data, text, changed=bool(fixes))
        elif fixes:
            self.diffs.append("".join(unified(source.file, str(source.text), text)))
        return after

    @property
    def summary(self) -> str:
        """How many fixes were made, or would be, in how many files, as a sentence; empty when there are none."""
        verb = "made" if self.write else "would make"
        fixes = "1 fix" if self.fixes == 1 else f"{self.fixes:,} fixes"
        return f"{verb} {fixes} in {counted(self.files, 'file')}" if self.fixes else ""

    def _write(self, file: str, data: bytes, text: str, *, changed: bool) -> None:
        if file == STDIN:
            self.to_stdout(text.encode() if changed else data)
        elif changed:
            mark = "\ufeff" if data.startswith(_BOM) else ""
            write_whole(Path(file), [mark + text])


def _is_utf8(data: bytes) -> bool:
    """A fix is written back in the encoding that it was read in, which is this one."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def unified(file: str, before: str, after: str) -> Iterator[str]:
    """The lines of a unified diff from ``before`` to ``after``, two texts of ``file``, as ``patch`` reads it.

    Each has its line break; there are none where the texts are equal.
    """
    name = clean(file)
    for line in unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
