"""Timelines as CSV: scribe's own come back, foreign ones are read as they stand, and nothing is guessed."""

from contextlib import suppress
from datetime import UTC, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scribe.exporters.timeline import to_csv
from scribe.importers.already import without_known
from scribe.importers.batch import Batch
from scribe.importers.timeline_csv import read
from scribe.record.errors import ScribeError
from scribe.record.events import Action, Fact, Impact, Milestone, Scope, Severity, StateChange
from scribe.record.state import Entry
from scribe.record.text import visible
from tests.exporters.full import full
from tests.fakes.desk import Desk
from tests.fakes.tale import Tale
from tests.importers.trips import LATER, taken

FOREIGN = Path(__file__).with_name("files") / "timeline.csv"
BERLIN = ZoneInfo("Europe/Berlin")


def rows(text: str | bytes, zone: tzinfo = UTC) -> Batch:
    return read(text.encode() if isinstance(text, str) else text, now=LATER, zone=zone)


def told(batch: Batch) -> dict[int, str]:
    return {one.line: one.words for one in batch.skipped}


# ── foreign tables ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_foreign_table_is_read_as_it_stands() -> None:
    batch = rows(FOREIGN.read_bytes(), BERLIN)
    said = [(draft.at, draft.precision, draft.payload.__class__.__name__, draft.author) for draft in batch.drafts]
    assert said == [
        ("2025-10-25T22:00:00.000Z", "second", "Fact", "monitoring"),
        ("2025-10-25T20:01:00.000Z", "minute", "Decision", "IC"),
        ("2025-10-25T22:02:00.000Z", "second", "Action", "ops"),
        ("2025-10-25T22:02:00.000Z", "unknown", "Hypothesis", "ops"),
        ("2025-10-25T22:06:40.000Z", "second", "Fact", "bot"),
        ("2025-10-25T22:06:40.123Z", "second", "Fact", "bot"),
        ("2025-10-25T21:59:00.000Z", "minute", "Fact", "ops"),
        ("2025-10-25T21:59:00.000Z", "unknown", "Fact", "ops"),
        ("2025-10-25T22:31:00.000Z", "second", "Fact", "ops"),
        ("2025-10-25T22:32:00.000Z", "second", "Fact", "ops"),
    ]
    texts = [draft.text for draft in batch.drafts]
    assert texts[1:4] == [
        'Declare SEV2, "page payments"',
        "line one\nline two",
        '=HYPERLINK("http://evil.example","click")',
    ]
    assert texts[8] == "@SUM(1+1)*cmd|' /C calc'!A0"
    assert batch.drafts[3].at_raw == "22:20"


def test_what_is_not_understood_is_named_with_its_line_and_the_reason() -> None:
    batch = rows(FOREIGN.read_bytes(), BERLIN)
    skipped = told(batch)
    assert skipped.keys() == {7, 8, 12, 14, 15}
    assert "came twice" in skipped[7]
    assert "2025-10-26 02:30+02:00 or 2025-10-26 02:30+01:00" in skipped[7]
    assert "never came" in skipped[8]
    assert "2025-11-10 or 2025-10-11" in skipped[12]
    assert "leap second" in skipped[14]
    assert skipped[15].startswith("banana is no kind")
    assert {one.line: one.words for one in batch.remarks} == {
        6: "taken with its time unknown: 22:20 has no date",
        13: "taken with its time unknown: it has no time",
    }


def test_times_without_a_zone_are_in_the_one_that_was_named() -> None:
    assert told(rows(FOREIGN.read_bytes(), UTC)).keys() == {12, 14, 15}
    (draft,) = rows("time,text\n2026-01-01 09:00,x\n", ZoneInfo("Asia/Seoul")).drafts
    assert draft.at == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("cell", "at", "precision"),
    [
        ("2026-01-02", "2026-01-02T00:00", "day"),
        ("2026-01-02 10:??", "2026-01-02T10:00", "hour"),
        ("2026/1/2 10:05", "2026-01-02T10:05", "minute"),
        ("13.02.2026 10:05", "2026-02-13T10:05", "minute"),
        ("02/13/2026 10:05", "2026-02-13T10:05", "minute"),
        ("02/02/2026 10:05", "2026-02-02T10:05", "minute"),
        ("2026-01-02 10:05 UTC", "2026-01-02T10:05", "minute"),
        ("2026-01-02 10:05:07 +0530", "2026-01-02T04:35", "second"),
        ("20260102T100507Z", "2026-01-02T10:05", "second"),
        ("1767348307.5", "2026-01-02T10:05", "second"),
    ],
)
def test_times_as_other_tools_write_them(cell: str, at: str, precision: str) -> None:
    (draft,) = rows(f"time,text\n{cell},x\n").drafts
    assert (draft.at[:16], draft.precision, draft.at_raw) == (at, precision, cell)


