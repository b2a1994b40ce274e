from __future__ import annotations

from pathlib import Path

import pytest

from scribe.journal.store import Journal
from scribe.record.errors import ReadOnly
from scribe.record.text import MAX_BYTES
from tests.cli.conftest import Cli


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-7")
    cli.log("/role ic @alice", "? pool exhausted", "> @carol drain EU")
    return cli


def test_it_prints_the_packet_and_records_nothing(told: Cli) -> None:
    entries = told("timeline").out
    result = told("checkpoint", "--to", "@bob", "--risks", "it comes back")
    assert (result.code, result.err) == (0, "")
    assert result.lines[0] == "# Packet 1: IC @alice → @bob"
    assert "not handed over" in result.lines[2]
    assert "- **Risks of the next hour:** it comes back" in result.lines
    assert told("timeline").out == entries
    assert told("status", "--json").json["pending_handoff"] is None


def test_without_anybody_it_is_a_checkpoint(told: Cli) -> None:
    assert told("checkpoint").lines[0] == "# Packet 1: checkpoint"


def test_times_are_in_the_zone_that_was_asked_for(told: Cli) -> None:
    assert "23:01:30 KST" in told("checkpoint", "--tz", "Asia/Seoul").lines[2]


def test_json(told: Cli) -> None:
    packet = told("checkpoint", "--format", "json", "--to", "bob", "--questions", "why 40?").json
    assert (packet["incident"], packet["number"], packet["ref"]) == ("INC-7", 1, None)
    assert (packet["role"], packet["from"], packet["to"]) == ("ic", "alice", "bob")
    assert packet["given"]["questions"] == "why 40?"
    assert packet["at"] == "2026-11-20T14:01:30.000Z"


def test_recorded_it_is_handed_over_and_reads_the_same_for_ever(told: Cli) -> None:
    handed = told("checkpoint", "--to", "bob", "--record", "--risks", "it comes back", "--format", "json")
    assert (handed.code, handed.json["ref"], handed.json["acknowledged"]) == (0, "#3", None)
    (entry,) = told.entries("--kind", "checkpoint")
    assert (entry["ref"], entry["text"]) == ("#3", "packet 1: IC @alice → @bob")
    assert (entry["data"]["head"], entry["data"]["entries"]) == (handed.json["head"], handed.json["entries"])
    told.log("/confirm H1 full", "/amend A1 drain all", "/state resolved")
    assert told("checkpoint", "-i", "INC-7", "--show", "1", "--format", "json").json == handed.json
    assert told("checkpoint", "-i", "INC-7", "--show", "#3", "--format", "json").json == handed.json
    assert told("verify", "-i", "INC-7").code == 0


def test_the_role_moves_when_the_incoming_person_acknowledges(told: Cli) -> None:
    told("checkpoint", "--to", "bob", "--record")
    assert told("status", "--json").json["roles"]["ic"][0]["who"] == "alice"
    told.clock.advance(60)
    result = told("checkpoint", "--ack", "@bob")
    assert (result.code, result.out) == (0, "#4\tIC: @alice → @bob, acknowledged packet 1\n")
    assert told("status", "--json").json["roles"]["ic"][0]["who"] == "bob"
    said = told("checkpoint", "--show", "1", "--format", "json").json["acknowledged"]
    assert said == {"who": "bob", "at": "2026-11-20T14:02:30.000Z", "typed_by": "sam"}
    assert "acknowledged by @bob 2026-11-20 14:02:30, typed by @sam" in told("checkpoint", "--show", "1").lines[2]


@pytest.mark.parametrize(("handed", "name"), [(False, "bob"), (True, "carol")])
def test_only_who_was_handed_a_packet_can_acknowledge_it(told: Cli, handed: bool, name: str) -> None:
    if handed:
        told("checkpoint", "--to", "bob", "--record")
    entries = told("timeline").out
    result = told("checkpoint", "--ack", name)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("scribe: ")
    assert told("timeline").out == entries


def test_another_role_is_handed_over_when_it_is_named(told: Cli) -> None:
    told.log("/role comms @erin")
    result = told("checkpoint", "--role", "Communications", "--to", "fay", "--record")
    assert result.lines[0] == "# Packet 1: Comms @erin → @fay"
    assert told("checkpoint", "--ack", "fay").code == 0
    roles = told("status", "--json").json["roles"]
    assert (roles["comms"][0]["who"], roles["ic"][0]["who"]) == ("fay", "alice")
    assert told("checkpoint", "--role", "king").code == 2


def test_what_was_filled_in_is_taken_over_until_it_is_said_anew_or_cleared(told: Cli) -> None:
    told("checkpoint", "--record", "--risks", "it comes back", "--channels", "#war-room", "--notes", "x")
    result = told("checkpoint", "--record", "--risks", "it stays", "--notes", "", "--format", "json").json
    assert {name: text for name, text in result["given"].items() if text} == {
        "risks": "it stays",
        "channels": "#war-room",
    }
    assert result["carried"] == ["channels"]


