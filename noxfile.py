"""What a change has to pass: ``nox`` runs the default sessions, ``nox -l`` lists all."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "wheel", "tests"]
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False

PYTHONS = ["3.11", "3.12", "3.13"]
NPM_PACKAGES = ["@truto/replace-placeholders@1.0.11", "@truto/truto-jsonata@3.0.6"]


@nox.session
def lint(session: nox.Session) -> None:
    """Ruff and mypy."""
    session.install("-q", "-e", ".[dev]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """All tests, on the Python that runs nox; arguments go to pytest."""
    _tests(session)


@nox.session(python=PYTHONS, name="tests-on")
def tests_on(session: nox.Session) -> None:
    """All tests on one of the supported Pythons: ``nox -s tests-on-3.13``."""
    _tests(session)


def _tests(session: nox.Session) -> None:
    session.install("-q", "-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs, env=_npm(session))


@nox.session
def minimums(session: nox.Session) -> None:
    """All tests with the lowest versions of the dependencies that pyproject.toml allows."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    lowest = [_lowest(line) for line in project["dependencies"]]
    session.install("-q", "-e", ".[test]", *lowest)
    session.run("python", "-m", "pytest", *session.posargs)


def _lowest(requirement: str) -> str:
    """``httpx>=0.27,<1`` → ``httpx==0.27``."""
    return requirement.split(",", maxsplit=1)[0].replace(">=", "==")


@nox.session
def coverage(session: nox.Session) -> None:
    """Branch coverage, processes that tests start included, with a floor for every room; arguments go to pytest."""
    session.install("-q", "-e", ".[test,lsp,fast]")
    # Not the session's own folder for temporary files: that is inside of the checkout, and so would be those of tests.
    folder = Path(session.virtualenv.location).resolve() / "measured"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("coverage*"):
        old.unlink()
    _cover_every_process(session, folder)
    environment = {**_npm(session), "COVERAGE_FILE": str(folder / "coverage")}
    command = ["python", "-m", "pytest", "--cov", "--cov-report=", *session.posargs]
    failed = None
    try:
        session.run(*command, env=environment)
    except CommandFailed as error:
        # The table is worth seeing all the same.
        failed = error
    session.run("python", "-m", "tests.coverage_floor", env=environment)
    if failed is not None:
        raise failed


def _cover_every_process(session: nox.Session, folder: Path) -> None:
    """Measure each process of this environment, also those that tests start with next to no environment variables."""
    settings = folder / "every-process.ini"
    settings.write_text(
        f"[run]\nbranch = true\nparallel = true\nsource = batchctl\npatch = _exit\ndata_file = {folder / 'coverage'}\n",
        "utf-8",
    )
    where = session.run("python", "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])", silent=True)
    start = f"import os; os.environ.setdefault('COVERAGE_PROCESS_START', {str(settings)!r})"
    start += "; import coverage; coverage.process_startup()"
    (Path(str(where).strip()) / "every_process.pth").write_text(start + "\n", "utf-8")


@nox.session
def wheel(session: nox.Session) -> None:
    """Build the distribution and run samples from it in an environment without the checkout."""
    session.install("-q", "build")
    output = Path(session.create_tmp()) / "dist"
    shutil.rmtree(output, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(output), ".", silent=True)
    session.install("-q", *map(str, output.glob("*.whl")))
    with tempfile.TemporaryDirectory() as elsewhere:
        samples = Path(elsewhere) / "samples"
        shutil.copytree("samples", samples)
        with session.chdir(elsewhere):
            session.run("batchctl", "--version")
            session.run("batchctl", "run", "samples/quickstart.yaml", "--local", "--report-html", "report.html")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation as a site in build/site; a broken link fails. ``nox -s docs -- serve`` shows it."""
    session.install("-q", "mkdocs-material>=9.5,<10")
    session.run("mkdocs", *(session.posargs or ["build"]), env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def vectors(session: nox.Session) -> None:
    """Placeholders and expressions beside the npm packages; needs Node."""
    session.install("-q", "-e", ".[test]")
    environment = _npm(session)
    if not environment:
        session.error("npm or its packages can't be had")
    session.run("python", "-m", "pytest", "tests/template", "tests/expression", *session.posargs, env=environment)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed odd inputs to every entrance for longer than the tests do: ``nox -s fuzz -- 30`` for thirty minutes."""
    session.install("-q", "-e", ".[test]")
    session.run("python", "-m", "tests.attacks", "--minutes", *(session.posargs or ["10"]))


