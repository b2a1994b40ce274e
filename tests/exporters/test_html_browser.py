"""The page in a real browser: it fits, it can be read, it prints, and it asks for nothing."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from scribe.after.build import build
from scribe.after.postmortem import Postmortem
from scribe.cli.demo import LONG_AGO, tell
from scribe.clock import FixedClock
from scribe.exporters.html import page
from scribe.exporters.lanes import chart
from scribe.exporters.markdown import postmortem
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.redact import redact
from scribe.recorder import Recorder
from tests.exporters.test_lanes import SEOUL

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((path for path in map(shutil.which, NAMES) if path), None)
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason=f"no browser on PATH: none of {', '.join(NAMES)}"),
    pytest.mark.xdist_group("browser"),
]

WIDTHS = (360, 800, 1400)
STARRED = {"#6", "H2", "D1", "#28", "D2", "#46", "H5", "#64", "H7", "#73", "#87", "#93"}

LOGGED = ("--enable-logging=stderr", "--v=0")
"""What the page's policy refuses, and every mistake in it, the browser writes to its console, and that to here."""

# The page itself holds no script: this one stands around it, and looks into frames of the wanted widths.
MEASURE = """
const hex = (text) => text.match(/[\\d.]+/g).map(Number);
const over = (front, opacity, back) => back.map((part, n) => front[n] * opacity + part * (1 - opacity));
const linear = (x) => x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
const light = (colour) => {
  const [r, g, b] = colour.map((part) => linear(part / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
};
const inside = (box, x, y) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5
  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;

function measured(frame) {
  const page = frame.contentDocument, view = frame.contentWindow, root = page.documentElement;
  const style = (element) => view.getComputedStyle(element);
  const paper = hex(style(page.body).backgroundColor).slice(0, 3);
  const faint = [], outside = [], lying = [];
  for (const element of page.body.querySelectorAll("*")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === 3);
    const words = own.map((node) => node.data).join("").trim();
    if (!words || element.closest("svg")) continue;
    let back = paper;
    for (let up = element; up; up = up.parentElement) {
      const [r, g, b, a = 1] = hex(style(up).backgroundColor);
      if (a) { back = over([r, g, b], a, back); break; }
    }
    const ratio = contrast(hex(style(element).color).slice(0, 3), back);
    if (ratio < 4.5) faint.push([words.slice(0, 40), ratio]);
  }
  for (const svg of page.querySelectorAll(".lanes svg")) {
    const frame = svg.getBoundingClientRect();
    const rects = [...svg.querySelectorAll("rect.p1, rect.p2, rect.p3, rect.p4")];
    const texts = [...svg.querySelectorAll("text")].map((text) => [text, text.getBoundingClientRect()]);
    for (const [place, [text, box]] of texts.entries()) {
      const words = text.textContent;
      if (box.left < frame.left - 1.1 || box.right > frame.right + 1.1 || box.top < frame.top - 1.1
          || box.bottom > frame.bottom + 1.1) outside.push(words);
      for (const [other, its] of texts.slice(place + 1)) if (overlap(box, its)) lying.push([words, other.textContent]);
      let back = paper;
      for (const rect of rects) {
        if (inside(rect.getBoundingClientRect(), box.left + 2, (box.top + box.bottom) / 2)) {
          back = over(hex(style(rect).fill).slice(0, 3), Number(style(rect).fillOpacity), back);
        }
      }
      const ratio = contrast(hex(style(text).fill).slice(0, 3), back);
      if (ratio < 4.5) faint.push([words, ratio]);
    }
  }
  const lanes = page.querySelector(".lanes"), names = page.querySelector(".names");
  lanes.scrollLeft = 400;
  return {
    faint, outside, lying,
    width: view.innerWidth,
    wider: [root, page.body].map((one) => one.scrollWidth - view.innerWidth),
    marks: page.querySelectorAll(".lanes .k").length,
    texts: page.querySelectorAll(".lanes text").length,
    dark: view.matchMedia("(prefers-color-scheme: dark)").matches,
    paper: light(paper),
    names: names.getBoundingClientRect().left - lanes.getBoundingClientRect().left,
    heights: [names, page.querySelector(".plot")].map((svg) => svg.getBoundingClientRect().height),
    broken: [...page.querySelectorAll('a[href^="#"]')].filter(
      (link) => !page.getElementById(link.getAttribute("href").slice(1))).length,
  };
}
onload = () => {
  const found = document.getElementById("found");
  try {
    found.textContent = JSON.stringify([...document.querySelectorAll("iframe.page")].map(measured));
  } catch (error) {
    found.textContent = JSON.stringify(error.stack);
  }
};
"""

