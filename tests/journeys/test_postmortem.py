"""The postmortem's screen by its keys: what is typed, taken, sent, starred and waived is in the journal."""

from __future__ import annotations

import contextlib
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from scribe.cli.demo import LONG_AGO, tell
from scribe.clock import FixedClock
from scribe.journal.store import Journal
from scribe.record.afterwards import Curated, Waived, Written
from scribe.record.errors import Full
from scribe.record.events import Event
from scribe.record.written import Words
from scribe.recorder import Recorder
from scribe.ui.desk import NEWLINE
from scribe.ui.postmortem.places import place_of, standing
from scribe.ui.screens.postmortem import PostmortemScreen
from scribe.ui.widgets.panel import Panel
from scribe.ui.widgets.picker import EntryPicker
from tests.fakes.raw import raw
from tests.journeys.live import INCIDENT, Live, Scribe

TALE = (
    "/milestone started 11:40",
    "/milestone detected 11:50",
    "11:50 SLO burn alert on checkout",
    "/impact one order in eight fails",
    "/impact users: 12 % of EU checkouts",
    "? the pool is exhausted by retries",
    "/confirm H1 pool wait fell without them",
    "= rolled back to 1.41",
    "/tick resolution user-signal",
    "/tick resolution health-signal",
    "/state resolved",
)
"""An incident that is over; the record holds something for most sections."""


class Postmortem:
    """The screen that lies over the live one."""

    def __init__(self, live: Live) -> None:
        self.live = live

    @property
    def screen(self) -> PostmortemScreen:
        for screen in reversed(self.live.app.screen_stack):
            if isinstance(screen, PostmortemScreen):
                return screen
        raise AssertionError("the postmortem is not open")

    @property
    def is_open(self) -> bool:
        return any(isinstance(screen, PostmortemScreen) for screen in self.live.app.screen_stack)

    @property
    def here(self) -> str:
        return self.screen.place.key

    @property
    def text(self) -> str:
        return self.screen.editor.text

    @property
    def box(self) -> str:
        return self.screen.box._capture.value.replace(NEWLINE, "\n")

    @property
    def said(self) -> str:
        return self.screen.notice[0]

    @property
    def focus(self) -> str:
        assert self.screen.focused is not None
        return self.screen.focused.id or ""

    async def checked(self) -> None:
        """The document was built and checked as it stands."""
        if self.is_open:
            self.screen.look_now()
        await self.live.app.workers.wait_for_complete()
        await self.live.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.live.press(*keys)
        await self.checked()

    async def type(self, text: str) -> None:
        await self.live.type(text)
        await self.live.pilot.pause()

    async def passes(self, seconds: float) -> None:
        """Nobody types for so long."""
        self.live.clock.advance(seconds)
        self.screen.poll()
        await self.live.pilot.pause()

    async def go(self, key: str) -> None:
        assert self.screen.go(key)
        await self.checked()

    def words(self, key: str) -> str:
        found = self.live.state().sections.get(key)
        return found.text if found else ""

    def written(self, key: str) -> list[Event]:
        return [e for e in self.live.events if isinstance(e.payload, Written) and e.payload.section == key]


async def opened(live: Live, *keys: str) -> Postmortem:
    await live.press("f8")
    postmortem = Postmortem(live)
    await postmortem.press(*keys)
    return postmortem


