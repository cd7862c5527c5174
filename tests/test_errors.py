"""The drawing of the error tree in ``batchctl.errors`` is the tree of the classes, wherever they are."""

import importlib
import pkgutil
import re

import batchctl
from batchctl import errors
from batchctl.errors import BatchctlError

LINE = re.compile(r"^    ([│├└─ ]*)([A-Z]\w+) +(\d+) ", re.MULTILINE)
# Modules that need what is not always installed, or that run something when they are imported.
LEFT_OUT = {"batchctl.__main__", "batchctl.pytest_plugin", "batchctl.testing"}


def drawn() -> dict[str, tuple[str | None, int]]:
    """Every class in the drawing, with its parent and exit code."""
    found: dict[str, tuple[str | None, int]] = {}
    above: list[str] = []
    text = (errors.__doc__ or "").replace("BatchctlError                   exit code", "BatchctlError 4 root")
    for branch, name, code in LINE.findall(text):
        depth = len(branch) // 4
        above[depth:] = [name]
        found[name] = (above[depth - 1] if depth else None, int(code))
    return found


def subclasses(kind: type[BatchctlError]) -> list[type[BatchctlError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in subclasses(child))]


def test_the_drawing_is_the_tree() -> None:
    for module in pkgutil.walk_packages(batchctl.__path__, "batchctl."):
        if module.name not in LEFT_OUT and not module.name.startswith("batchctl.lsp"):
            importlib.import_module(module.name)
    public = [kind for kind in subclasses(BatchctlError) if not kind.__name__.startswith("_")]
    there = {
        kind.__name__: (kind.__base__.__name__ if kind is not BatchctlError else None, int(kind.exit_code))  # type: ignore[union-attr]  # every class has a base
        for kind in public
    }
    assert drawn() == there