@pytest.mark.parametrize(
    "cell", ["soon", "2026-02-31 10:00", "2027-01-01 10:00", "1900000000", "01/02/2026", "2026-01-02 HH:mm", "99:99 x"]
)
def test_what_is_no_time_is_not_made_one(cell: str) -> None:
    batch = rows(f"time,text\n{cell},x\n")
    assert [draft.precision for draft in batch.drafts if draft.precision != "unknown"] == []
    assert len(batch.skipped) + len(batch.remarks) == 1


def test_rows_without_a_time_keep_their_place_behind_their_neighbour() -> None:
    batch = rows("time,text\n??:??,before\n2026-01-02 10:00,first\n,second\n2026-01-02 09:00,earlier\n")
    with TemporaryDirectory() as folder:
        found = taken(batch, Path(folder) / "j.db")
    assert [entry.text for entry in found] == ["earlier", "before", "first", "second"]


def test_columns_have_many_names_and_tables_many_separators() -> None:
    batch = rows("Date;Time;Event;Author\n2026-01-02;10:05;down;@bob\n")
    assert [(draft.at[:16], draft.text, draft.author) for draft in batch.drafts] == [
        ("2026-01-02T10:05", "down", "bob")
    ]
    batch = rows("timestamp\tmessage\n2026-01-02 10:05\tdown, badly\n")
    assert [(draft.text, draft.author) for draft in batch.drafts] == [("down, badly", "unknown")]
    assert rows("\n\ntime,text\n\n2026-01-02,x\n").lines == (5,)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"when,who\n1,2\n", "no column for the text"),
        (b"text\nx\n", "no column for the time"),
        (b'time,text\n2026-01-01,"x\n', "line 2 is no CSV"),
        (b'time,text\n2026-01-01,"x"y\n', "line 2 is no CSV"),
        (b"time,text\n2026-01-01,\xff\n", "line 2 is not UTF-8"),
        (b"time,text\n2026-01-01,\0\n", "line 2 holds a NUL"),
        ("time,text\n".encode("utf-16"), "UTF-16"),
        (b",,,\n,,\n", "no column"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ScribeError, match=said) as refused:
        rows(data)
    assert refused.value.exit_code == 2


def test_rows_that_hold_too_much_or_nothing_are_skipped() -> None:
    batch = rows(f"time,text\n2026-01-01,{'x' * 70_000}\n2026-01-01,  \n2026-01-01,a,b\n2026-01-01,y\n")
    assert told(batch) == {
        2: "an entry holds at most 64 KiB",
        3: "it says nothing",
        4: "it has 3 cells, and the header has 2",
    }
    assert [draft.text for draft in batch.drafts] == ["y"]


# ── scribe's own ────────────────────────────────────────────────────────────────────────────────────────────────────

CARRIED = frozenset(
    {
        *("fact", "note", "hypothesis", "decision", "action", "milestone", "impact", "scope", "severity", "state"),
        *("escalation", "security", "role", "checkpoint", "update"),
    }
)
"""Kinds that a table carries; the others come back as notes, because their fields are nowhere in it."""


def undeclared(tale: Tale) -> list[Entry]:
    """The entries but for the declaration, which another incident has of its own."""
    return [entry for entry in tale.state().entries if entry.kind != "declared"]


def kept(entries: list[Entry]) -> dict[str, tuple[object, ...]]:
    """What a table carries of each entry, but for time-boxes: what they are called in it is no note's name."""
    return {
        entry.ref: (
            entry.at[:19] if entry.precision != "unknown" else "",
            entry.precision,
            entry.kind if entry.kind in CARRIED else "note",
            entry.status,
            entry.by,
            visible(entry.text),
            entry.recorded_by,
            entry.late,
            entry.reconstructed,
            entry.tags,
            entry.sources,
            entry.retracted.why if entry.retracted else None,
        )
        for entry in entries
        if entry.text not in ("words of a time-box", "B1 done: words of what came of it")
    }


@pytest.mark.parametrize("zone", [UTC, BERLIN, ZoneInfo("America/St_Johns")])
def test_a_whole_record_comes_back_up_to_what_a_table_carries(tmp_path: Path, zone: tzinfo) -> None:
    tale = full(security=True)
    for taken_back in ("#3", "D1"):
        tale.say(Fact(sources=("https://x.example/1", "https://y.example/2")), f"beside {taken_back}", ago=600)
    entries = undeclared(tale)
    back = taken(rows(to_csv(entries, zone), zone), tmp_path / "j.db")
    assert kept(back) == kept(entries)


