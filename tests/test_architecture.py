import ast
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

import batchctl

ROOT = Path(batchctl.__file__).parent
LAYERS = [
    ["structs", "patterns"],
    ["json_types", "json_text", "errors", "plain", "redaction", "files", "csv_text"], ["blocking"],
    ["diagnostics"], ["javascript"], ["template", "jsonata"], ["truto_functions"], ["expression"],
    ["truto"], ["yaml12"], ["definition", "formatting"], ["plan", "authoring"], ["rules"],
    ["preparation"], ["engine"], ["service"], ["store"], ["destinations"], ["execution"], ["render"], ["outputs"],
    ["fleet"], ["server", "lsp"], ["config"], ["launch"], ["api_forms"], ["api_settings"],
    ["api", "api_run", "api_sync"], ["api_rows", "api_sync_rows"], ["testing", "testcases"], ["pytest_plugin"], ["cli"],
]  # fmt: skip
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
HOMES = {
    "pygls": ["lsp/server.py"],
    "lsprotocol": ["lsp/server.py"],
    "yaml": ["yaml12/reader.py"],
    "jsonschema_rs": ["definition/args_schema.py"],
    "dotenv": ["config/env_file.py"],
    "platformdirs": ["config/folders.py"],
    "tomlkit": ["config/profiles.py"],
    "aiohttp": ["destinations/webhook.py", "truto/pooled.py"],
    "h11": ["truto/single.py"],
    "aiohappyeyeballs": ["truto/single.py"],
    "duckdb": ["destinations/tables/duckdb.py"],
    "psycopg": ["destinations/tables/postgres.py", "fleet/postgres.py"],
    "yarl": ["truto/pooled.py"],
    "pyarrow": ["truto_functions/parquet.py"],
    "certifi": ["truto/proxies.py"],
    "httpx": ["testing.py"],
    "pytest": ["pytest_plugin.py", "testcases/pytest_items.py"],
    "jlens": ["expression/engine.py"],
    "cryptography": ["truto_functions/rsa.py"],
    "selectolax": ["truto_functions/html/tree.py"],
    "ada_url": ["truto_functions/urls.py"],
    "qs_codec": ["truto_functions/urls.py"],
    "msgspec": ["json_text.py", "structs.py"],
    "dataclasses": ["engine/evaluations.py", "execution/sync.py", "fleet/rows.py", "truto_functions/html/tree.py"],
    "orjson": ["server/answer.py"],
    "uvicorn": ["server/serving.py"],
    "jinja2": ["render/html.py"],
    "markupsafe": ["render/html.py"],
    "distributed": ["fleet/"],
    "dask": ["fleet/"],
    "fsspec": ["destinations/bucket.py", "fleet/object_store.py"],
    "rich": ["render/", "cli/"],
    "typer": ["cli/"],
}
MODULES = sorted(path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem in RANK)


# Circles that are still there, each by one of its members; an entry goes when its circle does.
FILES_IN_CIRCLES: set[str] = set()
ROOMS_IN_CIRCLES: set[str] = set()


def imports(path: Path, *, typing_only: bool = False) -> list[str]:
    """The modules that a file imports; also those for types alone if asked for."""
    found = []
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if not typing_only and isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            if typing_only:
                found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    return module.split(".")[1]


def import_graph() -> dict[str, set[str]]:
    """Who imports whom, types included; without the package itself, which gathers the public names."""
    paths = {module_name(path): path for path in ROOT.rglob("*.py")}
    del paths["batchctl"]
    return {name: {*imports(path, typing_only=True)} & paths.keys() - {name} for name, path in paths.items()}


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Groups of nodes that all reach each other."""
    reached = {node: {*graph[node]} for node in graph}
    for middle in graph:
        for targets in reached.values():
            if middle in targets:
                targets.update(reached[middle])
    groups = {frozenset(other for other in reached[node] if node in reached[other]) for node in graph}
    return [set(group) for group in groups if len(group) > 1]


def test_no_circle_of_files() -> None:
    found = circles(import_graph())
    assert [group for group in found if not group & FILES_IN_CIRCLES] == []
    assert len(found) == len(FILES_IN_CIRCLES), "a circle is gone: take it off the list"


def test_no_circle_of_rooms() -> None:
    rooms: dict[str, set[str]] = {}
    for name, imported in import_graph().items():
        targets = rooms.setdefault(room_of(name), set())
        targets |= {room_of(module) for module in imported} - {room_of(name)}
    found = circles(rooms)
    assert [group for group in found if not group & ROOMS_IN_CIRCLES] == []
    assert len(found) == len(ROOMS_IN_CIRCLES), "a circle is gone: take it off the list"


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


HEAVY = ["jinja2", "typer", "aiohttp", "httpx", "jsonschema_rs", "rich", "pydantic", "yaml", "uvicorn", "jlens"]
HEAVY += ["duckdb", "psycopg", "distributed", "fsspec"]


@pytest.mark.parametrize("module", HEAVY)
def test_version_imports_little(module: str) -> None:
    code = (
        "import sys; sys.argv = ['batchctl', '--version']\n"
        "from batchctl.__main__ import main\n"
        "main()\n"
        f"print({module!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


MAX_FUNCTION_LINES = 60
MAX_MODULE_LINES = 350


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sizes(path: Path) -> None:
    """No function is longer than a screen, no module longer than a reader keeps in mind."""
    text = path.read_text("utf-8")
    assert text.count("\n") <= MAX_MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION_LINES, node.name


def test_modules_are_neither_crumbs_nor_lumps() -> None:
    sizes = [path.read_text("utf-8").count("\n") for path in ROOT.rglob("*.py")]
    assert 80 <= median(sizes) <= 150


def test_public_names() -> None:
    from batchctl import load, prepare, run

    assert [load.__name__, prepare.__name__, run.__name__] == ["load", "prepare", "run"]
