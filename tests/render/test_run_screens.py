"""What a terminal shows of a run, at several widths: golden screens, read back from a terminal emulator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from finished_runs import TEXT, finished, lines, plan, under_way

from batchctl.engine.observe.progress import LiveView, Progress
from batchctl.redaction import Redactor
from batchctl.render.result.live_tree import News, live_tree
from batchctl.render.result.tree import RunView, run_tree
from batchctl.render.text.ascii import to_ascii
from batchctl.service.answer import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable


REDACT = Redactor().text
GOLDEN = Path(__file__).parents[1] / "golden" / "screens"
WIDTHS = [80, 40, 20]
VIEW = LiveView("Tickets of 東京 & Zürich", "embedded engine over samples/fixtures", REDACT, "5 resources sent")


def progress() -> Progress:
    made = Progress(plan())
    for event in under_way():
        made(event)
    return made


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_tree_of_a_run(columns: int, golden: Callable[[Path, str], None]) -> None:
    view = RunView("Tickets of 東京 & Zürich", "embedded engine over samples/fixtures", file="a.yaml", redact=REDACT)
    shown = lines(run_tree(finished(), plan(), view), columns)
    golden(GOLDEN / f"run-{columns}.txt", "\n".join(shown) + "\n")
    assert lines(run_tree(finished(), plan(), view), columns, color=True) == shown


def test_verbose_shows_more_calls_and_all_words(golden: Callable[[Path, str], None]) -> None:
    view = RunView("Tickets", "embedded engine", rows=20, fields=("id", "assignee.name"), verbose=True, redact=REDACT)
    golden(GOLDEN / "run-verbose.txt", "\n".join(lines(run_tree(finished(), plan(), view), 80)) + "\n")


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_live_tree(columns: int, golden: Callable[[Path, str], None]) -> None:
    shown = lines(live_tree(progress(), VIEW, 6.0, 24), columns)
    golden(GOLDEN / f"live-{columns}.txt", "\n".join(shown) + "\n")


@pytest.mark.parametrize("height", [4, 5, 6, 7, 24])
def test_the_live_tree_never_grows_over_the_terminal(height: int) -> None:
    shown = lines(live_tree(progress(), VIEW, 6.0, height), 80)
    assert len(shown) <= height
    assert shown[0].startswith("6.0 s")
    assert any("comments" in line for line in shown), "what is under way is seen first"


def test_without_events_it_tells_what_was_sent() -> None:
    shown = lines(live_tree(Progress(plan()), VIEW, 12.3, 24), 80)
    assert shown[0] == "12.3 s · Tickets of 東京 & Zürich"
    assert shown[2] == "● 5 resources sent, waiting for the answer"


def test_news_come_at_a_sane_rate() -> None:
    news = News(progress(), VIEW)
    told = [second for second in range(1, 121) if news.due(second) is not None]
    assert told == [5, 15, 30, 60, 90, 120]


def test_news_tell_what_is_under_way() -> None:
    line = News(progress(), VIEW).due(6.0)
    assert line is not None
    assert line.startswith(
        "6.0 s: 3 of 5 resources done · comments: 8 records, limit of 50 calls in 10 s, waits 11.6 s"
    )
    assert News(Progress(plan()), VIEW).due(6.0) == "6.0 s: waiting for the answer"


def test_an_estimate_needs_the_number_of_calls_and_a_few_of_them() -> None:
    made = Progress(plan())
    guesses = []
    for event in under_way():
        made(event)
        guesses.append(made.left_s("comments", event.at_s))
    assert guesses[-1] == pytest.approx((5.6 - 1.0) / 4 * 3)
    assert {guess for guess in guesses[:15] if guess is not None} == set()


def test_ascii_keeps_every_column_in_place() -> None:
    view = RunView("Tickets of 東京 & Zürich", "embedded engine over samples/fixtures", file="a.yaml", redact=REDACT)
    shown = lines(run_tree(finished(), plan(), view), 80)
    plain = [to_ascii(line) for line in shown]
    assert all(line.isascii() for line in plain)
    assert plain[0] == "Tickets of ???? & Zurich"
    assert any(line.startswith("|-- + tickets") for line in plain)


def test_what_the_answer_need_not_hold_is_not_counted_as_nothing() -> None:
    text = TEXT.replace("    persist: true\n", "")
    result = read_answer({"result": {"tickets": []}}, plan(text).steps, elapsed_s=1.0)
    shown = lines(run_tree(result, plan(text), RunView("T", "W", redact=REDACT)), 80)
    assert "✔ previews  not part of the answer (no persist)" in "\n".join(shown)
    assert "✔ comments  0 records" in "\n".join(shown)
    brought = read_answer({"result": {"previews": [{"id": 1}]}}, plan(text).steps, elapsed_s=1.0)
    shown = lines(run_tree(brought, plan(text), RunView("T", "W", redact=REDACT)), 80)
    assert "✔ previews  1 record" in "\n".join(shown)
