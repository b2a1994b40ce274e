"""Another process holds the journal, or writes too: what is typed stays, and lands once and in its order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from scribe.journal import identity
from scribe.record.afterwards import Written
from scribe.record.errors import Full
from scribe.recorder import Recorder
from tests.cli.conftest import Cli
from tests.durability import terminal_run
from tests.fakes.raw import raw
from tests.journeys.live import INCIDENT, Live, Scribe
from tests.terminal.shell import Shell

WAITS = "another process holds the journal; waiting"
GONE = "gone0000"


@pytest.fixture
def scribe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scribe:
    monkeypatch.setattr("scribe.ui.clipboard.system", lambda text: True)
    return Scribe(tmp_path)


@contextmanager
def held(live: Live | Scribe) -> Iterator[None]:
    """Another connection holds the write lock."""
    with raw(live.path) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def until(live: Live, condition: object, what: str) -> None:
    """Wait for what a timer of the screen does."""
    for _ in range(200):
        if condition():  # type: ignore[operator]  # a lambda of the test
            return
        await live.pilot.pause(0.01)
    raise AssertionError(f"{what}\n{live.seen}")


# ── a lock held for thirty seconds ──────────────────────────────────────────────────────────────────────────────────


async def test_a_line_waits_thirty_seconds_and_lands_once_with_the_time_of_its_first_key(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        with held(live):
            await live.enter("it burns")
            for _ in range(30):
                await live.passes(1)
                assert WAITS in live.line("attention")
                assert live.box == "it burns"
        await until(live, lambda: not live.box, "it lands")
        await live.passes(5)
        assert WAITS not in live.line("attention")
        (entry,) = live.entries
        assert (entry.text, entry.at) == ("it burns", "2026-11-20T12:00:00.000Z")
        assert entry.recorded_at >= "2026-11-20T12:00:30"


async def test_lines_typed_while_one_waits_are_lines_of_their_own_and_land_in_their_order(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        with held(live):
            await live.type("first\n")
            await live.passes(10)
            await live.type("second\n")
            await live.passes(10)
            await live.type("third\nand the four")
            assert live.box == "and the four"
            assert "3 lines are kept" in live.line("attention")
            await live.passes(10)
        await until(live, lambda: len(live.entries) == 3, "they land")
        await live.type("th\n")
        assert live.texts == ["first", "second", "third", "and the fourth"]
        assert [entry.at[17:19] for entry in live.entries] == ["00", "10", "20", "20"]
        assert WAITS not in live.line("attention")
        assert live.drafts() == []


@pytest.mark.torture
async def test_a_key_that_puts_a_waiting_line_right_takes_it_back(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        with held(live):
            await live.type("it burnt\n")
            await live.press("backspace")
        await live.pilot.pause(0.25)
        assert live.texts == []
        await live.type("s\n")
        assert live.texts == ["it burns"]


@pytest.mark.torture
async def test_a_line_that_is_refused_when_it_lands_is_said_and_waits_behind_the_arrow(scribe: Scribe) -> None:
    scribe.told("> undo it")
    async with scribe() as live:
        with held(live):
            await live.type("/done A1 twice\n/done A1 once more\nand on")
        await until(live, lambda: "not recorded: A1 is not open" in live.line("attention"), "the reason is said")
        assert live.box == "and on"
        await live.press("up")
        assert live.box == "/done A1 once more"


@pytest.mark.torture
async def test_on_a_full_disk_all_that_waited_stands_in_the_box_again(
    scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe.told()
    async with scribe() as live:
        with monkeypatch.context() as full:
            with held(live):
                await live.type("first\nsecond\nthi")

                def no_room(*_: object, **__: object) -> None:
                    raise Full("no room left", "free some space")

                full.setattr(Recorder, "record", no_room)
            await until(live, lambda: "no room left" in live.line("attention"), "the reason is said")
            assert live.box == "first\nsecond\nthi"
        await live.type("rd\n")
        assert live.texts == ["first", "second", "third"]


async def test_nobody_leaves_over_lines_that_wait(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        with held(live):
            await live.type("first\nx")
            await live.press("backspace", "ctrl+d")
            assert live.app.is_running
            assert "so scribe stays" in live.line("attention")
        await until(live, lambda: live.texts == ["first"], "it lands")
        await live.press("ctrl+d")
        assert not live.app.is_running


async def test_a_signal_while_lines_wait_keeps_them_as_soon_as_it_can(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        with held(live):
            await live.type("first\nsecond\nthi")
            live.app._end(143)
            await live.pilot.pause(0.1)
            assert live.app.is_running
        await until(live, lambda: not live.app.is_running, "it ends")
    assert live.app.return_code == 143
    left = [*live.texts, *(text for _, text in live.drafts())]
    assert "\n".join(left) == "first\nsecond\nthi"


async def test_what_cannot_be_kept_is_given_back_on_the_terminal(
    scribe: Scribe, capsys: pytest.CaptureFixture[str]
) -> None:
    scribe.told()
    async with scribe() as live:
        with held(live):
            await live.type("first\nsec\u202eond")
            live.app._end(143)
            live.clock.advance(2)
            await until(live, lambda: not live.app.is_running, "it ends")
    said = capsys.readouterr().err
    assert said.startswith("scribe: this was typed and could not be kept:\nfirst\nsec")
    assert "ond" in said
    assert "\u202e" not in said


async def test_a_declaration_waits_and_what_is_typed_behind_it_is_the_first_entry(scribe: Scribe) -> None:
    scribe.told(severity=None)
    async with scribe() as live:
        await live.press("f9", "enter")
        with held(live):
            await live.type("Checkout fails in EU\n")
            assert "another process holds the journal; waiting, the title is kept" in live.seen
            await live.type("it bu")
            assert "waiting for the journal; then: it bu" in live.seen
            await live.type("rns\n")
            await live.pilot.pause(0.15)
            assert live.declares
        await until(live, lambda: not live.declares, "it is declared")
        await until(live, lambda: live.texts == ["it burns"], "the first entry")
        assert live.board.title == "Checkout fails in EU"
        assert len(live.boards()) == 2


async def test_an_update_waits_and_is_sent_once(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        await live.enter("/set summary it is slow")
        with held(live):
            await live.press("f2")
            await live.passes(30)
            assert WAITS in live.line("attention")
            await live.press("ctrl+d")
            assert live.app.is_running
        await until(live, lambda: live.board.updates == 1, "it is sent")
        await live.pilot.pause(0.15)
        assert live.board.updates == 1
        assert "it is slow" in live.copied
        assert live.last.at < live.last.recorded_at


@pytest.mark.torture
async def test_an_update_that_is_changed_while_it_waits_is_not_sent(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.press("f2")
        with held(live):
            await live.press("f2")
            await live.enter("/set summary it is gone")
            await live.pilot.pause(0.15)
        await until(live, lambda: "not recorded: it was changed" in live.line("attention"), "it is said")
        assert live.board.updates == 0
        await live.press("f2")
        assert live.board.updates == 1
        assert "it is gone" in live.copied


async def test_a_section_of_the_postmortem_waits_and_is_recorded_by_itself(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.press("f8")
        await live.type("one order in eight")
        top = live.top
        with held(live):
            live.clock.advance(4)
            top.poll()  # type: ignore[attr-defined]  # the postmortem
            await live.pilot.pause()
            assert "waiting, the text is kept" in live.seen
            live.clock.advance(26)
        for _ in range(2):
            live.clock.advance(4)
            top.poll()  # type: ignore[attr-defined]
            await live.pilot.pause()
        assert [event.text for event in live.events if isinstance(event.payload, Written)] == ["one order in eight"]
        assert "the journal is free again" in live.seen


@pytest.mark.torture
async def test_a_line_of_the_register_waits_and_lands(scribe: Scribe) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.enter("/actions")
        await live.pilot.pause()
        with held(live):
            await live.type("/action mend it @bob\n")
            await live.pilot.pause(0.15)
            assert WAITS in live.seen
        await until(live, lambda: len(live.board.items) == 1, "it lands")
        await live.pilot.pause(0.15)
        assert [(item.text, item.owner) for item in live.board.items] == [("mend it", "bob")]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Cli:
    monkeypatch.setenv("SCRIBE_DB", str(tmp_path / "j.db"))
    monkeypatch.setenv("SCRIBE_ME", "sam")
    return Cli(tmp_path / "j.db", capsysbinary, monkeypatch)


def test_at_the_prompt_ten_seconds_are_waited_and_the_same_command_records_it(cli: Cli) -> None:
    cli.new()
    began = cli.clock.now()
    with raw(cli.path) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = cli("log", "it burns")
        other.execute("ROLLBACK")
    assert refused.code == 3
    assert refused.err == f"scribe: {cli.path} is in use by another process\nnothing was written; try again\n"
    assert timedelta(seconds=10) <= cli.clock.now() - began < timedelta(seconds=11)
    assert cli("log", "it burns").code == 0
    assert [entry["text"] for entry in cli.entries()] == ["Checkout fails", "it burns"]


def test_lines_of_standard_input_wait_out_a_lock_of_thirty_seconds(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.new()
    until, sleep = cli.clock.now() + timedelta(seconds=30), cli.clock.sleep
    with raw(cli.path) as other:
        other.execute("BEGIN IMMEDIATE")

        def waits(seconds: float) -> None:
            sleep(seconds * 20)
            if other.in_transaction and cli.clock.now() >= until:
                other.execute("ROLLBACK")

        monkeypatch.setattr(cli.clock, "sleep", waits)
        result = cli("log", "-", stdin=b"one\ntwo\nthree\n")
    assert (result.code, len(result.lines)) == (0, 3)
    assert result.err.startswith("scribe: line 1: ")
    assert result.err.count("waiting: this line and those behind it are kept") == 2
    assert [entry["text"] for entry in cli.entries()][1:] == ["one", "two", "three"]


# ── what was typed and never sent ───────────────────────────────────────────────────────────────────────────────────


def leave(
    path: Path, text: str, *, process: str, began: str = "2026-11-20T11:00:00.000Z", incident: str = INCIDENT
) -> None:
    """A process that is gone, or one of another machine, left this in its box."""
    with raw(path) as journal:
        journal.execute("INSERT INTO drafts VALUES (?, 'capture', ?, ?, ?)", (incident, process, text, began))


def gone(number: int) -> str:
    """A process of this machine that is gone."""
    return f"{identity.machine()}:{2**22 + number}:1"


async def test_two_left_texts_are_offered_the_newer_first_and_both_are_kept(scribe: Scribe) -> None:
    scribe.told()
    leave(scribe.path, "the older", process=gone(1))
    leave(scribe.path, "the newer", process=gone(2), began="2026-11-20T11:30:00.000Z")
    async with scribe() as live:
        assert live.box == "the newer"
        assert "not sent the last time; ↑ brings 1 more" in live.line("attention")
        await live.press("up")
        assert live.box == "the older"
        await live.press("down")
        await live.enter("")
        await live.press("up")
        assert live.box == "the older"
        await live.enter("")
    assert sorted(live.texts) == ["the newer", "the older"]
    assert live.drafts() == []


async def test_what_was_left_waits_in_the_file_for_a_box_in_which_something_was_typed_meanwhile(
    scribe: Scribe,
) -> None:
    scribe.told()
    leave(scribe.path, "typed before the crash", process=gone(1))
    with raw(scribe.path) as other:
        other.execute("BEGIN IMMEDIATE")
        async with scribe() as live:
            await live.type("x")
            other.execute("ROLLBACK")
            await live.looks()
            assert live.box == "x"
            assert "a text was not sent the last time; ↑ brings it" in live.line("attention")
            assert sorted(text for _, text in live.drafts()) == ["typed before the crash", "x"]
            await live.press("up")
            assert live.box == "typed before the crash"
            assert sorted(text for _, text in live.drafts()) == ["typed before the crash", "x"]
            await live.enter("")
            assert live.texts == ["typed before the crash"]
            assert live.drafts() == [(INCIDENT, "x")]
            await live.press("up")
            assert live.box == "x"


async def test_nothing_that_was_typed_is_lost_to_two_crashes_in_a_row(scribe: Scribe) -> None:
    scribe.told()
    held = {"the oldest", "the older", "the newer"}
    for number, text in enumerate(("the oldest", "the older", "the newer")):
        leave(scribe.path, text, process=gone(number), began=f"2026-11-20T11:{number:02}:00.000Z")
    async with scribe() as live:
        await live.looks()
        for key in ("up", "up", "up", "down"):
            await live.press(key)
            await live.looks()
            assert {text for _, text in live.drafts()} >= held, key


async def test_a_worksheet_that_cannot_be_kept_is_told_in_words(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.press("f2")
        await live.enter("/set impact half of Europe")
        with raw(live.path) as other:
            other.execute("BEGIN IMMEDIATE")
            await live.enter("/set actions they roll back")
            said = live.screen.unkept()
            other.execute("ROLLBACK")
        assert said == ["update stakeholders impact: half of Europe\nupdate stakeholders actions: they roll back"]


async def test_an_older_worksheet_waits_until_the_newer_is_done_with(scribe: Scribe) -> None:
    scribe.told()
    with raw(scribe.path) as journal:
        for number, text in enumerate(("older words", "newer words")):
            kept = f'{{"update":{{"stakeholders":{{"impact":"{text}"}}}}}}'
            began = f"2026-11-20T11:0{number}:00.000Z"
            journal.execute(
                "INSERT INTO drafts VALUES (?, 'worksheets', ?, ?, ?)", (INCIDENT, gone(number), kept, began)
            )
    async with scribe() as live:
        await live.press("f2")
        assert "newer words" in live.worksheet
        await live.looks()
        assert len(live.drafts()) == 2
        assert any("older words" in text for _, text in live.drafts())


async def test_a_text_larger_than_an_entry_is_kept_and_offered_whole(scribe: Scribe) -> None:
    scribe.told()
    text = "wörter " * 12_000  # 96 KiB
    async with scribe() as live:
        await live.paste(text)
        await live.looks()
        live.app._end(143)
        await live.pilot.pause()
    assert live.drafts() == [(INCIDENT, text)]
    async with scribe() as live:
        assert live.box == text
        await live.enter("")
        assert live.box == text
        assert "64 KiB" in live.line("hint")


@pytest.mark.torture
async def test_what_is_being_typed_on_another_machine_is_left_alone(scribe: Scribe) -> None:
    scribe.told()
    leave(scribe.path, "typed elsewhere", process="0123456789abcdef:1:1")
    async with scribe() as live:
        assert live.box == ""
        await live.type("mine")
        await live.looks()
    assert sorted(text for _, text in live.drafts()) == ["mine", "typed elsewhere"]


async def test_a_title_that_was_not_declared_is_offered(scribe: Scribe) -> None:
    async with scribe() as live:
        await live.type("Checkout fai")
        live.app._end(129)
        await live.pilot.pause()
    assert live.drafts() == [("", "Checkout fai")]
    async with scribe() as live:
        assert "typed and not declared the last time" in "\n".join(live.rows)
        await live.type("ls\n")
        await live.pilot.pause()
        assert live.board.title == "Checkout fails"
    assert live.drafts() == []


@pytest.mark.torture
async def test_a_title_is_offered_where_an_incident_burns_too(scribe: Scribe) -> None:
    scribe.told()
    async with scribe() as live:
        await live.press("f9", "enter")
        await live.type("Another one")
        live.app._end(143)
        await live.pilot.pause()
    async with scribe() as live:
        await until(live, lambda: "a title was typed" in live.line("attention"), "it is said")
        await live.press("f9", "enter")
        assert "Another one" in "\n".join(live.rows)


@pytest.mark.torture
@pytest.mark.parametrize(
    ("keys", "text", "box"),
    [
        ((), "half a line", "capture"),
        (("f8",), "half a section", "postmortem:summary"),
        (("f2",), "/set eta soo", "capture"),
    ],
)
async def test_a_signal_keeps_what_is_typed_wherever_it_is(
    scribe: Scribe, keys: tuple[str, ...], text: str, box: str
) -> None:
    scribe.told()
    async with scribe(size=(120, 40)) as live:
        await live.press(*keys)
        await live.type(text)
        live.app._end(143)
        await live.pilot.pause()
    with raw(live.path) as journal:
        (found,) = journal.execute("SELECT box, text FROM drafts").fetchall()
    assert found[0] == box
    assert text in found[1]


# ── two screens, and others who write ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.torture
def test_two_screens_and_eight_writers_have_every_entry_once(tmp_path: Path) -> None:
    counts = terminal_run.crowd(Shell(tmp_path), writers=8, lines=20)
    assert counts["entries"] == 10 * 20


@pytest.mark.torture
def test_a_lock_of_thirty_real_seconds(tmp_path: Path) -> None:
    counts = terminal_run.lock(Shell(tmp_path), seconds=30)
    assert counts["landed"] == 3
