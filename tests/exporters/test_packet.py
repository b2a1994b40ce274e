"""The packet as a document: page one short, everything else below, typed words shown as typed and never acting."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.cli.demo import LONG_AGO, tell
from scribe.clock import FixedClock
from scribe.exporters.packet import comparison, comparison_json, markdown, shape, to_json
from scribe.journal.store import Journal
from scribe.live.checkpoint import GIVEN, Acknowledged, Packet, handovers, packet, stored
from scribe.live.packet_rows import compare
from scribe.live.policy import DEFAULT
from scribe.record.events import Checkpoint, Decision, Draft, Fact
from scribe.record.redact import redact
from scribe.record.terms import IMPACT_LABELS
from scribe.record.when import stamp
from scribe.recorder import Recorder
from tests.exporters.reader import lines_seen, shown, squeezed, tokens
from tests.exporters.test_escape import typed

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """Return the sample incident's recorder, at the shift change."""
    clock = FixedClock(LONG_AGO)
    journal = Journal.writing(tmp_path_factory.mktemp("sample") / "j.db", clock, wait=1)
    incident = tell(journal, LONG_AGO, timedelta(minutes=59))
    yield Recorder(journal, incident, me="sam", policy=DEFAULT)
    journal.close()


def made(recorder: Recorder, minutes: float = 59.5, **given: str) -> Packet:
    at = stamp(LONG_AGO + timedelta(minutes=minutes))
    return packet(redact(recorder.load()), at=at, incoming="dan", given=given)


def first_handed(recorder: Recorder) -> Packet:
    """The packet of the shift change, as it was stored."""
    (handed,) = handovers(recorder.load())
    return stored(recorder._journal.events(recorder.incident), handed.packet.id)


@pytest.fixture(scope="module")
def calm(sample: Recorder) -> Packet:
    return made(sample)


@pytest.fixture
def plain(sample: Recorder) -> Packet:
    return made(sample, risks="wallet-v2 comes back", next_decision="Is the pool of 40 enough?")


def test_page_one_of_the_sample_incident(plain: Packet) -> None:
    page, _, _ = markdown(plain, BERLIN).partition("\n## ")
    lines = page.splitlines()
    assert len([line for line in lines if line]) <= 12
    assert lines[0] == "# Packet 2: IC @alice → @dan"
    assert "Checkout fails for one order in eight" in lines[2]
    assert lines[2].endswith("2026-03-12 11:13:35 CET · T+01:05:40 · not handed over")
    assert [line.partition(":**")[0] for line in lines[4:]] == [
        "- **Severity",
        "- **State",
        "- **Hypothesis",
        "- **Impact",
        "- **In flight",
        "- **Decision point",
        "- **Updates",
        "- **Next decision point",
        "- **Withheld",
    ]
    assert lines[4:6] == ["- **Severity:** SEV-1", "- **State:** monitoring"]
    assert "H5 (confirmed) wallet-v2 makes two vendor calls for every order @bob" in lines[6]
    assert "evidence: #47 10:55 wallet orders fail at 38 %" in lines[6]
    assert lines[7] == (
        "- **Impact:** 0.6 % of orders fail, usual 0.2 %; some cards still held twice;"
        " users affected: three in ten EU and UK orders, some 70 a minute, since 10:30 (43m)"
    )
    assert lines[8] == "- **In flight:** A5 find doubled card holds, void the second of each @carol since 11:02 (11m)"
    assert lines[9] == "- **Decision point:** Keep wallet-v2 off overnight? (@dan decides, by 11:44 (in 30m))"
    assert lines[10].endswith("next 11:24 (in 10m); last: update 4 for stakeholders at 11:09")
    assert lines[11] == "- **Next decision point:** Is the pool of 40 enough?"
    assert lines[12] == "- **Withheld:** 1 restricted: #51"


def test_below_it_stands_everything_else(plain: Packet) -> None:
    seen = lines_seen(markdown(plain, BERLIN).partition("## Below page one")[2])
    for words in (
        "Risks of the next hour: wallet-v2 comes back",
        "Exit criteria: unknown",
        "IC @alice since 10:14 (59m)",
        "H3 (open) a retry sends no idempotency key, so the card is held again @carol since 10:32 (41m)",
        "Next IC: @dan",
        f"head {plain.head}",
        "dependency card vendor Quillpay: affected, authorise p99 9.1 s, usual 0.4 s",
        "recent change checkout-api 4.18.0: unknown, deployed half an hour before the alert",
        "Packet before: packet 1 (#55) at 11:11: IC @alice → @dan",
        "What changed since packet 1",
        "Decision points (1): #56 11:12 to decide: Keep wallet-v2 off overnight? @dan by 10:44:05Z @sam",
    ):
        assert words in seen
    assert any(line.startswith("Ruled out: H1 slow query") and "ledger-db is idle" in line for line in seen)
    assert any(line.startswith("Last update: #54 at 11:09 for stakeholders: Checkout has") for line in seen)


