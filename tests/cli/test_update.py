from __future__ import annotations

import pytest

from scribe.journal.store import Journal
from scribe.live.updates import LABELS
from scribe.record.errors import ReadOnly
from scribe.record.text import MAX_BYTES
from tests.cli.conftest import Cli


@pytest.fixture
def told(cli: Cli) -> Cli:
    cli.new("Checkout fails", "--sev", "2", "--id", "INC-7")
    cli.log(
        "/role ic @alice",
        "/impact one order in eight fails",
        "/state mitigating",
        "alice saw 5xx at 12% https://x.example/1 #eu",
        "? pool exhausted",
        "> @bob roll back",
        apart=10,
    )
    return cli


def sent(cli: Cli) -> list[dict[str, object]]:
    return [entry["data"] for entry in cli.entries("--kind", "update", "-i", "INC-7")]


# ── printed ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_prints_the_update_and_records_nothing(told: Cli) -> None:
    before = told("status", "--json").json
    result = told("update", "--format", "plain")
    assert (result.code, result.err) == (0, "")
    assert result.lines == [
        "Status update, T+1 min: Checkout fails",
        "2026-11-20 14:01 UTC",
        "",
        "Status: SEV-2, mitigating since 14:00 UTC",
        "Summary: 14:00 investigating → mitigating",
        "Known: 14:00 a colleague saw 5xx at 12%",
        "Unknown: the cause",
        "Impact: one order in eight fails (as of 14:00 UTC, while investigating)",
        "Being done: running since 14:01: roll back",
        "Next steps: unknown",
        "ETA: unknown",
        "Next update by 14:31 UTC",
    ]
    assert told("status", "--json").json == before
    assert sent(told) == []


def test_times_are_in_the_zone_that_was_named(told: Cli) -> None:
    out = told("update", "--format", "plain", "--tz", "Asia/Seoul").out
    assert "2026-11-20 23:01 KST" in out
    assert "Next update by 23:31 KST" in out


def test_responders_are_told_names_and_guesses_and_nobody_else_is(told: Cli) -> None:
    inside = told("update", "--for", "responders", "--format", "plain").out
    assert "H1 (hypothesis): pool exhausted" in inside
    assert "A1 running since 14:01: roll back (@bob)" in inside
    for audience in ("stakeholders", "public"):
        outside = told("update", "--for", audience, "--format", "plain").out
        assert "pool exhausted" not in outside
        for name in ("alice", "bob", "sam"):
            assert name not in outside.casefold()


def test_the_public_is_told_the_state_and_the_impact(told: Cli) -> None:
    assert told("update", "--for", "public").lines == [
        "## 🟠 Fix in progress: Checkout fails",
        "",
        "2026-11-20 14:01 UTC",
        "",
        "**Status:** Fix in progress",
        "",
        "**Impact:** one order in eight fails (as of 14:00 UTC; not stated anew since)",
        "",
        "**Being done:** We are putting a fix in place.",
        "",
        "**ETA:** unknown",
        "",
        "**Next update by 14:31 UTC**",
    ]


def test_each_form_has_its_own_signs(told: Cli) -> None:
    heading = "Status update, T+1 min: Checkout fails"
    assert told("update").lines[0] == f"## {heading}"
    assert told("update", "--format", "markdown").out == told("update").out
    assert told("update", "--format", "slack").lines[0] == f"*{heading}*"
    assert told("update", "--format", "plain").lines[0] == heading
    wrong = told("update", "--format", "html")
    assert (wrong.code, wrong.out) == (2, "")


def test_without_an_audience_it_is_for_whoever_is_due_first(told: Cli) -> None:
    told.log("/audience public on", "/next public: 5m")
    assert told("update", "--send").lines[0].startswith("## 🟠")
    assert [one["audience"] for one in sent(told)] == ["public"]
    assert not told("update").lines[0].startswith("## 🟠")


def test_a_team_that_tells_another_audience_drafts_for_it(cli: Cli) -> None:
    config = cli.path.parent.parent / "scribe.toml"
    config.write_text('[audiences]\non = ["public"]\n')
    cli("--config", str(config), "new", "x", "--sev", "2", "--id", "INC-7")
    assert [one["audience"] for one in cli("status", "--json").json["updates"]] == ["public"]
    assert cli("update").lines[0] == "## 🟡 Investigating: x"


# ── fields ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_given_stands_in_the_place_of_what_the_record_says(told: Cli) -> None:
    out = told("update", "--format", "plain", "--known", "half of it", "--eta", "15:00", "--summary", "").out
    assert "\nKnown: half of it\n" in out
    assert "\nETA: 15:00\n" in out
    assert "Summary" not in out
    assert "\nKnown: unknown\n" in told("update", "--format", "plain", "--known", " ").out


