# SPDX-License-Identifier: Apache-2.0
"""The page of a result, as text and as a browser shows it."""

import json
import os
import re
import shutil
import subprocess
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aksono_compat.reporting import ignore, page
from aksono_compat.reporting.classes import add_unbuilt
from aksono_compat.reporting.files import write_private
from aksono_compat.reporting.result import Result
from aksono_compat.reporting.verdict import Policy
from suites.report_samples import SEND, empty, full, hostile, large

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""


class Elements(HTMLParser):
    """What a browser would make of a page without running it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href", "action"):
                self.addresses.append(value or "")
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.scripts:
            self.scripts[-1] += data
        self.text += data


def test_nothing_is_loaded_from_elsewhere() -> None:
    text = page.dumps(full(), Policy())
    found = Elements(text)
    assert all(re.match("data:,$|#", address) for address in found.addresses)
    assert not {"img", "iframe", "object", "embed"} & set(found.tags)
    assert "@import" not in text
    assert "url(" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_hostile_content_stays_text() -> None:
    text = page.dumps(hostile(), Policy())
    found = Elements(text)
    assert len(found.scripts) == 2
    assert all("alert(" not in script for script in found.scripts[1:])
    assert "<img" not in text
    assert not {"\u202e", "\x1b", "\ud800"} & set(text)


@pytest.mark.parametrize(
    ("change", "word"),
    [({}, "ALIKE"), ({"incomplete": "server B ended"}, "INCOMPLETE")],
)
def test_the_verdict_stands_in_the_plain_page(change: dict[str, str], word: str) -> None:
    result = empty()
    for name, value in change.items():
        setattr(result, name, value)
    text = page.dumps(result, Policy())
    assert f'<p class="word">{word}</p>' in text
    assert all(value in text for value in change.values())


def test_large_examples_do_not_make_an_unreadable_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_MOST", 100_000)
    result = large(500)
    text = page.dumps(result, Policy())
    assert len(text) < 100_000 + 500 * 400 + 50_000
    assert '"left_out":true' in text
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    assert [bool(one["examples"]) for one in data["classes"][:10]] == [True] * 10


# ---- in a browser ----


class Browser:
    """Opens pages in headless Chromium."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def dump(self, result: Result, address: str = "") -> str:
        """The page as it is after its scripts have run."""
        add_unbuilt(result)
        ignore.apply(result, [])
        file = self.folder / "page.html"
        write_private(file, page.dumps(result, Policy()))
        return self._run("--dump-dom", f"{file.as_uri()}#{address}")

    def _run(self, *arguments: str) -> str:
        command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu"]
        command += [f"--user-data-dir={self.folder / 'profile'}", "--virtual-time-budget=5000"]
        done = subprocess.run(
            [*command, *arguments], capture_output=True, timeout=120, check=True, env=self._env()
        )
        return done.stdout.decode()

    def _env(self) -> dict[str, str]:
        return {**os.environ, "HOME": str(self.folder)}

    def print_to_pdf(self) -> bytes:
        file = self.folder / "page.pdf"
        self._run(f"--print-to-pdf={file}", (self.folder / "page.html").as_uri())
        return file.read_bytes()


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    assert CHROMIUM, "chromium is not installed (apt-get install chromium), or set CHROMIUM"
    return Browser(tmp_path)


def rows(dom: str) -> list[str]:
    """The ids of the classes on the page."""
    return re.findall(r'<details class="class[^"]*" id="c-([0-9a-f]+)"', dom)


@pytest.mark.full
def test_a_browser_shows_the_worst_class_first_and_open(browser: Browser) -> None:
    dom = browser.dump(full())
    assert len(rows(dom)) == 11
    first = dom[dom.index('<details class="class') :]
    assert re.match(r'<details class="class" id="c-\w+" open="">.*?row lost', first)
    assert "nothing here" in first.split("</details>")[0]
    assert dom.count('<div class="inside">') == 1


@pytest.mark.full
def test_filters_and_search(browser: Browser) -> None:
    assert len(rows(browser.dump(full(), "kind=status"))) == 2
    assert len(rows(browser.dump(full(), "kind=status&kind=value"))) == 3
    assert len(rows(browser.dump(full(), "show=warning"))) == 2
    assert len(rows(browser.dump(full(), "show=unbuilt"))) == 1
    assert len(rows(browser.dump(full(), f"where={SEND}"))) == 3
    assert len(rows(browser.dump(full(), "q=evening"))) == 1
    assert len(rows(browser.dump(full(), "q=nowhere+to+be+found"))) == 0


@pytest.mark.full
def test_a_class_has_an_address_and_shows_inner_differences(browser: Browser) -> None:
    result = full()
    found = next(one for one in result.classes if one.kind == "value")
    dom = browser.dump(result, f"c-{found.id}")
    inside = dom[dom.index(f'id="c-{found.id}" open') :].split("</details>")[0]
    assert "<mark>morning</mark>" in inside
    assert "<mark>evening</mark>" in inside


@pytest.mark.full
def test_what_is_not_counted_is_hidden_until_asked_for(browser: Browser) -> None:
    def result() -> Result:
        made = full()
        found = next(one for one in made.classes if one.kind == "status")
        found.path = "500 -> 400"
        return made

    assert len(rows(browser.dump(result()))) == 10
    dom = browser.dump(result(), "show=intended")
    assert len(rows(dom)) == 1
    assert 'class="class ignored"' in dom


@pytest.mark.full
def test_hostile_content_does_nothing_in_a_browser(browser: Browser) -> None:
    dom = browser.dump(hostile())
    assert dom.count("<script") == 2
    assert "<img" not in dom
    assert len(rows(dom)) == 1


@pytest.mark.full
def test_thousands_of_classes_stay_fluid(browser: Browser) -> None:
    began = time.monotonic()
    dom = browser.dump(large(5000))
    seconds = time.monotonic() - began
    assert "All 5,000 classes" in dom
    assert len(rows(dom)) <= 300
    # Making the page is most of it; a browser that lays out everything needs longer than that.
    assert seconds < 30


@pytest.mark.full
def test_the_page_prints(browser: Browser) -> None:
    browser.dump(full())
    printed = browser.print_to_pdf()
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") >= 2