def test_the_packet_of_the_shift_change_reads_as_it_was_handed_over(sample: Recorder) -> None:
    document = markdown(first_handed(sample), BERLIN)
    assert document.startswith("# Packet 1: IC @alice → @dan\n")
    assert "2026-03-12 11:11:45 CET · T+01:03:50 · #55, not acknowledged" in document
    seen = lines_seen(document)
    for words in (
        "Next decision point: keep wallet-v2 off overnight?",
        "Withheld: 1 restricted: #51",
        "Risks of the next hour: Quillpay may slow down again; the voids run by hand",
        "Exit criteria: failure rate at 0.2 % for 20 min, Quillpay back to normal",
        "Open questions: unknown",
        "Channels: #inc-checkout, the bridge",
        "Next IC: @dan",
        "There is no checkpoint before this one.",
    ):
        assert words in seen
    assert "Keep wallet-v2 off overnight? (" not in document  # that was asked for afterwards


def test_what_is_need_to_know_is_named_and_not_told(sample: Recorder, plain: Packet) -> None:
    packets = (plain, first_handed(sample))
    for written in (*(markdown(one, BERLIN) for one in packets), *map(to_json, packets)):
        assert "Nordwind" not in written
        assert "#51" in written
    asked = packet(redact(sample.load(), include_restricted=True), at=plain.at)
    assert (asked.withheld, asked.restricted) == ((), ("#51",))


def test_links_lead_where_they_say(plain: Packet) -> None:
    assert "  - #46 <https://flags.example.org/wallet-v2>" in markdown(plain, BERLIN).splitlines()


def test_what_changed_stands_behind_the_packet_that_it_changed_since(tmp_path: Path) -> None:
    journal = Journal.writing(tmp_path / "j.db", FixedClock(LONG_AGO), wait=1)
    recorder = Recorder(journal, tell(journal, LONG_AGO, timedelta(minutes=42)), me="sam", policy=DEFAULT)
    now = LONG_AGO + timedelta(minutes=43)
    recorder.record((Draft(Checkpoint(), "", stamp(now)),), now=now)
    assert markdown(made(recorder, 45), BERLIN).endswith(
        "## What changed since packet 1\n\nNothing was recorded since.\n"
    )
    for payload, text in ((Decision(), "wallet-v2 off"), (Fact(), "calm"), (Decision(), "scheduler *off*")):
        now += timedelta(seconds=30)
        recorder.record((Draft(payload, text, stamp(now)),), now=now)
    document = markdown(made(recorder, 45), BERLIN)
    journal.close()
    assert document.partition("## What changed since packet 1\n\n")[2].splitlines() == [
        "- **Decisions (2):**",
        "  - D4 10:57 wallet-v2 off @sam",
        "  - D5 10:58 scheduler \\*off\\* @sam",
        "- **New facts (1):** 1 in all, in the timeline",
    ]


def test_whether_it_was_acknowledged_is_said_beside_it(plain: Packet) -> None:
    handed = replace(plain, ref="#57")
    assert " · #57, not acknowledged\n" in markdown(handed, BERLIN)
    said = Acknowledged("dan", plain.at, "sam")
    assert " · acknowledged by @dan 2026-03-12 11:13:35, typed by @sam\n" in markdown(handed, BERLIN, acknowledged=said)
    assert "typed by" not in markdown(handed, BERLIN, acknowledged=replace(said, typed_by="dan"))
    assert "acknowledged" not in markdown(replace(handed, incoming=""), BERLIN)


ACTING = re.compile(
    "(html_inline|html_block|link_open|image|code_inline|code_block|fence|em_open|strong_open|s_open|heading_open"
    "|blockquote_open|ordered_list_open|hr|table_open)$"
)


def acting(document: str) -> Counter[str]:
    """How many tokens of each kind do more than show words."""
    return Counter(token.type for token in tokens(document) if ACTING.match(token.type))


@given(typed, st.sampled_from(["title", "impact", "risks", "weather"]))
def test_no_typed_text_acts_and_all_of_it_is_shown(calm: Packet, text: str, place: str) -> None:
    assume(text.strip())
    is_field = place in ("title", "impact")

    def written(words: str) -> str:
        return markdown(replace(calm, **({place: words} if is_field else {"given": {place: words}})), BERLIN)

    document = written(text)
    plain = re.sub(r"\S", "x", text)  # of the same shape, so that page one cuts it alike
    assert acting(document) == acting(written(plain))
    assert not [char for char in document if ord(char) < 32 and char != "\n"]
    seen = squeezed(" ".join(lines_seen(document)))
    for line in [text] if is_field else text.split("\n"):
        assert shown(line) in seen