def test_a_list_is_given_line_by_line(told: Cli) -> None:
    out = told("update", "--format", "plain", "--steps", "watch\ndrain EU").out
    assert "\nNext steps:\n- watch\n- drain EU\n" in out


@pytest.mark.parametrize("name", list(LABELS))
def test_every_field_is_an_option(told: Cli, name: str) -> None:
    result = told("update", "--format", "plain", f"--{name}", f"words of {name}")
    assert result.code == 0
    said = f": words of {name}" if name == "title" else f"\n{LABELS[name]}: words of {name}\n"
    assert said in result.out
    assert f"--{name} TEXT" in " ".join(told("update", "--help").out.split())


def test_a_field_that_no_update_has_is_refused(told: Cli) -> None:
    result = told("update", "--send", "--colour", "red")
    assert (result.code, result.out, sent(told)) == (2, "", [])


def test_the_fields_are_recorded_with_it(told: Cli) -> None:
    told("update", "--send", "--known", "half of it", "--channel", "#inc")
    (data,) = sent(told)
    assert (data["audience"], data["shape"], data["number"]) == ("stakeholders", "update", 1)
    fields = data["fields"]
    assert isinstance(fields, dict)
    assert (fields["known"], fields["channel"], fields["steps"]) == ("half of it", "#inc", "unknown")
    told.log("/state resolved")
    assert "half of it" not in told("update", "-i", "INC-7").out


# ── sent ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_sent_is_recorded_as_it_reads_and_counts_down_anew(told: Cli) -> None:
    told.clock.advance(600)
    told.log("/audience public on")
    assert told("status", "--json").json["updates"][0]["next_at"] == "2026-11-20T14:15:00.000Z"
    plain = told("update", "--for", "stakeholders", "--format", "plain").out
    result = told("update", "--for", "stakeholders", "--send", "--format", "plain")
    assert (result.code, result.out, result.err) == (0, plain, "")
    (entry,) = told.entries("--kind", "update")
    assert entry["text"] + "\n" == plain
    assert (entry["by"], entry["recorded_by"], entry["late"]) == ("sam", "sam", False)
    assert entry["data"]["next_at"] == "2026-11-20T14:41:30.000Z"
    own, other = told("status", "--json").json["updates"]
    assert own == {
        "audience": "stakeholders",
        "next_at": "2026-11-20T14:41:30.000Z",
        "overdue": False,
        "cadence": 1800,
    }
    assert other["next_at"] == "2026-11-20T14:41:30.000Z"  # thirty minutes from when it was switched on, not moved
    assert told("verify").code == 0


def test_one_that_is_overdue_is_not_once_it_is_sent(told: Cli) -> None:
    told.clock.advance(3600)
    assert told("status", "--json").json["update_overdue"]
    assert told("update", "--send").code == 0
    assert not told("status", "--json").json["update_overdue"]


@pytest.mark.parametrize(("later", "due"), [("20m", "2026-11-20T14:21:00.000Z"), ("14:50", "2026-11-20T14:50:00.000Z")])
def test_when_the_next_one_is_due_can_be_given(told: Cli, later: str, due: str) -> None:
    assert f"Next update by {due[11:16]} UTC" in told("update", "--next", later).out
    assert told("status", "--json").json["next_update_at"] != due
    assert told("update", "--send", "--next", later).code == 0
    assert told("status", "--json").json["next_update_at"] == due
    assert sent(told)[0]["next_at"] == due


def test_without_the_time_of_the_next_it_is_printed_and_not_sent(cli: Cli) -> None:
    cli.new("Slow reports", "--sev", "4", "--id", "INC-7")
    assert "**Next update by (not set)**" in cli("update").lines
    refused = cli("update", "--send")
    assert (refused.code, refused.out, sent(cli)) == (2, "", [])
    assert refused.err.startswith("scribe: an update says when the next one is due")
    assert "--next 30m" in refused.err
    assert cli("update", "--send", "--next", "2h").code == 0
    cli.log("/cadence 1h")
    assert cli("update", "--send").code == 0
    assert len(sent(cli)) == 2


