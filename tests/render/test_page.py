"""The HTML report in a real browser, where there is one."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from finished_runs import TEXT, finished, plan, under_way

from batchctl.engine.observe.timeline import Timeline
from batchctl.engine.result import Succeeded, Work
from batchctl.redaction import Redactor
from batchctl.render.report.html import report_html
from batchctl.render.report.json import Report
from batchctl.structs import replace

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.json_types import JsonValue

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror=alert(1)>'


def page(records: list[JsonValue] | None = None) -> str:
    timeline = Timeline()
    for event in under_way():
        timeline(event)
    result = finished()
    if records is not None:
        outcomes = {**result.outcomes, "tickets": Succeeded(records=records, work=Work(1, 2, 0.4))}
        result = replace(result, outcomes=outcomes)
    return "".join(
        report_html(Report(result, plan(), timeline, "embedded engine", "a.yaml"), Redactor(), when="2026-01-02 03:04")
    )


class Elements(HTMLParser):
    """The elements of a page, and whether each that was opened is closed."""

    VOID = frozenset({"meta", "img", "input", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_nothing_comes_from_elsewhere() -> None:
    elements = Elements(page())
    assert elements.open == []
    for tag, attributes in elements.found:
        assert tag not in ("link", "iframe", "object", "base")
        for name in ("src", "href", "data", "action"):
            assert (attributes.get(name) or "data:").startswith("data:")
        assert not any(name.startswith("on") for name in attributes)


def test_only_its_own_script_may_run() -> None:
    text = page()
    script = text.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in text


def test_it_tells_what_failed_and_what_to_do() -> None:
    text = page()
    assert "the account lacks the scopes comments:read" in text
    assert "insufficient_scope" in text
    assert "retry 1 after 10.0 s" in text
    assert text.index("What failed") < text.index("Resources") < text.index("Graph") < text.index("Timeline")


def test_records_are_bounded() -> None:
    large = page([{"id": number, "text": "x" * 9000} for number in range(3000)])
    found = re.search(r"3,000 records, the first (\d+) are here", large)
    assert found
    assert int(found[1]) == large.count('"text":"xxx')
    assert len(large) < 5_000_000


def in_browser(text: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    file = folder / "page.html"
    file.write_text(text, "utf-8")
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command += [f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr", *options, file.as_uri()]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=True)


@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
def test_a_browser_pages_the_records_and_runs_nothing_else(tmp_path: Path) -> None:
    records: list[JsonValue] = [{"id": f"t-{number}", "subject": HOSTILE} for number in range(25)]
    done = in_browser(page(records), tmp_path, "--dump-dom", "--virtual-time-budget=2000")
    dom = done.stdout
    assert "<title>Tickets of 東京 &amp; Zürich</title>" in dom
    section = dom[dom.index('id="records"') :]
    first = section[: section.index("</article>")]
    assert len(re.findall(r"<tr tabindex", first)) == 10, "the script has made a page of ten"
    assert "1–10 of 25" in first
    assert "&lt;/script&gt;&lt;script&gt;" in first
    assert "CONSOLE" not in done.stderr, "no error, and nothing that the policy had to stop"


def asked(text: str, folder: Path, question: str) -> str:
    """What ``question``, a JavaScript expression over ``page`` (its document), answers inside a phone's width."""
    inner = escaped(re.sub(r"<meta http-equiv[^>]*>", "", text))
    framed = f'<iframe id="phone" width="390" height="800" srcdoc="{inner}"></iframe>'
    asking = "const page = document.getElementById('phone').contentDocument; document.title = "
    outer = f"<script>onload = () => {{ {asking}{question} }}</script>"
    dom = in_browser(framed + outer, folder, "--dump-dom", "--virtual-time-budget=2000").stdout
    found = re.search(r"<title>(.*?)</title>", dom)
    assert found
    return found[1]


@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
def test_on_a_phone_only_tables_scroll(tmp_path: Path) -> None:
    answer = asked(page(), tmp_path, "page.documentElement.scrollWidth + '/' + page.documentElement.clientWidth")
    needed, there = map(int, answer.split("/"))
    assert needed <= there <= 390


@pytest.mark.skipif(BROWSER is None, reason="needs chromium")
def test_records_are_searched_sorted_and_paged(tmp_path: Path) -> None:
    records: list[JsonValue] = [
        {"id": f"t-{n}", "votes": n * 7 % 25, "note": "even" if n % 2 == 0 else "odd"} for n in range(25)
    ]
    steps = """(() => {
      const table = page.querySelector("#records article"), said = [];
      const first = () => table.querySelector("tbody td").textContent;
      const where = () => table.querySelector(".tools span").textContent;
      const [back, next] = table.querySelectorAll(".tools button"), search = table.querySelector("input");
      next.click(); said.push(first(), where());
      table.querySelectorAll("th button")[1].click(); said.push(first());
      table.querySelectorAll("th button")[1].click(); said.push(first());
      search.value = "EVEN t-2"; search.dispatchEvent(new Event("input")); said.push(where());
      table.querySelector("tbody tr").click(); said.push(JSON.parse(table.querySelector("pre").textContent).note);
      search.value = "nobody"; search.dispatchEvent(new Event("input")); said.push(where());
      return said.join("|");
    })()"""
    # By votes the first is t-0; the other way round it is the one whose seven-fold leaves 24.
    last = next(n for n in range(25) if n * 7 % 25 == 24)
    expected = ["t-10", "11–20 of 25", "t-0", f"t-{last}", "1–4 of 4", "even", "nothing found"]
    assert asked(page(records), tmp_path, steps).split("|") == expected


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;")


def test_hostile_names_stay_text() -> None:
    hostile = plan(TEXT.replace("name: Tickets of 東京 & Zürich", f"name: '{HOSTILE}'\ndescription: '{HOSTILE}'"))
    text = "".join(report_html(Report(finished(), hostile, Timeline(), HOSTILE, HOSTILE), Redactor()))
    assert Elements(text).open == []
    assert HOSTILE not in text