Start = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Postmortem:
    """The sample incident with some of its entries starred."""
    journal = Journal.writing(tmp_path_factory.mktemp("journal") / "journal.db", FixedClock(LONG_AGO), wait=1)
    incident = tell(journal, LONG_AGO)
    told = build(redact(Recorder(journal, incident, me="sam", policy=DEFAULT).load()), zone=SEOUL)
    return replace(told, timeline=tuple(replace(entry, starred=entry.ref in STARRED) for entry in told.timeline))


@pytest.fixture(scope="module")
def written(document: Postmortem) -> str:
    return page(document, postmortem(document, "layered"))


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start the browser, without a window and without asking anybody for anything."""
    quiet = (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
        *("--disable-background-networking", "--disable-component-update", "--disable-extensions"),
        f"--user-data-dir={tmp_path / 'profile'}",
    )

    def begun(*arguments: str) -> subprocess.CompletedProcess[str]:
        assert BROWSER is not None
        return subprocess.run([BROWSER, *quiet, *arguments], capture_output=True, text=True, timeout=120, check=True)

    return begun


@pytest.mark.parametrize(("scheme", "is_dark"), [(1, False), (0, True)], ids=["light", "dark"])
def test_the_page_fits_and_can_be_read(
    scheme: int, is_dark: bool, document: Postmortem, written: str, start: Start, tmp_path: Path
) -> None:
    frames = "".join(
        f'<iframe class="page" style="width:{width}px;height:2000px;border:0" srcdoc="{html.escape(written)}"></iframe>'
        for width in WIDTHS
    )
    if is_dark:  # one frame to prove that a breach of the page's own policy would be noticed
        breach = written.replace("</main>", "<script>0</script></main>")
        frames += f'<iframe srcdoc="{html.escape(breach)}"></iframe>'
    around = tmp_path / "around.html"
    around.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><body>{frames}<pre id="found"></pre><script>{MEASURE}</script>',
        encoding="utf-8",
    )
    done = start(
        *LOGGED,
        "--window-size=1600,1200",
        f"--blink-settings=preferredColorScheme={scheme}",
        "--dump-dom",
        around.as_uri(),
    )
    assert ("CONSOLE" in done.stderr) == is_dark
    result = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert result is not None
    found: list[dict[str, Any]] = json.loads(html.unescape(result[1]))
    assert isinstance(found, list), found
    drawn = chart(document)
    assert drawn is not None
    assert [one["width"] for one in found] == list(WIDTHS)
    for one in found:
        assert one["dark"] == is_dark
        assert (one["paper"] < 0.5) == is_dark
        assert max(one["wider"]) <= 0, f"the page is wider than {one['width']} pixels"
        assert one["faint"] == []
        assert one["outside"] == []
        assert one["lying"] == []
        assert one["marks"] == len(drawn.marks)
        assert one["texts"] > 40
        assert abs(one["names"]) < 1, "the names of the lanes stay while the picture scrolls"
        assert one["heights"][0] == pytest.approx(one["heights"][1], abs=1)
        assert one["broken"] == 0


def test_the_page_prints_and_asks_for_nothing(written: str, start: Start, tmp_path: Path) -> None:
    path, paper = tmp_path / "page.html", tmp_path / "page.pdf"
    path.write_text(written, encoding="utf-8")
    done = start(*LOGGED, "--no-pdf-header-footer", f"--print-to-pdf={paper}", path.as_uri())
    assert len(re.findall(rb"/Type /Page\b(?!s)", paper.read_bytes())) > 3
    assert "CONSOLE" not in done.stderr
