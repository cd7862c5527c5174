"""Which run to resume, and what it takes to read its definition once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.engine.options import RunOptions
from batchctl.errors import StoreError, UsageError
from batchctl.json_types import write_json
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.store.facts import RunFacts, RunInfo
    from batchctl.store.run import RunRecord
    from batchctl.store.runs import RunStore

_HOW = {
    "direct": "with --direct",
    "truto": "on Truto",
    "each": "with --each",
    "sync": "as a sync job",
    "sync-each": "as a sync job with --each",
}


class SavedInputs(Struct, frozen=True):
    """What a run was started with, stored so that it can be resumed: the definition's ``text``, and the options.

    ``account`` and ``args`` are those that were given. ``rows`` are those of ``--each``, as ``{"account": …, "args":
    …}``; None in newer records, which keep them elsewhere. ``executor`` is who ran it (``truto``, ``direct``,
    ``local``), ``fixtures`` the path of the folder, ``fleet`` the workers (``on``) and their ``store``. ``to`` is where
    records went, without passwords; ``to_whole`` means that there were none. ``accept`` are the failures that were
    accepted (``contacts=404,409``), ``context`` are the keys of the account's context that were given,
    ``allow_unresolved`` sends placeholders without a value. ``engine`` is as ``engine_options`` makes it. ``only`` are
    the words that selected resources, ``env_file`` is the path of the file with variables. None means for ``account``
    that none was given, for ``env_file``, ``fixtures`` and ``fleet`` that there was none, for ``executor`` that the
    record does not say.
    """

    text: str
    account: str | None
    args: JsonObject
    only: tuple[str, ...] = ()
    env_file: str | None = None
    rows: tuple[JsonObject, ...] | None = None
    executor: str | None = None
    fixtures: str | None = None
    fleet: JsonObject | None = None
    to: tuple[str, ...] = ()
    to_whole: bool = True
    accept: tuple[str, ...] = ()
    context: JsonObject = field(default_factory=dict)
    allow_unresolved: bool = False
    engine: JsonObject = field(default_factory=dict)

    def without_secrets(self, secrets: Iterable[str]) -> JsonObject | None:
        """These inputs as JSON to be stored, an object with the names of the fields as keys.

        None where definition, arguments, rows or context have one of ``secrets`` in them.
        """
        data: JsonObject = {
            "text": self.text,
            "account": self.account,
            "args": self.args,
            "only": list(self.only),
            "env_file": self.env_file,
            "rows": None if self.rows is None else list(self.rows),
            "executor": self.executor,
            "fixtures": self.fixtures,
            "fleet": self.fleet,
            "to": list(self.to),
            "to_whole": self.to_whole,
            "accept": list(self.accept),
            "context": self.context,
            "allow_unresolved": self.allow_unresolved,
            "engine": self.engine,
        }
        held = self.text + write_json([self.args, data["rows"], self.context])
        return None if any(secret in held for secret in secrets if secret) else data

    @classmethod
    def of(cls, facts: RunFacts) -> SavedInputs:
        """The inputs stored with a run.

        Raises ``UsageError`` where they were not kept, ``StoreError`` for a record that is damaged.
        """
        require_whole(facts)
        data = facts.inputs
        if data is None:
            again = "FILE --each ROWS" if facts.kind in ("each", "sync-each") else "FILE --direct"
            command = "sync" if facts.kind.startswith("sync") else "run"
            raise UsageError(
                f"the definition of run {facts.id} was not kept, since it or its arguments hold secrets",
                hint=f"batchctl {command} {again} --resume {facts.id}, with the same arguments",
            )
        args, only, rows, fleet = data.get("args"), data.get("only"), data.get("rows"), data.get("fleet")
        context, engine = data.get("context"), data.get("engine")
        return cls(
            text=str(data.get("text", "")),
            account=_text(data.get("account")),
            args=args if isinstance(args, dict) else {},
            only=_texts(only),
            env_file=_text(data.get("env_file")),
            rows=tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else None,
            executor=_text(data.get("executor")),
            fixtures=_text(data.get("fixtures")),
            fleet=fleet if isinstance(fleet, dict) else None,
            to=_texts(data.get("to")),
            to_whole=data.get("to_whole") is not False,
            accept=_texts(data.get("accept")),
            context=context if isinstance(context, dict) else {},
            allow_unresolved=data.get("allow_unresolved") is True,
            engine=engine if isinstance(engine, dict) else {},
        )


def engine_options(options: RunOptions, rate_limit: str | None) -> JsonObject:
    """The options of the engine that are stored with a run, to be used again when it is resumed, by their names.

    They are ``concurrency``, ``fail_fast``, ``max_depth``, ``max_pages``, and ``rate_limit``, the value of
    ``--rate-limit``, null where it was not given.
    """
    return {
        "concurrency": options.concurrency,
        "fail_fast": options.fail_fast,
        "max_depth": options.max_depth,
        "max_pages": options.max_pages,
        "rate_limit": rate_limit,
    }


def kept_options(engine: JsonObject) -> dict[str, Any]:
    """Those options in ``engine``, which ``engine_options`` made, that are there and have the right type, by name."""
    usual = engine_options(RunOptions(), "")
    return {name: value for name, value in engine.items() if name in usual and type(value) is type(usual[name])}


def run_options(engine: JsonObject) -> RunOptions:
    """The engine's options in ``engine``, which ``engine_options`` made; the default where one is missing or bad."""
    return replace(RunOptions(), **{name: each for name, each in kept_options(engine).items() if name != "rate_limit"})


def require_whole(facts: RunFacts) -> None:
    """Raise ``StoreError`` for a run whose record is damaged, so that it can't be read."""
    if facts.state == "damaged":
        raise StoreError(
            f"the record of run {facts.id} is damaged: {facts.problem}",
            hint=f"start it anew without --resume; batchctl runs prune {facts.id} deletes what is left of it",
        )


def reopen(store: RunStore, facts: RunFacts, about: RunInfo) -> RunRecord:
    """Open the record of the run that ``facts`` describe, to resume it; ``about`` is what the resumed run would record.

    Raises ``UsageError`` when the two differ in definition, arguments, executor or host, ``StoreError`` when the record
    can't be used or the run is in progress.
    """
    require_whole(facts)
    if facts.kind != about.kind:
        made = _HOW.get(facts.kind, f"as {facts.kind}")
        raise UsageError(
            f"run {facts.id} was made {made}; it can't be resumed {_HOW.get(about.kind, about.kind)}",
            hint="runs of --direct and --each can be resumed, in the mode in which they began",
        )
    if facts.host != about.host:
        raise UsageError(
            f"run {facts.id} went to {facts.host}, this one would go to {about.host}", hint="set --api-url as before"
        )
    record = store.reopen(facts.id)
    if record.is_about(about.content, about.host):
        return record
    record.close()
    raise UsageError(
        f"run {facts.id} was started from a different definition: it, its variables or arguments have changed since",
        hint="give the same file and arguments, or start a new run without --resume",
    )


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
