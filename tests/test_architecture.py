import ast
import subprocess
import sys
from pathlib import Path

import pytest

import batchctl

ROOT = Path(batchctl.__file__).parent
LAYERS = [
    ["json_types", "errors", "plain", "blocking", "redaction"],
    ["diagnostics"], ["javascript"], ["template"], ["truto_functions"], ["expression"],
    ["truto"], ["yaml12", "definition"], ["plan"], ["rules"],
    ["preparation"], ["engine", "service"], ["store"], ["render", "api"], ["server"], ["config"], ["cli"],
]  # fmt: skip
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
HOMES = {
    "yaml": ["yaml12/reader.py"],
    "jsonschema": ["definition/args_schema.py"],
    "httpx": ["service/", "truto/", "engine/backends/http.py"],
    "jlens": ["expression/engine.py"],
    "ada_url": ["truto_functions/urls.py"],
    "qs_codec": ["truto_functions/urls.py"],
    "starlette": ["server/"],
    "uvicorn": ["cli/serve.py"],
    "rich": ["render/", "cli/"],
    "typer": ["cli/"],
}
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem in RANK)


def imports(path: Path) -> list[str]:
    found = []
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_down(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for module in imports(path):
        top, _, rest = module.partition(".")
        if top == "batchctl" and rest:
            assert RANK[rest.split(".")[0]] <= RANK[room], f"{place} imports {module}"
        if top in HOMES:
            assert any(place.startswith(home) for home in HOMES[top]), f"{place} imports {module}"


@pytest.mark.parametrize("module", ["httpx", "jsonschema", "rich", "pydantic", "yaml", "starlette", "uvicorn", "jlens"])
def test_version_imports_little(module: str) -> None:
    code = (
        "import sys; sys.argv = ['batchctl', '--version']\n"
        "from batchctl.__main__ import main\n"
        "try: main()\n"
        f"except SystemExit: print({module!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_public_names() -> None:
    from batchctl import load, prepare, run

    assert [load.__name__, prepare.__name__, run.__name__] == ["load", "prepare", "run"]