def test_the_list(told: Cli) -> None:
    nothing = told("checkpoint", "--list")
    assert (nothing.code, nothing.out) == (1, "")
    assert told("checkpoint", "--list", "--format", "json").json == []
    told("checkpoint", "--record")
    told("checkpoint", "--to", "bob", "--record")
    assert told("checkpoint", "--list").lines == [
        "1  #3  2026-11-20 14:01:30  checkpoint",
        "2  #4  2026-11-20 14:01:30  IC @alice → @bob, not acknowledged",
    ]
    told("checkpoint", "--ack", "bob", "--me", "bob")
    assert told("checkpoint", "--list").lines[1].endswith("→ @bob, acknowledged 2026-11-20 14:01:30")
    told.log("/retract #3 too early")
    listed = told("checkpoint", "--list", "--format", "json").json
    assert [(one["number"], one["retracted"], bool(one["acknowledged"])) for one in listed] == [
        (1, True, False),
        (2, False, True),
    ]
    assert told("checkpoint", "--list").lines[0].endswith("checkpoint, taken back")


def test_two_packets_are_compared(told: Cli) -> None:
    told("checkpoint", "--record")
    told.log("/sev 1")
    told("checkpoint", "--record")
    result = told("checkpoint", "--compare", "1", "2")
    assert "  - only in 1: SEV-2" in result.lines
    assert "  - only in 2: SEV-1" in result.lines
    found = told("checkpoint", "--compare", "1", "2", "--format", "json").json
    assert [one["field"] for one in found["differences"]][:1] == ["severity"]
    missing = told("checkpoint", "--compare", "1", "9")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err == "scribe: there is no packet 9\nthere are: 1, 2\n"


def test_restricted_entries_leave_only_when_asked_for_by_name(told: Cli) -> None:
    told.log("> revoke card 4012-8888", "/restrict A2")
    told("checkpoint", "--record")
    for options in ((), ("--format", "json"), ("--show", "1"), ("--show", "1", "--format", "json")):
        withheld, asked = told("checkpoint", *options), told("checkpoint", *options, "--include-restricted")
        assert "4012-8888" not in withheld.out
        assert "A2" in withheld.out
        assert "4012-8888" in asked.out
    assert "- **Withheld:** 1 restricted: A2" in told("checkpoint").lines


def test_what_a_restricted_packet_says_is_neither_shown_nor_taken_over(told: Cli) -> None:
    told("checkpoint", "--to", "bob", "--record", "--risks", "card 4012-8888 was used")
    told.log("/restrict #3")
    shown = told("checkpoint", "--show", "1")
    assert (shown.code, shown.out) == (2, "")
    assert "--include-restricted" in shown.err
    assert "4012-8888" in told("checkpoint", "--show", "1", "--include-restricted").out
    assert told("checkpoint", "--list").out == ""
    for options in ((), ("--include-restricted",), ("--record", "--include-restricted")):
        packet = told("checkpoint", *options, "--format", "json").json
        assert packet["given"]["risks"] is None


@pytest.mark.parametrize(
    "options",
    [
        ("--to", "no name"),
        ("--to", ""),
        ("--ack", ""),
        ("--ack", "bob carol"),
        ("--format", "html"),
        ("--list", "--show", "1"),
        ("--ack", "bob", "--record"),
        ("--show", "1", "--risks", "x"),
        ("--compare", "1"),
        ("--to", "alice", "--record"),
        ("--risks", "x" * (MAX_BYTES + 1)),
        ("--show", "1"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(told: Cli, options: tuple[str, ...]) -> None:
    entries = told("timeline").out
    result = told("checkpoint", *options)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("scribe: ")
    assert told("timeline").out == entries


def test_without_an_incident_it_says_how_to_declare_one(cli: Cli) -> None:
    for options in ((), ("--record",), ("--ack", "bob"), ("--list",)):
        result = cli("checkpoint", *options)
        assert result.code == 2
        assert "scribe new" in result.err
    assert not cli.path.exists()


def test_looking_needs_no_right_to_write(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    told("checkpoint", "--record")

    def refused(*_: object, **__: object) -> None:
        raise ReadOnly("read-only")

    monkeypatch.setattr(Journal, "writing", refused)
    for options in ((), ("--list",), ("--show", "1"), ("--compare", "1", "1")):
        assert told("checkpoint", *options).code == 0
    for options in (("--record",), ("--ack", "bob")):
        assert told("checkpoint", *options).code == 3


def test_control_characters_reach_no_terminal(told: Cli) -> None:
    told.log("> \x1b]52;c;aGk=\x07 drain")
    told("checkpoint", "--record", "--risks", "\x1b[2J\u202e")
    for options in ((), ("--show", "1"), ("--list",), ("--compare", "1", "1")):
        out = told("checkpoint", *options).out
        assert not [char for char in out if (ord(char) < 32 and char != "\n") or char == "\u202e"]


def test_a_team_s_own_role_is_handed_over_too(told: Cli, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[roles.own.legal]\ntitle = "Legal liaison"\n')
    handed = ("checkpoint", "--role", "Legal", "--to", "gus", "--record")
    unknown = told(*handed)
    assert (unknown.code, unknown.out) == (2, "")
    assert "the roles are: ic, ops, comms, scribe, sme" in unknown.err
    assert told(*handed, "--config", str(config)).lines[0] == "# Packet 1: legal → @gus"
    # What the packet says depends on the record and not on who reads it with which config.
    shown = ("checkpoint", "--show", "1")
    assert told(*shown).out == told(*shown, "--config", str(config)).out
