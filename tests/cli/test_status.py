from __future__ import annotations

import pytest

from scribe.cli.cells import width
from tests.cli.conftest import Cli


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails for one order in eight 결제", "--sev", "1", "--id", "INC-7")
    cli.log(
        "/milestone detected 13:30",
        "/role ic @alice",
        "/role sme @jun",
        "/role sme @kim",
        "/role comms not-needed",
        "? pool exhausted",
        "? vendor slow",
        "/rule-out H1 pool fine",
        "> @carol undo",
        "> @bob drain",
        "/done A1",
        "/impact One order in eight fails",
        "/decide fail over EU? @alice by 14:50",
        apart=20,
    )
    return cli


def test_json_has_the_contracts_fields(told: Cli) -> None:
    found = told("status", "--json").json
    assert list(found) == [
        *("incident", "title", "severity", "state", "security", "solo", "started_at", "detected_at"),
        *("acknowledged_at", "declared_at", "mitigated_at", "resolved_at", "moments", "roles", "unassigned"),
        *("not_needed", "next_update_at", "update_overdue", "cadence", "updates", "pending_handoff", "hypotheses"),
        *("in_flight", "decision_point", "impact", "scope", "last_checkpoint_at", "attention", "entries", "head"),
    ]
    head = told("verify", "--json").json["incidents"][0]["head"]
    assert found == {
        "incident": "INC-7",
        "title": "Checkout fails for one order in eight 결제",
        "severity": 1,
        "state": "investigating",
        "security": False,
        "solo": False,
        "started_at": None,
        "detected_at": "2026-11-20T13:30:00.000Z",
        "acknowledged_at": None,
        "declared_at": "2026-11-20T14:00:00.000Z",
        "mitigated_at": None,
        "resolved_at": None,
        "moments": {
            "started": None,
            "first-alert": None,
            "detected": "2026-11-20T13:30:00.000Z",
            "acknowledged": None,
            "declared": "2026-11-20T14:00:00.000Z",
            "assembled": None,
            "diagnosed": None,
            "fix-deployed": None,
            "mitigated": None,
            "resolved": None,
            "closed": None,
        },
        "roles": {
            "ic": [{"who": "alice", "since": "2026-11-20T14:00:40.000Z"}],
            "ops": [],
            "comms": [],
            "scribe": [],
            "sme": [
                {"who": "jun", "since": "2026-11-20T14:01:00.000Z"},
                {"who": "kim", "since": "2026-11-20T14:01:20.000Z"},
            ],
        },
        "unassigned": ["ops"],
        "not_needed": ["comms"],
        "next_update_at": "2026-11-20T14:15:00.000Z",
        "update_overdue": False,
        "cadence": 900,
        "updates": [
            {"audience": "stakeholders", "next_at": "2026-11-20T14:15:00.000Z", "overdue": False, "cadence": 900}
        ],
        "pending_handoff": None,
        "hypotheses": [
            {"ref": "H1", "text": "pool exhausted", "since": "2026-11-20T14:02:00.000Z", "status": "ruled_out"},
            {"ref": "H2", "text": "vendor slow", "since": "2026-11-20T14:02:20.000Z", "status": "open"},
        ],
        "in_flight": [{"ref": "A2", "text": "drain", "who": "bob", "since": "2026-11-20T14:03:20.000Z"}],
        "decision_point": {"what": "fail over EU?", "who": "alice", "by": "2026-11-20T14:50:00.000Z"},
        "impact": "One order in eight fails",
        "scope": [],
        "last_checkpoint_at": None,
        "attention": [
            {
                "code": "escalation",
                "text": "escalate to level 3, engineering manager: SEV-1",
                "since": "2026-11-20T14:00:00.000Z",
            },
            {
                "code": "rollback-advised",
                "text": "rolling back is advised: no cause was found within 30m",
                "since": "2026-11-20T14:00:00.000Z",
            },
            {"code": "role-unassigned", "text": "Ops is unassigned", "since": "2026-11-20T14:00:00.000Z"},
            {
                "code": "milestone-missed",
                "text": "diagnosed: its target T+00:30 passed 4m ago",
                "since": "2026-11-20T14:00:00.000Z",
            },
            {
                "code": "milestone-missed",
                "text": "assembled: its target T+00:15 passed 19m ago",
                "since": "2026-11-20T13:45:00.000Z",
            },
            {
                "code": "milestone-missed",
                "text": "acknowledged: its target T+00:00 passed 34m ago",
                "since": "2026-11-20T13:30:00.000Z",
            },
            {
                "code": "trigger-unset",
                "text": "ask for another strategy after 15m without progress?",
                "since": "2026-11-20T14:00:00.000Z",
            },
        ],
        "entries": 14,
        "head": head,
    }
    assert found["entries"] == len(told.entries())