async def test_what_is_typed_is_kept_within_a_second_and_recorded_when_typing_pauses(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        assert (postmortem.here, postmortem.focus) == ("summary", "editor")
        await postmortem.type("The pool ran dry.\nRetries held on [/] to it.")
        await postmortem.passes(0.3)
        assert any("Retries held" in text for _, text in live.drafts())
        assert postmortem.written("summary") == []
        await postmortem.passes(3)
        assert postmortem.words("summary") == "The pool ran dry.\nRetries held on [/] to it."
        assert live.drafts() == []
        await postmortem.passes(10)
        assert len(postmortem.written("summary")) == 1
        await postmortem.press("ctrl+z")
        await postmortem.press("ctrl+y")
        await postmortem.press("f4", "f3", "f4")
        assert len(postmortem.written("summary")) == 1, "what says the same is no event"


async def test_leaving_a_section_or_the_screen_records_it(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.type("one")
        await postmortem.press("f4")
        assert (postmortem.here, postmortem.words("summary")) == ("impact", "one")
        await live.burst("two", "<escape>", "a fact of the live screen\n")
        assert postmortem.words("impact") == "two"
        assert live.last.text == "a fact of the live screen"
        await live.press("f8")
        assert postmortem.here == "impact", "it opens where one was"
        assert postmortem.text == "two"


async def test_keys_that_come_fast_go_where_they_belong(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await live.burst(
            "in the summary",
            "<f4>",
            "in the impact",
            "<ctrl+l>",
            "a late fact\n",
            "<ctrl+l>",
            " and on",
            "<f4>",
            "12 %\n",
            "none",
        )
        await live.press("escape")
        assert live.last.text == "a late fact"
        found = live.state().sections
        assert {key: words.text for key, words in found.items()} == {
            "summary": "in the summary",
            "impact": "in the impact and on",
            "users": "12 %",
            "revenue": "none",
        }
        assert postmortem is not None


async def test_f2_takes_what_the_record_holds_and_goes_through_what_is_left_of_it(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        assert "one order in eight fails" in live.seen, "it stands dim where the text would"
        await postmortem.press("f2")
        assert "one order in eight fails (#" in postmortem.text
        await postmortem.press("f2")
        assert postmortem.here == "impact"
        for _ in range(60):
            await live.press("f2")
            if "nothing is left" in postmortem.said:
                break
        assert "nothing is left" in postmortem.said
        await postmortem.press("f4")
        found = live.state().sections
        assert found["users"].text == "12 % of EU checkouts (#6)"
        assert found["detected-by"].text == "monitoring"
        assert found["containment"].text.startswith("rolled back to 1.41 (A1)")
        assert postmortem.screen.seen is not None
        assert {key for key in postmortem.screen.seen.found if key not in ("factors", "actions")} == set(found)


async def test_f2_adds_only_what_is_not_said_yet_and_one_key_takes_it_back(scribe: Scribe) -> None:
    scribe.told(*TALE, "= restarted the cache")
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("containment")
        await postmortem.type("rolled back to 1.41 (A1)")
        await postmortem.press("f2")
        assert postmortem.text.split("\n") == ["rolled back to 1.41 (A1)", "restarted the cache (A2)"]
        await postmortem.press("ctrl+z")
        assert postmortem.text == "rolled back to 1.41 (A1)"


async def test_an_entry_is_sent_starred_and_hidden_with_one_key_each(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("luck")
        await postmortem.type("typed before")
        await postmortem.press("f6")
        assert postmortem.focus == "picker"
        picker = postmortem.screen.query_one(EntryPicker)
        await postmortem.press("home", "down", "down")
        assert picker.picked is not None
        assert picker.picked.text == "SLO burn alert on checkout"
        entry = picker.picked
        await postmortem.press("enter")
        assert postmortem.words("luck") == f"typed before\n{entry.text} ({entry.ref})"
        assert postmortem.text == postmortem.words("luck")
        (*_, sent) = [e.payload for e in postmortem.written("luck")]
        assert isinstance(sent, Written)
        assert sent.entry, "it is quoted, not retyped"
        await postmortem.press("s")
        await postmortem.press("h")
        (found,) = (each for each in live.entries if each.ref == entry.ref)
        assert (found.starred, found.hidden) == (True, True)
        await postmortem.press("s")
        await postmortem.press("h")
        (found,) = (each for each in live.entries if each.ref == entry.ref)
        assert (found.starred, found.hidden) == (False, False)
        assert sum(isinstance(event.payload, Curated) for event in live.events) == 4
        await postmortem.press("escape")
        assert postmortem.focus == "editor"


async def test_what_holds_one_value_takes_an_entry_as_text(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("observed")
        await postmortem.press("f6", "home", "down", "down", "enter", "escape")
        await postmortem.press("escape")
        assert postmortem.live.state().sections["observed"].text


async def test_answers_are_chosen_by_number_and_other_keys_type(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("prevent-monitoring")
        assert postmortem.focus == "answers"
        await live.burst("1", "3", "<down>", "<enter>")
        await postmortem.checked()
        found = {key: words.text for key, words in live.state().sections.items()}
        assert found == {"prevent-monitoring": "yes", "prevent-runbook": "not-needed", "prevent-tests": "no"}
        await postmortem.press("f3", "delete")
        assert postmortem.words("prevent-tests") == ""
        await live.burst("it came back at noon\n")
        assert live.last.text == "it came back at noon"


async def test_a_finding_is_gone_to_with_one_key_and_waived_with_a_reason(scribe: Scribe) -> None:
    scribe.told("/impact one order in eight fails", "/state resolved")
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.press("f5")
        first = postmortem.screen.finding
        assert first is not None
        assert first.message[:30] in live.seen
        await postmortem.press("f7")
        assert postmortem.box == f"/waive {first.code}@{first.where} "
        await postmortem.type("a drill, nobody was harmed\n")
        await postmortem.checked()
        (waived,) = (event for event in live.events if isinstance(event.payload, Waived))
        assert isinstance(waived.payload, Waived)
        assert (waived.payload.code, waived.payload.place) == (first.code, first.where)
        assert waived.text == "a drill, nobody was harmed"
        assert "waived: a drill" in live.seen
        await postmortem.press("f5")
        assert postmortem.screen.finding != first


async def test_another_ones_words_are_never_overwritten_unseen(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.type("mine")
        live.elsewhere("/write summary theirs")
        await postmortem.press("f4")
        assert postmortem.here == "summary", "one stays, and sees both"
        assert "@bob" in postmortem.said
        assert postmortem.text == "theirs\n\nmine"
        assert postmortem.words("summary") == "theirs"
        await postmortem.press("f4")
        assert (postmortem.here, postmortem.words("summary")) == ("impact", "theirs\n\nmine")


async def test_another_ones_words_appear_where_nobody_types(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        live.elsewhere("/write summary theirs")
        await live.looks()
        await postmortem.checked()
        assert postmortem.text == "theirs"
        await postmortem.press("escape")
        assert len(postmortem.written("summary")) == 1


async def test_a_value_that_cannot_be_is_refused_and_kept(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("cost-hours")
        await postmortem.type("many\n")
        assert "many is no number" in postmortem.said
        assert postmortem.written("cost-hours") == []
        assert postmortem.here == "cost-rate", "nobody is held up by it"
        await postmortem.press("f3")
        assert postmortem.text == "many"
        await postmortem.press("ctrl+u")
        await postmortem.type("12.5\n")
        assert postmortem.words("cost-hours") == "12.5"
        await postmortem.type("€ 90\n")
        assert postmortem.words("cost-rate") == "90"


async def test_a_value_that_cannot_be_is_not_left_before_it_is_kept(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("cost-hours")
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await postmortem.type("many\n")
            assert postmortem.here == "cost-hours"
            await postmortem.press("escape")
            assert postmortem.screen.is_current
            other.execute("ROLLBACK")
        await postmortem.press("escape")
        assert live.screen.is_current
        assert any("many" in text for _, text in live.drafts())


async def test_a_crash_loses_nothing(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.type("half a sente")
        await postmortem.passes(0.3)
    async with scribe(first=INCIDENT) as live:
        assert "F8 postmortem" in live.line("attention")
        postmortem = await opened(live)
        assert postmortem.text == "half a sente"
        assert "not recorded yet" in postmortem.said
        await postmortem.press("ctrl+z")
        assert postmortem.text == ""
        await postmortem.press("ctrl+y")
        await postmortem.type("nce")
        await postmortem.press("escape")
        assert postmortem.words("summary") == "half a sentence"
        assert live.drafts() == []


async def test_a_full_disk_keeps_nobody_in_the_postmortem(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    scribe.told(*TALE)

    def no_room(*_: object, **__: object) -> None:
        raise Full("no room left", "free some space")

    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.type("half a sente")
        with monkeypatch.context() as full:
            full.setattr(Recorder, "record", no_room)
            await postmortem.press("escape")  # there is room for the draft
        assert not postmortem.is_open
        assert "not recorded, but kept" in live.line("attention")
        postmortem = await opened(live)
        assert postmortem.text == "half a sente"
        await postmortem.type("nce")
        with monkeypatch.context() as full:
            full.setattr(Recorder, "record", no_room)
            full.setattr(Recorder, "keep", no_room)
            await postmortem.press("escape")
            assert "the same key again leaves it" in postmortem.said
            await postmortem.press("escape")
        assert not postmortem.is_open


async def test_what_a_crash_left_and_what_was_written_since_both_stand(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.type("mine")
        await postmortem.passes(0.3)
    async with scribe(first=INCIDENT) as live:
        live.elsewhere("/write summary theirs")
        await live.looks()
        postmortem = await opened(live)
        assert postmortem.text == "theirs\n\nmine"
        assert "@bob" in postmortem.said
        assert postmortem.words("summary") == "theirs"
        await postmortem.press("f4")
        assert postmortem.words("summary") == "theirs\n\nmine"


async def test_factors_and_actions_are_rows_with_a_line_that_begins_them(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("factors")
        assert postmortem.focus == "capture"
        await postmortem.press("enter")
        assert postmortem.box.startswith("/factor the pool is exhausted by retries: pool wait fell without them (H1")
        await postmortem.type("tech class: cap score: 3 standing: candidate\n")
        await postmortem.checked()
        (factor,) = live.board.factors
        assert (factor.layer, factor.factor_class, factor.score, factor.standing) == (
            "technical",
            "capacity",
            3,
            "candidate",
        )
        assert "F1 3/3" in live.seen
        await postmortem.go("actions")
        row = postmortem.screen.query_one("#rows").row  # type: ignore[attr-defined]
        assert row.name == "unanswered:F1"
        await postmortem.press("enter")
        await postmortem.type("cap retries in the gateway owner: @bob due: 2026-12-01 verify: the pool dashboard")
        await postmortem.press("enter")
        (item,) = live.board.items
        assert (item.text, item.owner, item.due, item.answers) == (
            "cap retries in the gateway",
            "bob",
            "2026-12-01",
            ("F1",),
        )


async def test_an_unknown_moment_is_supplied_with_one_key(scribe: Scribe) -> None:
    scribe.told("/state resolved")
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        assert "unknown" in live.seen
        await postmortem.press("ctrl+g")
        assert postmortem.box == "/milestone started "
        await postmortem.type("11:40\n")
        assert live.board.moment("started") == "2026-11-20T11:40:00.000Z"
        assert postmortem.focus == "editor"


async def test_the_document_is_written_out_as_it_was_asked_for(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    scribe.told(*TALE)
    asked: list[dict[str, object]] = []

    def export(state: object, **how: object) -> Path:
        asked.append(how)
        return Path("checkout.md")

    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        monkeypatch.setattr(postmortem.screen, "_export", export)
        await postmortem.type("typed last")
        await postmortem.press("f8")
        assert live.has_sheet
        assert postmortem.words("summary") == "typed last"
        await postmortem.press("down", "enter")
        assert "written to checkout.md" in postmortem.said
        (how,) = asked
        assert how["form"] == "md"
        assert how["template"] != "layered"


@pytest.mark.parametrize(("line", "key"), [("/write", "summary"), ("/factor", "factors"), ("/action", "actions")])
async def test_a_command_alone_opens_the_postmortem_where_it_belongs(scribe: Scribe, line: str, key: str) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        await live.enter(line)
        postmortem = Postmortem(live)
        await postmortem.checked()
        assert postmortem.here == key
        await live.burst("<ctrl+l>", "/factor\n")
        assert postmortem.here == "factors"
        await postmortem.press("escape")
        assert live.board.factors == ()


async def test_the_check_opens_it_at_the_first_finding(scribe: Scribe) -> None:
    scribe.told("/state resolved")
    async with scribe(first=INCIDENT) as live:
        await live.enter("/check")
        postmortem = Postmortem(live)
        await postmortem.checked()
        first = postmortem.screen.finding
        assert first is not None
        assert postmortem.here == place_of(first)


async def test_commands_of_the_live_screen_say_where_they_are(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live, "ctrl+l")
        await live.burst("/packets\n")
        assert "Esc goes there" in postmortem.said
        await live.burst("/find alert\n")
        await postmortem.checked()
        assert postmortem.focus == "picker"
        assert postmortem.screen.query_one(EntryPicker).shown == 1


EDITOR = """#!/bin/sh
stat -c '%a' "$1" "$(dirname "$1")" > {seen}
cat "$1" >> {seen}
{does}
"""


@pytest.mark.parametrize(
    ("does", "said", "kept"),
    [
        ("printf 'from vim \\033[31m\\n' > \"$1\"", "", "from vim ␛[31m"),
        ("exit 3", "ended with 3", "typed"),
        ('rm "$1"', "left no text", "typed"),
        ('rm "$1"; ln -s /etc/passwd "$1"', "left no text", "typed"),
        ("printf '\\377' > \"$1\"", "no UTF-8", "typed"),
        ('head -c 70000 /dev/zero | tr "\\0" x > "$1"', "at most 64 KiB", "typed"),
    ],
)
async def test_the_persons_own_editor_gets_the_text_and_gives_it_back(
    scribe: Scribe, monkeypatch: pytest.MonkeyPatch, does: str, said: str, kept: str
) -> None:
    scribe.told("/state resolved")
    script, seen = scribe.folder / "editor", scribe.folder / "seen"
    script.write_text(EDITOR.format(seen=seen, does=does))
    script.chmod(stat.S_IRWXU)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr("scribe.ui.app.ScribeApp.suspend", lambda self: contextlib.nullcontext())
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.type("typed")
        await postmortem.press("f9")
        assert seen.read_text() == "600\n700\ntyped\n"
        assert said in postmortem.said
        assert postmortem.text == kept
        await postmortem.press("escape")
        assert postmortem.words("summary") == kept
        assert len(postmortem.written("summary")) == 1


async def test_without_an_editor_or_a_terminal_it_says_so(scribe: Scribe, monkeypatch: pytest.MonkeyPatch) -> None:
    scribe.told("/state resolved")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "")
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.press("f9")
        assert "no editor is named" in postmortem.said
        monkeypatch.setenv("EDITOR", "vim")
        await postmortem.press("f9")
        assert "needs the terminal" in postmortem.said
        monkeypatch.setenv("EDITOR", "'")
        await postmortem.press("f9")
        assert "cannot be read" in postmortem.said


async def test_hostile_text_stays_text(scribe: Scribe) -> None:
    scribe.told(
        "? [bold]\x1b[31m red \u202e", "/confirm H1 [/]", "/write summary [/] \x1b]52;c;eA==\x07", "/state resolved"
    )
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        assert "␛]52;c;eA==␇" in live.seen
        await postmortem.press("f6", "home", "down", "down", "escape")
        await postmortem.go("factors")
        await postmortem.press("enter")
        assert "\x1b" not in live.seen
        await postmortem.press("escape")
        assert len(postmortem.written("summary")) == 1, "looking at it changes nothing"
        assert live.state().sections["summary"] == Words(
            "[/] \x1b]52;c;eA==\x07", "sam", "2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00.000Z"
        )


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (10, 3), (20, 6), (40, 12), (64, 16)])
async def test_every_size_can_be_worked_in(scribe: Scribe, size: tuple[int, int]) -> None:
    scribe.told(*TALE)
    async with scribe(size=size, first=INCIDENT) as live:
        postmortem = await opened(live, "f5", "ctrl+r", "ctrl+r", "f6", "escape")
        await postmortem.go("luck")
        await postmortem.type("x")
        await postmortem.press("escape")
        assert postmortem.words("luck") == "x"


async def test_a_size_that_changes_leaves_neither_gaps_nor_hidden_lines(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        head = postmortem.screen.query_one("#head", Panel)
        for size, rows in (((60, 20), 1), ((10, 4), 1), ((80, 24), 3), ((40, 12), 1), ((120, 40), 4)):
            await live.pilot.resize_terminal(*size)
            await live.pilot.pause()
            assert (head.size.height, len(head._lines)) == (rows, rows), f"at {size}"
        await postmortem.type("still typing")
        assert postmortem.text == "still typing"


async def test_nobody_types_into_a_text_that_sources_cover(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(60, 16), first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.press("ctrl+r")
        assert live.rows_with("one order in eight fails"), "sources stand before figures"
        assert live.rows_with("TTD")
        assert live.rows_with("Esc back to the text")
        await postmortem.type("seen")
        assert live.rows_with(" seen")
        assert not live.rows_with("TTD")
        await postmortem.press("ctrl+r")
        await live.paste(" and pasted")
        assert postmortem.text == "seen and pasted"
        await postmortem.press("ctrl+r", "escape")
        assert postmortem.is_open
        assert postmortem.focus == "editor"


async def test_a_wide_space_stays_in_a_section_of_one_line(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("observed")
        await live.paste("日本\u3000")
        await live.paste("語\n二\n")
        assert postmortem.text == "日本\u3000語 二"


async def test_leaving_with_a_text_that_cannot_be_recorded_says_so_and_keeps_it(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        await live.paste("x" * (64 * 1024 + 1))
        await postmortem.press("f4")
        assert "64 KiB" in postmortem.said
        await live.press("escape")
        assert not postmortem.is_open
        assert "not recorded, but kept: Summary; F8 goes back" in live.line("attention")
        await postmortem.press("f8", "f3")
        assert len(postmortem.text) == 64 * 1024 + 1


async def test_a_line_says_what_it_was_recorded_as(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.press("ctrl+l")
        await postmortem.type("11:59 the pager was silent\n")
        (late,) = (entry for entry in live.entries if "pager" in entry.text)
        assert postmortem.said == f"recorded as {late.ref}"
        await postmortem.type("/factor the pager was silent\n")
        assert postmortem.said == "recorded as F1"
        await postmortem.type("/waive summary-missing@luck because\n")
        assert "no such finding" in postmortem.said
        await postmortem.press("ctrl+l")
        await postmortem.type("a word")
        await postmortem.passes(4)
        assert postmortem.said == "", "what is written goes on in silence"


async def test_entries_are_filtered_while_picking_and_escape_shows_the_others_first(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.press("f6")
        await postmortem.type("/find burn\n")
        picker = postmortem.screen.query_one(EntryPicker)
        assert [entry.text for entry in picker._rows] == ["SLO burn alert on checkout"]
        assert "only entries with burn" in postmortem.said
        assert postmortem.focus == "picker"
        await postmortem.press("escape")
        assert len(picker._rows) > 1
        assert postmortem.focus == "picker"
        await postmortem.press("escape")
        assert postmortem.focus == "editor"


async def test_what_was_waived_is_taken_back_with_the_same_key(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(size=(120, 40), first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.go("scope")
        assert postmortem.screen.seen is not None
        (finding,) = standing(postmortem.screen.seen.findings, "scope")
        await postmortem.press("f7")
        await postmortem.type("a drill\n")
        await postmortem.checked()
        await postmortem.press("f7")
        assert postmortem.box == f"/unwaive {finding.code}@{finding.where}"
        await postmortem.press("enter")
        await postmortem.checked()
        assert not any(each.waived for each in postmortem.screen.seen.findings)


async def test_once_the_journal_is_free_again_that_is_said(scribe: Scribe) -> None:
    scribe.told(*TALE)
    async with scribe(first=INCIDENT) as live:
        postmortem = await opened(live)
        await postmortem.type("kept meanwhile")
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await postmortem.press("f4")
            assert "another process holds the journal" in postmortem.said
            other.execute("ROLLBACK")
        await postmortem.passes(4)
        assert postmortem.words("summary") == "kept meanwhile"
        assert "free again" in postmortem.said


async def test_the_sample_incident_becomes_a_final_document_in_one_sitting_without_a_mouse(scribe: Scribe) -> None:
    scribe.clock = FixedClock(LONG_AGO + timedelta(hours=2, minutes=5))
    journal = Journal.writing(scribe.path, scribe.clock, wait=1.0)
    incident = tell(journal, LONG_AGO)
    journal.close()
    keys, typed = 1, 0
    async with scribe(size=(120, 40), first=incident) as live:
        postmortem = await opened(live)

        async def press(*names: str) -> None:
            nonlocal keys
            keys += len(names)
            await postmortem.press(*names)

        async def line(text: str, *before: str) -> None:
            """A line that a row or a finding began, and Enter."""
            nonlocal keys, typed
            keys, typed = keys + len(before) + 1, typed + len(text)
            await live.press(*before)
            await live.enter(text)
            await postmortem.checked()

        async def to(key: str) -> None:
            for _ in range(9):
                if postmortem.here == key:
                    return
                await press("f5")
            raise AssertionError(f"no finding leads to {key}")

        while "nothing is left" not in postmortem.said:
            await live.press("f2")
            keys += 1
        await postmortem.checked()

        await to("factors")
        await line("tech class: cap score: 3", "enter")
        await line("change class: testing score: 2", "enter")
        await line("op class: third score: 1", "enter")
        await to("actions")
        for text in (
            "cap the retries @bob due: 2026-03-19 verify: pool use under 40 category: prevent priority: P1",
            "send an idempotency key @carol due: 2026-03-19 verify: no double hold category: prevent priority: P1",
            "page on the vendor page @dan due: 2026-03-19 verify: a test notice pages category: detect priority: P1",
        ):
            # The cursor stands where the words go, before what the action answers.
            await line(text, "enter")
        await to("timeline")
        await line("/link #91 https://dash.example.org/d/payments-gw")
        assert postmortem.screen.seen is not None
        assert [finding.message for finding in postmortem.screen.seen.findings if not finding.waived] == []
        assert "the check finds nothing" in live.seen
        await press("escape", "f8")
        assert "final document" in live.seen
        await press("enter")
        assert "written to" in postmortem.said
    assert keys < 80, "some keys"
    assert typed < 600, "and some words of one's own"
