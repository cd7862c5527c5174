"""Fourteen kinds of secret, where each is planted, and the search of everything that a command leaves behind."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).parents[2]
# One value per kind. None is a word, or part of a word, of anything else that is printed.
TOKEN = "tok/canary+a_1"
KINDS = {
    "API token": TOKEN,
    "variable under a secret-looking name": "var/canary+b=2",
    "argument under a secret-looking name": "arg/canary+c 3",
    "literal in a query": "lit_canary_d4",
    "literal in a body": "lit_canary_e5",
    "digits alone": "8675309421",
    "shorter than six characters": "k7Qz",
    "cell of a row": "row_canary_g7",
    "in an args file": "file_canary_h8",
    "value after an unclosed quote": "open_canary_i9",
    "lines of a block": "block_canary_j0",
    "base64 of a user and a password": base64.b64encode(b"ann:canary_k1").decode(),
    "issued by the provider in an error": "issued_canary_l2",
    "in an address": "addr_canary_m3",
}


def forms(secret: str) -> set[str]:
    """How a secret travels."""
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1]} | (
        {encoded} if len(secret) > 5 else set()
    )


def found_in(data: bytes) -> dict[str, str]:
    """The kinds of secret that stand in ``data``, with a piece of what is around each."""
    found = {}
    for kind, secret in KINDS.items():
        for form in forms(secret):
            place = data.find(form.encode())
            if place >= 0:
                found[kind] = data[max(0, place - 60) : place + 60].decode("utf-8", "replace")
    return found


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with definitions, fixtures and homes of its own; ``shown`` counts the outputs that were searched."""

    folder: Path
    searched: list[str] = field(default_factory=list)

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[bytes]:
        """A command, in an environment that holds the token and the variable."""
        return subprocess.run(
            [sys.executable, "-m", "batchctl", *command],
            cwd=self.folder, env=self.environment() | more, capture_output=True, check=False, timeout=60,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """What the command inherits."""
        plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        return plain | {
            "HOME": str(self.folder / "home"),
            "XDG_CONFIG_HOME": str(self.folder / "home" / "config"),
            "BATCHCTL_STATE_DIR": str(self.folder / "state"),
            "PYTHONPATH": str(ROOT),
            "CRM_API_KEY": KINDS["variable under a secret-looking name"],
            "TRUTO_API_TOKEN": TOKEN,
        }

    def leaks(self, *command: str, spared: tuple[str, ...] = (), **more: str) -> tuple[int, dict[str, dict[str, str]]]:
        """The exit code, and which secrets stand in what the command printed or wrote, but for the kinds ``spared``."""
        before = {path: path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}
        done = self.run(*command, **more)
        left = {"stdout": done.stdout, "stderr": done.stderr}
        for path in self.folder.rglob("*"):
            if path.is_file() and before.get(path) != path.stat().st_mtime_ns:
                left[path.name] = path.read_bytes()
        self.searched.extend(left)
        found = {}
        for place, data in left.items():
            here = {kind: around for kind, around in found_in(data).items() if kind not in spared}
            if here:
                found[place] = here
        return done.returncode, found