def test_what_was_retracted_is_no_hypothesis_any_more(told: Cli) -> None:
    told.log("/retract H2 nonsense")
    assert [one["ref"] for one in told("status", "--json").json["hypotheses"]] == ["H1"]


def test_an_update_that_did_not_come_is_overdue(told: Cli) -> None:
    told.clock.advance(3600)
    found = told("status", "--json").json
    assert found["update_overdue"]
    assert found["updates"][0]["overdue"]
    assert found["attention"][0]["code"] == "update-overdue"
    assert found["attention"][0]["since"] == "2026-11-20T14:15:00.000Z"


def test_nothing_is_due_once_it_is_over(told: Cli) -> None:
    told.log("/state resolved")
    found = told("status", "--json", "-i", "INC-7").json
    assert (found["updates"], found["attention"], found["unassigned"]) == ([], [], [])
    assert (found["next_update_at"], found["update_overdue"]) == (None, False)
    assert found["resolved_at"] == "2026-11-20T14:04:50.000Z"


def test_where_no_cadence_is_set_nothing_is_due(cli: Cli) -> None:
    cli.new("x", "--sev", "3")
    found = cli("status", "--json").json
    assert found["cadence"] is None
    assert found["updates"] == [{"audience": "stakeholders", "next_at": None, "overdue": False, "cadence": None}]
    assert "cadence-unset" in [one["code"] for one in found["attention"]]
    assert "none is due" in cli("status").out
    assert "next" not in cli("status", "--short").out


def test_short_is_one_line_for_a_bar(told: Cli) -> None:
    result = told("status", "--short")
    assert result.out == "SEV-1 investigating T+00:34 · next 10:40 · Checkout fails f…\n"
    assert (result.code, result.err) == (0, "")


def test_short_when_the_update_is_overdue(told: Cli) -> None:
    told.log("/state mitigating")
    told.clock.advance(12 * 60)
    assert told("status", "--short").out.startswith("SEV-1 mitigating T+00:46 · update overdue 01:50 · ")


@pytest.mark.parametrize("title", ["결제가 실패합니다 " * 9, "x" * 99, "🎉" * 50, "x"])
@pytest.mark.parametrize("away", [0, 9 * 60, 400 * 3600])
def test_short_never_is_wider_than_sixty_cells(cli: Cli, title: str, away: int) -> None:
    cli.new(title, "--sev", "1")
    cli.clock.advance(away)
    (line,) = cli("status", "--short").lines
    assert width(line) <= 60


def test_short_says_nothing_when_nothing_is_open(cli: Cli) -> None:
    assert (cli("status", "--short").code, cli("status", "--short").out, cli("status", "--short").err) == (1, "", "")
    assert not cli.path.exists()
    incident = cli.new()
    cli.log("/state resolved")
    for argv in (["status", "--short"], ["status", "--short", "-i", incident]):
        result = cli(*argv)
        assert (result.code, result.out, result.err) == (1, "", "")


def test_text_is_a_board(told: Cli) -> None:
    told.clock.advance(40)
    assert told("status").lines[:-1] == [
        "INC-7  Checkout fails for one order in eight 결제",
        "SEV-1 · investigating · T+00:35:00 · 14:05:00 UTC",
        "",
        "Next update  in 10:00, at 14:15 for stakeholders, every 15m",
        "IC           @alice since 14:00 (4m)",
        "Ops          unassigned",
        "Comms        not needed",
        "SME          @jun since 14:01 (4m)",
        "SME          @kim since 14:01 (3m)",
        "Hypotheses   H2  vendor slow (2m)",
        "In flight    A2  drain @bob (1m)",
        "To decide    fail over EU? @alice by 14:50",
        "Impact       One order in eight fails",
        "Attention    escalate to level 3, engineering manager: SEV-1; answer with: /escalate 3",
        "             rolling back is advised: no cause was found within 30m; answer with: /strategy roll-back",
        "             Ops is unassigned; answer with: /role ops @",
        "             diagnosed: its target T+00:30 passed 5m ago; answer with: /milestone diagnosed",
        "             assembled: its target T+00:15 passed 20m ago; answer with: /milestone assembled",
        "             acknowledged: its target T+00:00 passed 35m ago; answer with: /milestone acknowledged",
        "             ask for another strategy after 15m without progress? answer with: /trigger 15m",
        "Entries      14, the last 40s ago",
    ]