def test_json_has_every_field_and_says_null_where_nothing_is_known(tmp_path: Path) -> None:
    journal = Journal.writing(tmp_path / "j.db", FixedClock(LONG_AGO), wait=1)
    incident = tell(journal, LONG_AGO, timedelta(0))
    told = json.loads(
        to_json(packet(redact(Recorder(journal, incident, me="sam", policy=DEFAULT).load()), at=stamp(LONG_AGO)))
    )
    journal.close()
    head = told.pop("head")
    assert len(head) == 64
    assert told == {
        "incident": incident,
        "title": "Checkout fails for one order in eight",
        "number": 1,
        "ref": None,
        "at": "2026-03-12T09:14:05.000Z",
        "since_zero": 0.0,
        "role": "ic",
        "from": None,
        "to": None,
        "acknowledged": None,
        "severity": 2,
        "state": "investigating",
        "security": False,
        "hypothesis": None,
        "hypotheses": [],
        "ruled_out": [],
        "impact": None,
        "impact_fields": dict.fromkeys(IMPACT_LABELS),
        "scope": [],
        "in_flight": [],
        "timeboxes": [],
        "decision_point": None,
        "updates": [{"audience": "stakeholders", "cadence": 900, "next_at": "2026-03-12T09:29:05.000Z"}],
        "updates_sent": 0,
        "last_update": None,
        "roles": {"ic": [], "ops": [], "comms": [], "scribe": [], "sme": []},
        "not_needed": [],
        "next_ic": None,
        "given": dict.fromkeys(GIVEN),
        "carried": [],
        "previous": None,
        "changes": [],
        "links": [],
        "links_in_all": 0,
        "entries": 1,
        "withheld": [],
        "restricted": [],
    }


def test_json_of_the_sample_incident(plain: Packet) -> None:
    told = json.loads(to_json(plain, acknowledged=Acknowledged("dan", plain.at, "sam")))
    assert told == json.loads(json.dumps(shape(plain, acknowledged=Acknowledged("dan", plain.at, "sam"))))
    assert told["acknowledged"] == {"who": "dan", "at": plain.at, "typed_by": "sam"}
    assert told["given"]["risks"] == "wallet-v2 comes back"
    assert told["hypothesis"]["ref"] == "H5"
    assert told["hypothesis"]["ended_at"] == "2026-03-12T09:55:15.000Z"
    assert [item["ref"] for item in told["hypothesis"]["evidence"]] == ["#47"]
    assert told["in_flight"] == [
        {
            "ref": "A5",
            "text": "find doubled card holds, void the second of each",
            "who": "carol",
            "since": "2026-03-12T10:02:15.000Z",
        }
    ]
    assert told["last_update"]["number"] == 4
    assert told["decision_point"]["who"] == "dan"
    assert told["previous"] == {
        "number": 1,
        "ref": "#55",
        "at": "2026-03-12T10:11:45.000Z",
        "role": "ic",
        "from": "alice",
        "to": "dan",
    }
    assert [(row["row"], row["verdict"]) for row in told["scope"]] == [
        ("user_group", "affected"),
        ("user_group", "not_affected"),
        ("recent_change", "unknown"),
        ("dependency", "affected"),
        ("recent_change", "affected"),
    ]
    assert told["impact_fields"]["users"] == {
        "value": "three in ten EU and UK orders, some 70 a minute",
        "since": "2026-03-12T09:30:35.000Z",
    }
    assert (told["withheld"], told["restricted"]) == (["#51"], [])


def test_two_packets_side_by_side(plain: Packet) -> None:
    other = replace(plain, number=3, severity=2, given={"risks": "| none"})
    found = compare(plain, other, BERLIN)
    document = comparison(plain, other, found, BERLIN).splitlines()
    assert document[0] == "# Packet 2 and packet 3"
    assert "  - only in 2: SEV-1" in document
    assert "  - only in 3: SEV-2" in document
    assert "  - only in 3: \\| none" in document
    assert comparison(plain, plain, (), BERLIN).endswith("\n\nNo field differs.\n")
    told = json.loads(comparison_json(plain, other, found))
    assert (told["before"], told["after"]) == (2, 3)
    assert {"field": "severity", "label": "severity", "removed": ["SEV-1"], "added": ["SEV-2"]} in told["differences"]


def test_the_same_values_in_another_order_are_said_to_be_that(plain: Packet) -> None:
    other = replace(plain, links=plain.links[::-1])
    assert "  - the same in another order" in comparison(plain, other, compare(plain, other, BERLIN), BERLIN)