@nox.session
def benchmarks(session: nox.Session) -> None:
    """The table of docs/benchmarks.md; arguments name rows."""
    session.install("-q", "-e", ".[bench,test]")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def findings(session: nox.Session) -> None:
    """Every script in findings/ still sees what it describes; needs a package index and Node."""
    for script in sorted(Path("findings").glob("*.sh")):
        session.run("bash", str(script), external=True)


def _npm(session: nox.Session) -> dict[str, str]:
    """Where the npm packages are, once installed for all sessions; nothing where that is not possible."""
    if os.environ.get("TRUTO_JSONATA_DIR"):
        return {}
    folder = Path(session.cache_dir).resolve() / "npm"
    if shutil.which("npm") is None:
        return {}
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with session.chdir(folder):
            session.run("npm", "init", "-y", external=True, silent=True, success_codes=range(256))
            install = ["npm", "install", "--no-audit", "--no-fund", "--silent", *NPM_PACKAGES]
            session.run(*install, external=True, success_codes=range(256))
    found = folder / "node_modules" / "@truto" / "truto-jsonata"
    return {"REPLACE_PLACEHOLDERS_DIR": str(folder), "TRUTO_JSONATA_DIR": str(folder)} if found.exists() else {}


@nox.session
def clients(session: nox.Session) -> None:
    """Real clients against batchctl serve: curl, Node, Truto's Python SDK, schemathesis.

    TRUTO_TS_SDK may name the TypeScript SDK as one CommonJS file; it is in no registry: in a checkout of
    github.com/trutohq/truto-ts-sdk at 6b5fe7e ``npm install`` and then
    ``npx esbuild src/index.ts --bundle --format=cjs --platform=node --outfile=sdk.cjs``.
    """
    session.install("-q", "-e", ".[test]")
    # Schemathesis needs other versions of what batchctl needs.
    apart = Path(session.create_tmp()).resolve() / "schemathesis"
    session.run("python", "-m", "venv", str(apart), silent=True)
    scripts = apart / ("Scripts" if os.name == "nt" else "bin")
    session.run(str(scripts / "python"), "-m", "pip", "install", "-q", "schemathesis>=4", external=True)
    env = {"SCHEMATHESIS": str(scripts / "schemathesis"), "TRUTO_SDK_PYTHONS": os.pathsep.join(_with_sdk(session))}
    session.run("python", "-m", "pytest", "tests/server/test_clients.py", *session.posargs, env=env)


def _with_sdk(session: nox.Session) -> list[str]:
    """An environment with Truto's Python SDK for every supported Python that is found here."""
    found = []
    for version in PYTHONS:
        python = shutil.which(f"python{version}")
        place = Path(session.create_tmp()).resolve() / f"sdk-{version}"
        own = str(place / ("Scripts" if os.name == "nt" else "bin") / "python")
        if python is not None:
            # What is found may be a shim without a Python behind it.
            session.run(python, "-m", "venv", str(place), external=True, silent=True, success_codes=range(256))
        if not Path(own).exists():
            session.log(f"there is no Python {version} here")
            continue
        # It asks for newer Pythons than it needs, and for a package that only old Pythons can install.
        sdk = ["--no-deps", "--ignore-requires-python", "truto-python-sdk==0.1.6"]
        session.run(own, "-m", "pip", "install", "-q", "aiohttp", external=True)
        session.run(own, "-m", "pip", "install", "-q", *sdk, external=True)
        found.append(own)
    return found