# ── coordination ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def coordinated(cli: Cli) -> Cli:
    cli.new("Keys on a paste site", "--sev", "2", "--security", "--id", "INC-7")
    cli.log(
        "/role ic @alice",
        "/role ops @bob",
        "/role comms @erin",
        "/audience public on",
        "/audience responders on",
        "/cadence public: 10m",
        "/cadence responders: 45m",
        "/impact users: 40 of 900",
        "/impact some keys may be known",
        "/scope group EU affected support has 40 calls",
        "/scope dependency ledger-db unknown",
        "/scope change api 4.1 not affected the flag is off",
        "/timebox 5m @jun read the access log",
        "/timebox 20m search the paste sites",
        "/handoff @dan keys 70 to 80 are revoked",
        apart=10,
    )
    return cli


def test_each_audience_has_its_own_countdown(coordinated: Cli) -> None:
    coordinated.clock.advance(9 * 60)
    found = coordinated("status", "--json").json
    assert found["updates"] == [
        {"audience": "stakeholders", "next_at": "2026-11-20T14:15:00.000Z", "overdue": False, "cadence": 900},
        {"audience": "public", "next_at": "2026-11-20T14:10:40.000Z", "overdue": True, "cadence": 600},
        {"audience": "responders", "next_at": "2026-11-20T14:15:50.000Z", "overdue": False, "cadence": 2700},
    ]
    assert (found["next_update_at"], found["update_overdue"], found["cadence"]) == (
        "2026-11-20T14:10:40.000Z",
        True,
        600,
    )
    lines = coordinated("status").lines
    assert lines[3:6] == [
        "Next update  overdue by 00:50, at 14:10 for public, every 10m",
        "             in 03:30, at 14:15 for stakeholders, every 15m",
        "             in 04:20, at 14:15 for responders, every 45m",
    ]
    assert "update overdue 00:50" in coordinated("status", "--short").out


def test_every_audience_that_is_overdue_is_said_to_be(coordinated: Cli) -> None:
    coordinated.clock.advance(20 * 60)
    assert [line[13:20] for line in coordinated("status").lines[3:6]] == ["overdue"] * 3


def test_an_audience_without_a_cadence_is_said_to_wait_for_one(cli: Cli) -> None:
    cli.new("x", "--sev", "4")
    cli.log("/audience public on", "/next public: 20m", apart=0)
    assert cli("status").lines[3:5] == [
        "Next update  in 20:00, at 14:20 for public",
        "             none is due for stakeholders: no cadence is set",
    ]


def test_a_handover_waits_until_it_is_acknowledged(coordinated: Cli) -> None:
    found = coordinated("status", "--json").json
    since = "2026-11-20T14:02:30.000Z"
    assert found["pending_handoff"] == {"role": "ic", "from": "alice", "to": "dan", "since": since}
    assert found["last_checkpoint_at"] == since
    assert "handoff-pending" in [one["code"] for one in found["attention"]]
    assert "Handoff      IC to @dan waits for: /ack @dan" in coordinated("status").lines
    coordinated.log("/ack @dan I have command")
    found = coordinated("status", "--json").json
    assert (found["pending_handoff"], found["last_checkpoint_at"]) == (None, since)
    assert found["roles"]["ic"] == [{"who": "dan", "since": "2026-11-20T14:03:00.000Z"}]
    assert "Handoff" not in coordinated("status").out


def test_the_first_handover_of_a_role_is_from_nobody(cli: Cli) -> None:
    cli.new()
    cli.log("/handoff @dan comms")
    assert cli("status", "--json").json["pending_handoff"]["from"] is None
    assert "Handoff      Comms to @dan waits for: /ack @dan" in cli("status").lines


