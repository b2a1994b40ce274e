from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.after.build import build
from scribe.after.postmortem import Postmortem
from scribe.cli.demo import LONG_AGO, tell, write
from scribe.clock import FixedClock
from scribe.exporters.markdown import TEMPLATES, Template, postmortem, timeline_table
from scribe.journal.store import Journal
from scribe.live.policy import DEFAULT
from scribe.record.events import Note, Opaque, Role
from scribe.record.redact import redact
from scribe.record.state import Board, Entries, Entry, Retraction, State
from scribe.recorder import Recorder
from tests.after.records import told
from tests.exporters.reader import kinds, parsed, seen, shown, squeezed, tables, tokens
from tests.exporters.test_escape import typed

GOLDEN = Path(__file__).parent / "golden"
SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")

LINES = (
    "00:20 /role ic @alice",
    "00:40 /impact one order in eight fails",
    "01:00 13:50 alert: 5xx over 5 % https://dash.example/d/1 #alert",
    "01:10 /milestone detected 13:50",
    "02:00 ? @bob slow query",
    "03:00 /rule-out H1 db is idle",
    "04:00 ? @bob retries pile up",
    "05:00 > @bob roll back",
    "06:00 /done A1 all pods",
    "07:00 /confirm H2 pool wait halved",
    "08:00 ! @alice keep it rolled back",
    "09:00 /decide Fail over? @alice by 14:30",
    "18:00 /update stable",
    "19:00 wrong board",
    "19:30 /retract #11 read from staging",
    "20:00 31 % fail",
    "20:30 /amend #12 13 % fail",
    "21:00 /impact nobody any more",
    "25:00 /state resolved both signals are normal",
    "26:00 13:41 found afterwards: first time-out",
    "27:00 /milestone started 13:41",
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> State:
    return sample_state(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> State:
    return sample_state(tmp_path_factory.mktemp("finished"), written=True)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> State:
    return told(tmp_path_factory.mktemp("small"), *LINES)


def sample_state(folder: Path, upto: timedelta | None = None, *, written: bool = False) -> State:
    journal = Journal.writing(folder / "journal.db", FixedClock(LONG_AGO), wait=1)
    incident = tell(journal, LONG_AGO, upto)
    if written:
        write(journal, incident)
    return Recorder(journal, incident, me="sam", policy=DEFAULT).load()


def still(state: State) -> Postmortem:
    """The document without what differs from journal to journal: its writer's tag and its salts."""
    passed = redact(state)
    document = build(passed, zone=SEOUL, wanted=DEFAULT.milestone_targets(state.board.severity))
    return replace(document, id="INC-20260312-DEMO", head="0123456789abcdef" * 4)


WHOLE: tuple[Template, ...] = ("layered", "icre", "review", "classic")
"""Templates that tell the whole response."""

TABLED: tuple[Template, ...] = ("layered", "icre", "classic")
"""Templates whose timeline has a row for every entry of a SEV-2."""


@pytest.mark.parametrize("name", [*TEMPLATES, "unwritten", "draft"])
def test_the_sample_incident(name: str, sample: State, finished: State, tmp_path: Path) -> None:
    """SCRIBE_GOLDEN=write regenerates the files; read them before they are committed.

    Its postmortem as it was written, in every template; as the record alone holds it; and while it burned.
    """
    if name == "draft":
        document = postmortem(still(sample_state(tmp_path, timedelta(minutes=42))), "layered")
    elif name == "unwritten":
        document = postmortem(still(sample), "layered")
    else:
        (template,) = (each for each in TEMPLATES if each == name)
        document = postmortem(still(finished), template)
    path = GOLDEN / f"{name}.md"
    if GOLDEN_IS_WRITTEN:
        path.write_text(document, encoding="utf-8")
    assert document == path.read_text(encoding="utf-8")


# The test's own environment hides everything that begins with SCRIBE_, so it is looked at before.
GOLDEN_IS_WRITTEN = os.environ.get("SCRIBE_GOLDEN") == "write"


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_need_to_know_in_the_sample_is_named_and_not_told(template: Template, sample: State) -> None:
    (entry,) = [entry for entry in sample.entries if entry.restricted]
    source = postmortem(still(sample), template)
    assert f"> 1 restricted entry withheld: {entry.ref}." in source
    assert "Nordwind" not in source
    asked = postmortem(build(redact(sample, include_restricted=True), zone=SEOUL), template)
    assert f"{entry.text} *(restricted)*" in asked or template == "lite"  # which does not tell every entry


@pytest.mark.parametrize("template", WHOLE)
def test_how_the_sample_was_coordinated_is_told(template: Template, sample: State) -> None:
    source = postmortem(still(sample), template)
    (handed,) = rows_of(source, "Ref", "At (KST)", "Role", "From", "To", "Acknowledged", "Added by hand")
    assert handed[2:5] == ["Incident commander", "@alice", "@dan"]
    assert handed[5].startswith("19:13:47 (#")
    assert handed[6].startswith("next decision point: keep wallet-v2 off overnight?; risks of the next hour: Quillpay")
    scope = rows_of(source, "Scope", "Name", "Verdict", "Evidence", "At (KST)", "Ref", "Before")
    assert [(row[1], row[2], row[6]) for row in scope] == [
        ("EU and UK shoppers", "affected", "–"),
        ("US shoppers", "not affected", "–"),
        ("card vendor Quillpay", "affected", "unknown"),
        ("checkout-api 4.18.0", "unknown", "–"),
        ("wallet-v2 at 50 %", "affected", "–"),
    ]
    boxes = rows_of(
        source, *("Ref", "Begun (KST)", "Until", "Who", "Outcome", "Took", "Looked into"), "What came of it"
    )
    assert [(row[0], row[3], row[4], row[5]) for row in boxes] == [("B1", "@jun", "done", "7m 10s")]
    assert "level 3, engineering manager @ines: SEV-1" in source
    ticked = [rows for rows in tables(source) if any(" ✓ " in cell for row in rows for cell in row)]
    recovered, checklists = sorted(ticked, key=len)
    assert [row[0] for row in recovered[1:]] == ["what users see", "internal health"]
    assert len(checklists[1:]) == 3


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_raw_file_is_pleasant(template: Template, sample: State) -> None:
    source = postmortem(still(sample), template)
    assert source.startswith("# ")
    assert source.endswith("\n")
    assert not source.endswith("\n\n")
    assert "\n\n\n" not in source
    assert not re.search(r"[ \t]+$", source, re.MULTILINE)
    lines = source.split("\n")
    for place, line in enumerate(lines):
        if line.startswith("#"):
            assert lines[place + 1] == ""
            assert place == 0 or lines[place - 1] == ""


def test_same_record_same_document(sample: State) -> None:
    assert postmortem(still(sample), "layered") == postmortem(still(sample), "layered")


def text_of(state: State, template: Template = "layered") -> str:
    return postmortem(build(redact(state), zone=ZoneInfo("UTC")), template)


def rows_of(source: str, *header: str) -> list[list[str]]:
    """The rows of the table with that header."""
    return next(rows[1:] for rows in tables(source) if rows[0] == list(header))


TIMELINE = ("Time (UTC)", "Ref", "Kind", "Who", "What")


@pytest.mark.parametrize("template", WHOLE)
def test_what_the_record_holds_is_filled_in(template: Template, small: State) -> None:
    source = text_of(small, template)
    glance = dict(rows_of(source, "Field", "Value"))
    assert glance["Severity"] == "SEV-2 (high)"
    assert glance["Duration"] == "2026-11-20 13:41 – 2026-11-20 14:25:00 (44m)"
    assert glance["Incident commander"] == "@alice"
    assert glance["Author"] == "not written"
    measures = {row[0]: row[2] for row in rows_of(source, "Measure", "From → to", "Length", "Note")}
    assert measures == {
        "TTD (time to detect)": "9m",
        "TTA (time to acknowledge)": "unknown",
        "TTM (time to mitigate)": "unknown",
        "TTR (time to resolve)": "35m",
        "Impact duration": "44m",
    }
    assert rows_of(source, "Due", "Overdue", "How it ended", "Ref") == [["14:15:00", "3m", "sent late", "#10"]]


def test_every_row_says_how_it_came_to_be_written(small: State) -> None:
    rows = {row[1]: row for row in rows_of(text_of(small), *TIMELINE)}
    assert rows["#4"][4] == "alert: 5xx over 5 % https://dash.example/d/1 #alert (late: written 14:01:00)"
    assert rows["#15"][4] == "found afterwards: first time-out (reconstructed: written 14:26:00)"
    assert rows["#12"][4] == "13 % fail (amended: 1 earlier wording in the record)"
    assert rows["#10"][4] == "stable"


def test_hypotheses_are_called_so_with_their_verdict(small: State) -> None:
    rows = {row[1]: row[2] for row in rows_of(text_of(small), *TIMELINE)}
    assert rows["H1"] == "hypothesis, ruled out"
    assert rows["H2"] == "hypothesis, confirmed"


@pytest.mark.parametrize("template", ["layered", "classic"])
def test_confirmed_ones_are_candidates_and_ruled_out_ones_never_are(template: Template, small: State) -> None:
    header = ("Ref", "Confirmed hypothesis", "Confirmed", "Standing", "Taken up by", "Evidence")
    rows = rows_of(text_of(small, template), *header)
    assert [(row[0], row[3]) for row in rows] == [("H2", "candidate to verify")]


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_was_ruled_out_is_offered_nowhere(template: Template, small: State) -> None:
    source = text_of(small, template)
    assert not [line for line in source.split("\n") if line.startswith("- ") and "slow query" in line]
    offered = [line for line in source.split("\n") if line.startswith("- ") and "retries pile up" in line]
    assert all(line.startswith("- hypothesis, confirmed – ") for line in offered)


@pytest.mark.parametrize("template", TEMPLATES)
def test_retracted_entries_are_left_out_and_counted(template: Template, small: State) -> None:
    source = text_of(small, template)
    assert "wrong board" not in source
    assert "1 entry was taken back and left out (#11)" in source


def test_restricted_entries_are_left_out_and_counted(small: State) -> None:
    entries = [replace(entry, restricted=entry.ref in ("#3", "H1")) for entry in small.entries]
    source = text_of(State(small.board, Entries(entries, len(entries))))
    assert "one order in eight" not in source
    assert "2 restricted entries are withheld (#3, H1)" in source


def test_an_open_incident_is_a_draft_on_top(tmp_path: Path) -> None:
    for template in TEMPLATES:
        source = text_of(told(tmp_path / template, *LINES[:10]), template)
        assert source.split("\n")[2].startswith("> **DRAFT – the incident is still open**")
        assert "The next update is due 14:15:00." in source or template == "lite"


def test_a_finished_one_is_a_draft_only_when_asked_for(small: State) -> None:
    assert "DRAFT" not in text_of(small)
    asked = postmortem(build(redact(small), zone=ZoneInfo("UTC"), draft=True), "classic")
    assert asked.split("\n")[2].startswith("> **DRAFT")


@pytest.mark.parametrize("template", WHOLE)
def test_a_bare_declaration_is_a_whole_document_of_marks(template: Template, tmp_path: Path) -> None:
    source = text_of(told(tmp_path, severity=None), template)
    glance = dict(rows_of(source, "Field", "Value"))
    assert (glance["Severity"], glance["Duration"], glance["Incident commander"]) == ("unknown",) * 3
    assert "no statement was recorded" in source
    assert "No status update was recorded." in source
    assert "No update was ever due." in source
    assert "No hypothesis was confirmed." in source or template in ("icre", "review")
    assert "No source was recorded." in source


def test_a_record_made_afterwards_says_so(tmp_path: Path) -> None:
    state = told(tmp_path, "01:00 13:00 it broke", postmortem_only=True)
    source = text_of(state)
    assert "Recorded afterwards" in source
    assert "DRAFT" not in source
    assert "(reconstructed: written 14:01:00)" in squeezed(source).replace("*", "")


def test_times_are_in_the_stated_zone(small: State) -> None:
    source = postmortem(build(redact(small), zone=SEOUL), "classic")
    assert "## Timeline (KST)" in source
    assert "KST (Asia/Seoul, UTC+09:00)" in source
    assert "22:50" in source
    assert "13:50" not in source


def test_where_clocks_were_changed_times_carry_their_offset(small: State) -> None:
    first, *rest = small.entries[:3]
    entries = [
        replace(first, at="2026-10-25T00:30:00.000Z"),
        *(replace(e, at="2026-10-25T01:30:00.000Z") for e in rest),
    ]
    source = timeline_table(entries, BERLIN)
    assert "2026-10-25 02:30:00 +0200" in source or "2026-10-25 02:30 +0200" in source
    assert "2026-10-25 02:30:00 +0100" in source or "2026-10-25 02:30 +0100" in source


@pytest.mark.parametrize(
    ("precision", "cell"),
    [("second", "14:00:20"), ("minute", "14:00"), ("hour", "14:??"), ("day", "2026-11-20"), ("unknown", "unknown")],
)
def test_a_time_is_shown_as_finely_as_it_is_known(precision: str, cell: str, small: State) -> None:
    entry = next(entry for entry in small.entries if entry.ref == "#2")
    (rows,) = tables(timeline_table([replace(entry, precision=precision)], ZoneInfo("UTC")))
    assert rows[1][0] == cell


def test_the_timeline_alone_marks_what_was_taken_back(small: State) -> None:
    (entry,) = [entry for entry in small.entries if entry.retracted]
    (rows,) = tables(timeline_table([entry], ZoneInfo("UTC")))
    assert rows[1][4] == "wrong board (retracted: read from staging)"


def test_a_timeline_without_entries_is_a_table_without_rows() -> None:
    assert tables(timeline_table([], ZoneInfo("UTC"))) == [[list(TIMELINE)]]


def test_words_that_are_gone_are_said_to_be_gone(small: State) -> None:
    entry = replace(small.entries[3], text="", payload=Opaque(), sources=())
    assert "(words erased, withheld, or of a newer version)" in timeline_table([entry], ZoneInfo("UTC"))


# ── whatever people type ────────────────────────────────────────────────────────────────────────────────────────────


def spoilt(state: State, words: list[str]) -> State:
    """The state with typed words in every place that somebody can type in."""
    place = iter(range(10**6))

    def word() -> str:
        return words[next(place) % len(words)]

    def entry(old: Entry) -> Entry:
        payload = old.payload
        if isinstance(payload, Role):
            payload = replace(payload, who=word())
        if isinstance(payload, Note) and payload.point:
            payload = replace(payload, point=replace(payload.point, what=word(), who=word()))
        gone = old.retracted and Retraction(word(), word(), old.at)
        urls = (f"https://a.example/{word()}", word())
        return replace(
            old,
            text=word(),
            by=word(),
            recorded_by=word(),
            ref=f"{old.ref}{word()}",
            sources=urls,
            payload=payload,
            retracted=gone,
        )

    entries = [entry(old) for old in state.entries]
    board: Board = replace(state.board, title=word(), incident=word(), impact=word())
    return State(board, Entries(entries, len(entries)))


@settings(max_examples=6)
@given(st.lists(typed, min_size=1, max_size=7))
@pytest.mark.parametrize("template", TEMPLATES)
def test_whatever_is_typed_the_document_keeps_its_shape(template: Template, small: State, words: list[str]) -> None:
    state = spoilt(small, words)
    source = text_of(state, template)
    plain = text_of(small, template)
    assert headings(source)[1:] == headings(plain)[1:]
    assert [rows[0] for rows in tables(source)] == [rows[0] for rows in tables(plain)]
    assert kinds(source) - {"hardbreak", "text_special", "heading_open"} <= kinds(plain) | {"blockquote_open"}
    assert not kinds(source) & {"html_block", "html_inline", "image", "code_block", "s_open"}
    assert {token.info for token in tokens(source) if token.type == "fence"} <= {"mermaid"}
    codes = {token.content for token in tokens(source) if token.type == "code_inline"}
    assert codes <= {"scribe verify --against HEAD"}
    targets = [str(token.attrs["href"]) for token in tokens(source) if token.type == "link_open"]
    assert all(target.lower().startswith(("http://", "https://")) for target in targets)
    if template in TABLED:
        standing = [entry for entry in state.entries if entry.retracted is None]
        rows = rows_of(source, *TIMELINE)
        assert len(rows) == len(standing)
        for row, entry in zip(rows, standing, strict=True):
            assert row[1] == (shown(entry.ref) or "–")
            assert row[4].startswith(shown(entry.text))


def headings(source: str) -> list[str]:
    found = parsed(source)
    return [seen(found[place + 1]) for place, token in enumerate(found) if token.type == "heading_open"]


def test_a_draft_says_what_belongs_where_nobody_wrote_and_a_final_document_that_nobody_did(small: State) -> None:
    draft, final = (
        postmortem(build(redact(small), zone=ZoneInfo("UTC"), draft=asked), "layered") for asked in (True, False)
    )
    assert "**to be written** – Who wrote this text" in draft
    assert "to be written" not in final
    assert "*not written*" in final
    assert "*not written*" not in draft