def test_once_it_is_resolved_it_needs_no_next_one(cli: Cli) -> None:
    cli.new("Slow reports", "--sev", "4", "--id", "INC-7")
    cli.log("/state resolved")
    result = cli("update", "-i", "INC-7", "--send")
    assert result.code == 0
    assert "Incident resolved: Slow reports" in result.lines[0]
    assert "Next update" not in result.out
    (data,) = sent(cli)
    assert (data["shape"], data["next_at"]) == ("resolved", None)
    assert cli("status", "-i", "INC-7", "--json").json["next_update_at"] is None


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--next", "61m"], "SEV-2 updates are at most 1h apart"),
        (["--next", "0m"], "--next"),
        (["--next", "-5m"], "--next"),
        (["--next", "soon"], "--next"),
        (["--next", "25:00"], "--next"),
        (["--next", ""], "--next"),
        (["--for", "press"], "press"),
        (["--known", "x" * (MAX_BYTES + 1)], "64 KiB"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_recorded(told: Cli, argv: list[str], why: str) -> None:
    head = told("status", "--json").json["head"]
    result = told("update", "--send", *argv)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("scribe: ")
    assert why in result.err.splitlines()[0]
    assert told("status", "--json").json["head"] == head


def test_without_an_incident_it_says_how_to_declare_one(cli: Cli) -> None:
    for argv in (["update"], ["update", "--send"]):
        result = cli(*argv)
        assert (result.code, result.out, cli.path.exists()) == (2, "", False)
        assert "scribe new" in result.err


def test_printing_needs_no_right_to_write(told: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ReadOnly("read-only")

    monkeypatch.setattr(Journal, "writing", refused)
    assert told("update").code == 0
    result = told("update", "--send")
    assert (result.code, result.out) == (3, "")


# ── what must not leave ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def guarded(told: Cli) -> Cli:
    told.log(
        "/security a key was seen outside",
        "/security indicator: 203.0.113.7",
        "/restrict customer Nordwind is hit",
        "203.0.113.7 called again",
        apart=10,
    )
    return told


def test_nothing_that_is_restricted_is_drawn_on(guarded: Cli) -> None:
    for audience in ("responders", "stakeholders", "public"):
        out = guarded("update", "--for", audience).out
        assert "203.0.113.7" not in out
        assert "Nordwind" not in out
        assert ("2 withheld: #7, #8" in out) == (audience == "responders")
    assert guarded("update", "--for", "public").lines[0] == "## 🟠 Fix in progress"  # without the title


@pytest.mark.parametrize("audience", ["responders", "stakeholders", "public"])
@pytest.mark.parametrize("words", ["seen from 203.0.113.7", "Customer  NORDWIND is hit"])
def test_restricted_words_that_are_typed_again_are_refused(guarded: Cli, audience: str, words: str) -> None:
    for argv in ([], ["--send"]):
        result = guarded("update", "--for", audience, "--known", words, *argv)
        assert (result.code, result.out) == (2, "")
        assert "would give away" in result.err.splitlines()[0]
        assert "#7" in result.err or "#8" in result.err
    assert sent(guarded) == []


def test_the_public_is_told_no_name_that_is_typed_again(guarded: Cli) -> None:
    out = guarded("update", "--for", "public", "--known", "Alice and @bob saw it", "--title", "Alice's checkout").out
    assert "a colleague and a colleague saw it" in out
    for name in ("alice", "bob"):
        assert name not in out.casefold()


def test_a_name_that_stands_in_a_restricted_entry_alone_is_not_told_either(guarded: Cli) -> None:
    guarded.log("/restrict @zoe found the key")
    for audience in ("stakeholders", "public"):
        drafted = guarded("update", "--for", audience, "--eta", "when zoe says")
        assert drafted.code == 0
        assert ("zoe" in drafted.out) == (audience == "stakeholders")  # what is typed for colleagues stays as it is


def test_what_was_sent_is_recorded_without_them_too(guarded: Cli) -> None:
    assert guarded("update", "--for", "public", "--send", "--known", "alice saw it").code == 0
    (entry,) = guarded.entries("--kind", "update")
    assert "alice" not in entry["text"]
    assert entry["data"]["fields"]["known"] == "a colleague saw it"


def test_control_characters_reach_no_terminal(told: Cli) -> None:
    told.log("> \x1b]52;c;aGk=\x07 drain")
    for form in ("markdown", "slack", "plain"):
        out = told("update", "--for", "responders", "--format", form, "--eta", "\x1b[2J\u202e").out
        assert not [char for char in out if (ord(char) < 32 and char != "\n") or char == "\u202e"]


def test_nobody_is_rung_by_what_was_typed(told: Cli) -> None:
    for form in ("markdown", "slack", "plain"):
        assert "@channel" not in told("update", "--format", form, "--known", "ask @channel").out


def test_words_of_any_script_are_told(told: Cli) -> None:
    assert "결제 실패" in told("update", "--known", "결제 실패").out