TEXTS = st.one_of(
    st.sampled_from(
        [
            "=1+1",
            "\uff1d1",
            "'\uff201",
            "'=1+1",
            "''=x",
            "' =x",
            "\t=x",
            "-12m",
            "@a",
            "+1",
            "'quoted'",
            'a "b", c',
            "two\nlines",
            "x\r",
            "​",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40),
    st.text("'=+-@ \t\r\n\",;", min_size=1, max_size=12),
)


@settings(max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=6))
@example(["x" * 10_000, "‮" * 10_000])
def test_any_words_come_back_as_they_are_shown(texts: list[str]) -> None:
    tale = Tale()
    for text in texts:
        tale.say(Fact(), text)
    entries = list(tale.state().entries)[1:]
    batch = rows(to_csv(entries, UTC))
    assert [draft.text for draft in batch.drafts] == [visible(entry.text).replace("\r\n", "\n") for entry in entries]


@settings(max_examples=100)
@given(st.text(max_size=200) | st.text('time,ex\n\r"\t;2026-01 :Z', max_size=60).map("time,text\n{}".format))
def test_no_text_whatever_breaks_it(text: str) -> None:
    with suppress(ScribeError):
        assert all(draft.payload.origin for draft in rows(text.encode(errors="replace")).drafts)


def test_what_an_entry_says_of_itself_becomes_its_fields_again(tmp_path: Path) -> None:
    tale = Tale()
    tale.say(Milestone(moment="first-alert"), "pool alert", ago=300)
    tale.say(Impact(field="users", trend="worse"), "12 %")
    tale.say(Scope(row="dependency", name="ledger: db", verdict="not_affected", evidence="graphs, both"))
    tale.say(Severity(level=1), "more of them")
    tale.say(StateChange(state="mitigating"))
    entries = undeclared(tale)
    back = {entry.ref: entry for entry in taken(rows(to_csv(entries, UTC)), tmp_path / "j.db")}
    alert, users, scope, severity, state = (back[entry.ref].payload for entry in entries)
    assert isinstance(alert, Milestone)
    assert alert.moment == "first-alert"
    assert isinstance(users, Impact)
    assert (users.field, users.value) == ("users", "12 %")
    assert isinstance(scope, Scope)
    assert (scope.row, scope.name, scope.verdict, scope.evidence) == (
        "dependency",
        "ledger: db",
        "not_affected",
        "graphs, both",
    )
    assert isinstance(severity, Severity)
    assert (severity.level, severity.previous, severity.paces) == (1, 2, {})
    assert isinstance(state, StateChange)
    assert (state.state, state.previous) == ("mitigating", "investigating")


# ── what is there already ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_record_holds_is_known_by_reference_time_and_words() -> None:
    tale = full()
    entries = list(tale.state().entries)
    new = without_known(rows(to_csv(entries, BERLIN)), entries)
    assert (new.batch.drafts, new.batch.remarks, new.already) == ((), (), len(entries))


def test_what_came_from_the_same_row_is_known_though_it_was_amended_since(tmp_path: Path) -> None:
    batch = rows(FOREIGN.read_bytes())
    back = taken(batch, tmp_path / "j.db")
    assert without_known(batch, back).already == len(batch.drafts)
    assert without_known(batch, back[1:]).taken == 1


def test_of_two_rows_that_say_the_same_two_are_held(tmp_path: Path) -> None:
    twice = rows("time,text\n2026-01-02 10:00,x\n2026-01-02 10:00,x\n")
    back = taken(twice, tmp_path / "j.db")
    assert len(back) == 2
    assert without_known(twice, back).taken == 0
    thrice = rows("time,text\n" + "2026-01-02 10:00,x\n" * 3)
    assert without_known(thrice, back).taken == 1


def test_what_was_ended_is_open_again_when_its_end_is_taken_back_here(tmp_path: Path) -> None:
    tale = Tale()
    tale.say(Action(), "restart")
    tale.say(Action(status="done", target="A1"), "it worked")
    desk = Desk(tmp_path / "j.db")
    desk.recorder.bring(rows(to_csv(undeclared(tale), UTC)).drafts, now=LATER)
    open_before = desk.board.actions
    desk.type("/retract #2 it did not")
    assert [item.ref for item in desk.board.actions] == ["A1"]
    assert open_before == ()
    desk.journal.close()


def test_an_end_that_comes_later_finds_what_it_ends_by_the_name_that_it_has_here(tmp_path: Path) -> None:
    tale = Tale()
    tale.say(Action(), "restart")
    first = to_csv(list(tale.state().entries)[1:], UTC)
    tale.say(Action(status="done", target="A1"), "it worked")
    whole = to_csv(list(tale.state().entries)[1:], UTC)
    desk = Desk(tmp_path / "j.db")
    desk.type("> something else")
    for table in (first, whole, whole):
        new = without_known(rows(table), desk.state().entries)
        desk.recorder.bring(new.batch.drafts, now=LATER, names=new.names)
    found = {entry.text: (entry.ref, entry.status) for entry in desk.state().entries if entry.status}
    desk.journal.close()
    assert found == {"something else": ("A1", "in_flight"), "restart": ("A2", "done")}
