"""What the commands for sync jobs in Truto share: a connection, questions, and what goes to the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from batchctl.errors import Declined, Interrupted, UsageError
from batchctl.json_types import write_json
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from batchctl.cli.run_options import ConnectionOptions, ScreenOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.definition.model import BatchDefinition
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.service.platform import PlatformClient
    from batchctl.truto.connection import Connection

Result = TypeVar("Result")


class SyncScreen(Struct, frozen=True):
    """What the commands for sync jobs in Truto work with: the terminal, and the connection to the API.

    ``retries`` is how often a request is sent again.
    """

    terminal: Terminal
    connection: Connection
    retries: int

    @classmethod
    def of(cls, screen: ScreenOptions, asked: ConnectionOptions, terminal: Terminal | None = None) -> SyncScreen:
        """Make it of a command's options; ``terminal`` is one that exists already, None for a new one.

        Raises ``CredentialsError`` where there is no token, ``UsageError`` for a bad profile or URL.
        """
        from batchctl.cli.connecting import connected
        from batchctl.cli.notices import speaker

        terminal = terminal or screen.terminal()
        # The key of a batch is none for these calls.
        connection, _ = connected(terminal, replace(asked, idempotency_key=None), speaker(terminal))
        return cls(terminal, connection, asked.retries)

    def wait(self, work: Callable[[PlatformClient], Awaitable[Result]]) -> Result:
        """Call ``work`` with a client of the API, wait until it is done, and return its result.

        The client is closed after that. Raises what ``work`` raises.
        """
        from batchctl.blocking import wait_for
        from batchctl.service.platform import PlatformClient
        from batchctl.truto.backoff import Backoff
        from batchctl.truto.retry import RetryLoop

        async def worked() -> Result:
            client = PlatformClient(self.connection, RetryLoop(Backoff(self.retries)), self._say_retry)
            try:
                return await work(client)
            finally:
                await client.aclose()

        return wait_for(worked())

    def _say_retry(self, number: int, wait_s: float, why: str) -> None:
        self.terminal.note(f"again in {wait_s:.1f} s (retry {number} of {self.retries}): {why}")

    def confirm(self, what: str, question: str, *, yes: bool) -> None:
        """Ask ``question`` on the terminal, unless ``yes``, and return if the answer is yes.

        Raises ``Declined`` for any other answer, and ``UsageError`` where there is no terminal to ask on: its message
        is ``what``, a sentence about what would be changed.
        """
        if yes:
            return
        if not self.terminal.can_ask():
            raise UsageError(what, hint="pass --yes to do it without being asked")
        if not self.terminal.ask(question):
            raise Declined("nothing was changed")

    def stamp(self, file: str, job: JsonObject) -> None:
        """Write the ``id`` and ``updated_at`` of ``job`` into ``file``, so that the next push updates the job in Truto.

        ``job`` is as Truto's API returns it. For stdin, or a file that can't be changed safely, it prints what to add
        instead. Raises ``UsageError`` for a file that can't be written.
        """
        from batchctl.authoring.stamping import stamped
        from batchctl.files import STDIN, read_file, write_whole

        values = {key: value for key in ("id", "updated_at") if isinstance(value := job.get(key), str)}
        if file == STDIN:
            self.terminal.note(f"its id is {values.get('id')}: add it to the job, so that the next push updates it")
            return
        data = read_file(Path(file))
        try:
            text = stamped(data.decode("utf-8"), file, values)
        except UnicodeDecodeError:
            text = None
        if text is None:
            self.terminal.note(f"{file}: add id: {values.get('id')} to it, so that the next push updates the job")
        elif text.encode() != data:
            write_whole(Path(file), [text])

    def confirm_replacing(self, output: Path, job: JsonObject, *, yes: bool) -> None:
        """Print how ``job`` differs from the file ``output``, and ask unless ``yes``; return if it may be replaced.

        ``job`` is as Truto's API returns it. Nobody is asked where there is no difference. Raises ``Declined`` for a
        no, ``UsageError`` where there is no terminal to ask on, or the file can't be read.
        """
        from batchctl.definition import read
        from batchctl.definition.job_changes import changes, writable
        from batchctl.definition.sync_job import job_body
        from batchctl.files import read_file
        from batchctl.render.result.sync_truto import change_lines

        data = read(read_file(output), file=str(output)).data
        found = changes(job_body(data), writable(job)) if isinstance(data, dict) else ()
        if isinstance(data, dict) and not found:
            return
        for line in change_lines(found):
            self.terminal.problem(line)
        self.confirm(f"{output} is there and differs", f"Replace {output}?", yes=yes)

    def result(self, row: JsonObject, errors: JsonObject, *, as_json: bool) -> None:
        """Print a run and its errors to stdout, as text or as JSON.

        ``row`` is the run as the API has it; ``errors`` has a list of error entries for each node, by its name.
        """
        from batchctl.render.result.sync_truto import run_json, run_lines

        if as_json:
            self.terminal.data([write_json(run_json(row, errors), indent=2), "\n"])
        else:
            self.terminal.result(line + "\n" for line in run_lines(row, errors))


async def pushed(
    client: PlatformClient,
    definition: BatchDefinition,
    shown: SyncScreen,
    *,
    yes: bool,
    force: bool,
    check: bool = False,
) -> tuple[JsonObject | None, bool]:
    """Push the job in ``definition`` to Truto, after its author has agreed to the changes, which are printed.

    Returns the job as Truto has it then, and whether it is new. With ``check`` nothing is sent: the job is None where
    there would be changes. ``yes`` does not ask; ``force`` overwrites a change that somebody else made. Raises
    ``Conflict`` for such a change, ``Declined``, ``UsageError``, and ``ServiceError`` for a request that fails.
    """
    from batchctl.execution.sync_on_truto import may_overlap, plan_push, push
    from batchctl.plain import counted
    from batchctl.render.result.sync_truto import change_lines

    plan = await plan_push(client, definition, force=force)
    is_new = plan.job_id is None
    if is_new:
        shown.terminal.note(f"a new job for Truto: {definition.name}")
    elif not plan.changes:
        shown.terminal.note(f"nothing to change in {plan.job_id}")
    for line in change_lines(plan.changes):
        shown.terminal.problem(line)
    if check and (is_new or plan.changes):
        return None, is_new
    if plan.changes:
        what = f"{counted(len(plan.changes), 'change')} to the job {plan.job_id}"
        shown.confirm(what, f"{what} in Truto. Make them?", yes=yes)
    job = await push(client, plan)
    if not is_new and (sentence := await may_overlap(client, job)):
        shown.terminal.warn(sentence)
    return job, is_new


async def followed(
    client: PlatformClient, row: JsonObject, shown: SyncScreen, interval_s: float, *, watch: bool
) -> tuple[JsonObject, JsonObject]:
    """A run as the API has it (``row``), and its errors; with ``watch`` it is followed until it has ended.

    The errors are a list of entries for each node, by its name, and for ``run`` where an entry names none; empty for a
    run without errors. ``interval_s`` is the time between two requests, in seconds; each change is printed to stderr.
    Raises ``Interrupted`` when cancelled, and ``ServiceError`` for a request that fails.
    """
    import asyncio

    from batchctl.execution.sync_on_truto import Watching, run_id, why_failed
    from batchctl.render.result.sync_truto import state_line

    watching = Watching(lambda row: shown.terminal.note(state_line(row)), shown.terminal.note, interval_s)
    try:
        row = await watching.follow(client, row) if watch else row
    except asyncio.CancelledError:
        name = run_id(row)
        hint = f"batchctl sync status {name} --watch follows it again, batchctl sync stop {name} stops it"
        raise Interrupted("interrupted; the run continues in Truto", hint=hint) from None
    errors: dict[str, JsonValue] = {}
    if row.get("status") in ("failed", "stopped") or row.get("errors"):
        errors = dict(await why_failed(client, row))
    return row, errors
