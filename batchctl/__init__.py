"""Check, preview and run batch definitions for Truto's ``POST /batch-request``.

``load`` reads a file, ``prepare`` checks text, ``run`` executes a prepared batch with the embedded engine.
The names are imported when they are first used, so that ``import batchctl`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchctl.api import load, run
    from batchctl.preparation import prepare

__version__ = "0.1.0"
__all__ = ["__version__", "load", "prepare", "run"]

_HOMES = {"load": "batchctl.api", "prepare": "batchctl.preparation", "run": "batchctl.api"}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'batchctl' has no attribute {name!r}")
