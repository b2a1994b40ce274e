"""The gates one by one, and what the fuzz found once: each would be found again at once."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from textual.events import Key, Paste

from scribe.cli.beside import saves_beside
from scribe.clock import FixedClock
from scribe.exporters import html
from scribe.exporters.escape import link
from scribe.live.policy import DEFAULT
from scribe.record.events import Amended, Fact, Note, Restricted, Update
from scribe.record.payloads import Origin
from scribe.record.redact import redact
from scribe.record.text import json_text
from scribe.ui.driver import GuardedParser
from scribe.ui.sheets import board as board_sheet
from scribe.ui.zones import Zones
from tests.exporters.full import made
from tests.fakes.desk import NOON, Desk
from tests.fakes.tale import Tale
from tests.hostile.values import escapes, hostile
from tests.hostile.views import say

EVIL = "x\x1b[2J\u202e"


@given(hostile)
def test_json_means_the_same_and_holds_nothing_that_acts(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    for document in (msgspec.json.encode({"a": [text], text: 1}), msgspec.json.format(b'{"a":"b"}', indent=2)):
        safe = json_text(document.decode())
        assert escapes(safe) == []
        assert msgspec.json.decode(safe) == msgspec.json.decode(document)


def test_json_that_holds_nothing_of_that_kind_is_left_as_it_is() -> None:
    plain = '{\n  "a": "결제 👩\u200d🚒 é"\n}'
    assert json_text(plain) == plain


def test_an_address_is_not_decoded_into_what_acts() -> None:
    address = link("https://a.example/%C2%9B2J%E2%80%AEgnp/%20?q=%ED%95%9C")
    page = html.page(made(Tale("x")), f"# x\n\n{address}\n")
    assert escapes(page) == []
    assert 'href="https://a.example/%C2%9B2J%E2%80%AEgnp/%20?q=%ED%95%9C"' in page
    assert "‹009B›2J‹202E›gnp/" in page
    assert "?q=한" in page


def test_an_audience_that_nobody_knows_stops_neither_status_nor_update(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db", severity=2)
    brought = (Note(audience=EVIL, switched="on", next_at="2026-11-20T11:00:00.000Z"), Update(audience=EVIL))
    for payload in brought:
        origin = Origin("scribe", "2026-11-20T12:00:00.000Z", "sam", "")
        (draft,) = desk.drafts("words")
        desk.recorder.bring(
            [msgspec.structs.replace(draft, payload=msgspec.structs.replace(payload, origin=origin))], now=NOON
        )
    state = desk.state()
    desk.journal.close()
    for argv in (["status"], ["update"], ["update", "--format", "plain"]):
        said = say(["--db", str(tmp_path / "journal.db"), *argv], FixedClock(NOON))
        assert (said.code, said.err) == (0, "")
        assert escapes(said.out) == []
    _, body, _ = board_sheet(state, "2026-11-20T12:00:00.000Z", Zones(UTC), DEFAULT)
    assert escapes(body.plain) == []


def test_a_role_that_nobody_configured_is_called_by_a_name_that_acts_nowhere() -> None:
    assert escapes(DEFAULT.label(EVIL)) == []


def test_whatever_is_on_the_board_acts_on_no_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribe.ui.board_lines.countdown", lambda *_: [((EVIL, "words"),)])
    _, body, _ = board_sheet(Tale().state(), "2026-11-20T12:00:00.000Z", Zones(UTC), DEFAULT)
    assert escapes(body.plain) == []


@pytest.mark.parametrize(
    "name", ["../../x.md", "/etc/x.md", ".hidden.md", "-rf.md", "a/b.md", "CON.md", "\x1b.md", "", ".md"]
)
def test_what_is_saved_beside_stays_beside(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    path = saves_beside(folder)(name, "words")
    assert path.parent == folder
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]
    assert path.name[0] not in ".-"


def test_a_prompt_says_no_title_that_is_restricted(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "journal.db", severity=2)

    def short() -> str:
        return say(["--db", str(tmp_path / "journal.db"), "status", "--short"], FixedClock(NOON)).out

    assert "Checkout fails" in short()
    desk.type("/restrict #1")
    assert "Checkout fails" not in short()
    assert short().startswith("SEV-2 investigating")
    desk.journal.close()


def test_what_an_open_entry_was_amended_to_later_is_no_earlier_word() -> None:
    tale = Tale()
    first = tale.say(Fact(), "something else")
    secret = tale.say(Fact(), "the key is mk0001zq7 they say")
    tale.say(Restricted(target=secret.ref))
    tale.say(Amended(target=first.ref, text="so mk0001zq7 it was"))
    assert [entry.text for entry in redact(tale.state()).entries][1] == "so (withheld) it was"
    known = Tale()
    known.say(Fact(), "so mk0001zq7 it was")
    secret = known.say(Fact(), "the key is mk0001zq7 they say")
    known.say(Restricted(target=secret.ref))
    assert [entry.text for entry in redact(known.state()).entries][1] == "so mk0001zq7 it was"


@pytest.mark.parametrize("held", ["\x1b", "\x1b[", "\x1b[201"])
def test_the_beginning_of_a_bracket_by_itself_is_not_the_end_of_the_input(held: str) -> None:
    parser = GuardedParser()
    messages = []
    for piece in ("\x1b[200~a", held, "b\x1b[201~", "c"):
        messages += list(parser.feed(piece))
    pasted, key = messages
    assert isinstance(pasted, Paste)
    assert isinstance(key, Key)
    assert (pasted.text[0], pasted.text[-1], key.key) == ("a", "b", "c")