def test_scope_has_a_row_for_each_name_and_says_what_is_unknown(coordinated: Cli) -> None:
    assert coordinated("status", "--json").json["scope"] == [
        {"row": "user_group", "name": "EU", "verdict": "affected", "evidence": "support has 40 calls"},
        {"row": "dependency", "name": "ledger-db", "verdict": "unknown", "evidence": None},
        {"row": "recent_change", "name": "api 4.1", "verdict": "not_affected", "evidence": "the flag is off"},
    ]
    lines = coordinated("status").lines
    place = lines.index("Impact       some keys may be known")
    assert lines[place + 1 : place + 5] == [
        "             users affected: 40 of 900",
        "Scope        user group EU: affected, support has 40 calls",
        "             dependency ledger-db: unknown",
        "             recent change api 4.1: not affected, the flag is off",
    ]


def test_time_boxes_say_how_long_they_still_run(coordinated: Cli) -> None:
    boxes = coordinated("status").lines
    assert "Time-boxes   B1  read the access log @jun, until 14:07 (in 4m)" in boxes
    assert "             B2  search the paste sites, until 14:22 (in 19m)" in boxes
    coordinated.clock.advance(600)
    boxes = coordinated("status").lines
    assert "Time-boxes   B1  read the access log @jun, until 14:07 (over by 5m)" in boxes
    coordinated.log("/done B1 nothing in it")
    assert "B1" not in coordinated("status").out


def test_a_security_incident_is_marked_and_its_owner_sees_what_is_restricted(coordinated: Cli) -> None:
    coordinated.log("/restrict > @carol revoke key 77", "/restrict ? key 77 was used")
    found = coordinated("status", "--json").json
    assert found["security"] is True
    assert [one["text"] for one in found["in_flight"]] == ["revoke key 77"]
    assert [one["text"] for one in found["hypotheses"]] == ["key 77 was used"]
    lines = coordinated("status").lines
    assert lines[1].startswith("protected: security incident · SEV-2 · investigating · T+00:03:30")
    assert "In flight    A1  revoke key 77 @carol (30s)" in lines
    coordinated.log("/security off it was a drill")
    assert coordinated("status", "--json").json["security"] is False
    assert coordinated("status").lines[1].startswith("SEV-2 · investigating")


def test_what_was_left_alone_does_not_ask_for_attention_until_then(coordinated: Cli) -> None:
    def codes() -> list[str]:
        return [one["code"] for one in coordinated("status", "--json").json["attention"]]

    assert "handoff-pending" in codes()
    coordinated.log("/snooze 10m handoff-pending on the phone", apart=0)
    assert "handoff-pending" not in codes()
    coordinated.clock.advance(600)
    assert "handoff-pending" in codes()


def test_a_role_of_the_teams_own_stands_among_the_others(coordinated: Cli) -> None:
    config = coordinated.path.parent.parent / "scribe.toml"
    config.write_text('[roles.own.legal]\nlabel = "Legal"\ntitle = "Legal counsel"\n')
    argv = ("--config", str(config))
    assert coordinated("log", *argv, "/role legal @gus").code == 0
    assert coordinated("status", *argv, "--json").json["roles"]["legal"][0]["who"] == "gus"
    assert "Legal        @gus since 14:02 (0s)" in coordinated("status", *argv).lines
    assert coordinated("status", "--json").json["roles"]["legal"][0]["who"] == "gus"


def test_times_are_shown_in_the_zone_that_was_named(told: Cli) -> None:
    assert "23:04:20 KST" in told("status", "--tz", "Asia/Seoul").lines[1]


def test_text_of_an_incident_that_is_over(told: Cli) -> None:
    told.log("/state resolved")
    told.clock.advance(300)
    lines = told("status", "-i", "INC-7").lines
    assert "SEV-1 · resolved · T+00:34:50 · 14:09:50 UTC" in lines
    assert "Resolved     14:04 (5m ago)" in lines


def test_without_an_open_incident_it_names_the_latest(told: Cli) -> None:
    told.log("/state resolved")
    for argv in (["status"], ["status", "--json"], ["timeline"], ["export"]):
        result = told(*argv)
        assert (result.code, result.out) == (2, "")
        assert "-i INC-7" in result.err
