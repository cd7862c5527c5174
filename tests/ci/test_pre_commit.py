"""The hooks that run before a commit."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_the_hooks_of_this_checkout_run() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    own = [hook for hook in hooks if "batchctl" in hook["entry"]]
    assert own
    for hook in own:
        # In an environment that pre-commit makes, "." would be a package of its own and not this one.
        assert hook["language"] == "system"
        program, *arguments = shlex.split(hook["entry"])
        assert program == "python"
        paths = (path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("samples/*")))
        files = [path for path in paths if re.search(hook["files"], path)]
        assert files
        done = subprocess.run([sys.executable, *arguments, *files], cwd=ROOT, capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
