from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from scribe.ui.lines import strip
from scribe.ui.messages import Chosen
from scribe.ui.screens.sheet import Sheet
from scribe.ui.worksheets.page import Worksheet
from tests.hostile import screens
from tests.hostile.fields import Record
from tests.hostile.forged import forge
from tests.hostile.screens import STEPS, looked, walk
from tests.hostile.values import HOSTILE, escapes
from tests.journeys.live import Scribe


@pytest.fixture(autouse=True)
def _no_clipboard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyperclip.copy", lambda text: None)


async def test_no_screen_draws_what_acts(tmp_path: Path) -> None:
    random = Random(3)
    record = Record(tmp_path / "journal.db", random)
    forge(record, random, summary=True)
    steps = {name: STEPS[name] for name in ("live", "attention", "pick", "incidents")}
    seen = await walk(record, size=(80, 24), steps=steps)
    assert seen.keys() >= steps.keys()


@pytest.mark.torture
def test_every_screen_of_many_records() -> None:
    seen = screens.run(12, seed=50)
    assert seen["records"] == 12


@pytest.mark.torture
async def test_the_walk_leads_through_every_screen_and_worksheet(tmp_path: Path) -> None:
    record = Record(tmp_path / "journal.db", Random(5))
    seen = await walk(record)
    wanted = {f"worksheet {kind.name}" for kind in Worksheet.__subclasses__()}
    wanted |= {"IncidentScreen", "PostmortemScreen", "ActionsScreen", "DeclareScreen", "Sheet", "CommandPalette"}
    assert wanted - seen.keys() == set()


async def test_a_sheet_lets_nothing_through_whatever_it_is_given(tmp_path: Path) -> None:
    evil = "x\x1b]52;c;cm0gLXJm\x07\u202e[@click=app.quit]x[/]\n"
    sheet = Sheet(evil, Text(evil, "italic"), [(evil, Chosen()), (evil * 9, Chosen())], behind=None)
    async with Scribe(tmp_path)(size=(80, 24)) as live:
        await live.app.push_screen(sheet)
        await live.press("down")
        looked(live.app)
        text = "".join(segment.text for segment in screens.drawn(live.app))
        assert text.count("x␛]52;c;cm0gLXJm␇‹202E›[@click") >= 3


@pytest.mark.parametrize("width", [1, 7, 40, 200])
def test_the_last_gate_lets_nothing_through(width: int) -> None:
    for value in HOSTILE:
        drawn = strip(((value, "words"), ("end", "past")), width, lambda name: Style.null())
        assert escapes(drawn.text) == []
        assert "\n" not in drawn.text
        assert drawn.cell_length == width


@pytest.mark.parametrize(
    "segment",
    [
        Segment("a\x1b[2J"),
        Segment("a\u202e"),
        Segment("a\nb"),
        Segment("a", Style(link="https://evil.example")),
        Segment("a", Style(meta={"@click": "app.quit"})),
    ],
)
def test_what_is_drawn_is_seen(segment: Segment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens, "drawn", lambda app: iter((segment,)))
    with pytest.raises(AssertionError):
        looked(None)  # type: ignore[arg-type]  # nothing is asked of it
