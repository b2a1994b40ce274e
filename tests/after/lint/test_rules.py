"""For each rule a record that it finds something in, and a near one in which it finds nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scribe.after.lint.options import Options
from scribe.after.lint.rules import RULES
from scribe.live.policy import DEFAULT
from scribe.record.rules import CODES, FAMILIES, is_known
from tests.after.lint.complete import told
from tests.after.lint.small import small
from tests.after.records import DECLARED

LATER = "600:30"
"""When something is written afterwards, behind the rest."""


def case(code: str, place: str, *more: str, without: tuple[str, ...] = (), **asked: Any) -> Any:
    """A record in which the rule, and no other, finds something at that place."""
    return pytest.param([f"{code}@{place}"], more, without, asked, id=f"{code} {more or without}"[:60])


def near(code: str, *more: str, without: tuple[str, ...] = (), **asked: Any) -> Any:
    """A record much like it, in which nothing is found."""
    return pytest.param([], more, without, asked, id=f"not {code} {more or without}"[:60])


def after(text: str) -> str:
    """A line that was written afterwards."""
    return f"{LATER} {text}"


RESOLVED = ("/state resolved", "/update Resolved", "/tick")

FOUND = [
    case("impact-missing", "impact", without=("/impact",)),
    near("impact-missing", after("/write impact one in eight failed"), without=("/impact",)),
    case("impact-missing", "impact", after("/write users TBD"), without=("/impact",)),
    case("severity-missing", "severity", severity=None),
    near("severity-missing", "00:05 /sev 2", severity=None),
    case("scope-missing", "scope", without=("/scope",)),
    near("scope-missing", after("/write scope EU alone; the vendor is not part of it"), without=("/scope",)),
    case("scope-rows", "scope", without=("/scope domain",)),
    near("scope-rows", "02:30 /scope domain eu-1 unknown", without=("/scope domain",)),
    near("scope-rows", without=("/scope domain",), severity=3),
    case("role-missing", "comms", without=("/role comms",)),
    near("role-missing", "00:50 /role comms not-needed", without=("/role comms",)),
    near("role-missing", without=("/role comms",), severity=3),
    near("role-missing", without=("/role comms",), template="lite"),
    case("recovery-unconfirmed", "user-signal", without=("/tick resolution user",)),
    near("recovery-unconfirmed", without=("/tick",), template="lite"),
    case("milestone-missing", "detected", without=("/milestone detected",)),
    near("milestone-missing", "01:10 /milestone detected ??:??", without=("/milestone detected",)),
    case("milestone-wanted", "mitigated", without=("/milestone mitigated",)),
    near("milestone-wanted", "18:00 /milestone mitigated ??:??", without=("/milestone mitigated",)),
    case("milestone-order", "detected", "01:20 /milestone started 13:57", without=("/milestone started",)),
    near("milestone-order", "01:20 /milestone started 13:56", without=("/milestone started",)),
    case("timeline-part", "timeline", without=("! roll",)),
    near("timeline-part", "05:00 /strategy roll-back the deploy is the likeliest", without=("! roll",)),
    case("unsourced", "#26", "40:00 /milestone started 13:50", without=("/milestone started",)),
    near(
        "unsourced",
        "40:00 /milestone started 13:50",
        "41:00 13:50 first time-out in the log https://logs.example.org/1",
        without=("/milestone started",),
    ),
    near("unsourced", "40:00 /milestone started ??:??", without=("/milestone started",)),
    case("left-in-flight", "A2", "14:00 > @bob drain eu-2"),
    near("left-in-flight", "14:00 > @bob drain eu-2", "16:00 /failed A2 it hangs"),
    near("left-in-flight", "14:00 > @bob drain eu-2", after("/write wrong the drain of eu-2 was forgotten (A2)")),
    case("cadence-missed", "#22", "24:00 /update Late. Next update by 14:45 UTC.", without=("/update Rolled",)),
    near(
        "cadence-missed",
        "24:00 /update Late. Next update by 14:45 UTC.",
        after("/write wrong the update was late, it was forgotten over the roll-back (#22)"),
        without=("/update Rolled",),
    ),
    near("cadence-missed", "22:00 /update In time.", without=("/update Rolled",)),
    case("cap-passed", "#20", "13:30 /next 80m the vendor needs an hour"),
    near("cap-passed", "13:30 /next 40m"),
    near("cap-passed", "13:30 /next 80m the vendor needs an hour", severity=3),
    case("checkpoint-missing", "#20", "14:00 /role ic @dan"),
    near("checkpoint-missing", "14:00 /handoff @dan", "14:20 /ack @dan"),
    near("checkpoint-missing", "14:00 /role ic @alice"),
    near("checkpoint-missing", "14:00 /role ic @dan", "14:40 /handoff @erin", "14:50 /ack @erin"),
    case("deadline-missed", "meeting", now=DECLARED + timedelta(hours=49)),
    near("deadline-missed", after("/write meeting 2026-11-21"), now=DECLARED + timedelta(hours=49)),
    near("deadline-missed", now=DECLARED + timedelta(hours=47)),
    near("deadline-missed", now=DECLARED + timedelta(days=13), severity=3),
    case("summary-missing", "summary", without=("/write summary",)),
    case("trigger-missing", "trigger", without=("/write trigger",)),
    near("trigger-missing", after("/write trigger unknown"), without=("/write trigger",)),
    case("candidate", "F4", after("/factor the cache was cold layer: technical standing: candidate")),
    case("factor-layer", "F4", after("/factor the cache was cold score: 1"),
         after("/action Warm it @jun due: 2026-12-01 verify: hit rate over 90 % category: prevent for: F4")),
    case("weakness-unanswered", "F4", after("/factor the cache was cold layer: technical")),
    near("weakness-unanswered", after("/factor the cache was cold layer: technical score: 0")),
    near("weakness-unanswered", after("/factor the cache was cold layer: technical"),
         after("/waive weakness-unanswered@F4 it warms by itself within a minute")),
    case("human-error", "summary", after("/write +summary In the end it was human error.")),
    near("human-error", after("/write +lessons We do not accept human error as a cause.")),
    case("human-error", "F4", after("/factor operator error layer: operational score: 0")),
    case("blame", "wrong:2", after("/write wrong the pager was late\nBob forgot to drain eu-2")),
    near("blame", after("/write wrong the pager was late\nthe job forgot to drain eu-2")),
    case("why-person", "whys:2", after("/write whys why? the pool was full\nwhy? it was Bob")),
    near("why-person", after("/write whys why? the pool was full\nwhy? nothing limits the retries")),
    case("single-cause", "trigger", after("/write trigger The root cause was a leak."), after("/factor F3 score: 0"),
         options=Options(ignore=("few-factors",))),
    near("single-cause", after("/write trigger The root cause was a leak.")),
    case("legal-conclusion", "summary", after("/write +summary This is a breach of GDPR."), security=True),
    near("legal-conclusion", after("/write +summary This is a breach of GDPR.")),
    near("legal-conclusion", after("/write +summary Rows were readable from 14:02."), security=True),
    case("legal-conclusion", "#19", "12:30 the export violated the regulation", security=True),
    case("placeholder", "luck:1", after("/write luck TBD")),
    near("placeholder", after("/write luck unknown")),
    case("action-owner", "T4",
         after("/action Warm the cache due: 2026-12-01 verify: hit rate over 90 % category: prevent")),
    case("action-due", "T4", after("/action Warm the cache @jun verify: hit rate over 90 % category: prevent")),
    case("action-verification", "T4", after("/action Warm the cache @jun due: 2026-12-01 category: prevent")),
    case("action-verification", "T4",
         after("/action Warm the cache @jun due: 2026-12-01 verify: TBD category: prevent")),
    case("action-category", "T4", after("/action Warm the cache @jun due: 2026-12-01 verify: hit rate over 90 %")),
    near("action-owner", after("/action Warm the cache"), after("/drop T4 it warms by itself")),
    case("vague-action", "T4",
         after("/action Improve tests @jun due: 2026-12-01 verify: coverage of the pool over 80 % category: prevent")),
    near("vague-action",
         after("/action Test the pool at 40 @jun due: 2026-12-01 verify: the run fails at 40 category: prevent")),
    case("due-priority", "T4", after("/action Warm the cache @jun due: 2026-11-24 verify: hit rate over 90 %"
         " category: prevent priority: P0")),
    near("due-priority", after("/action Warm the cache @jun due: 2026-11-23 verify: hit rate over 90 %"
         " category: prevent priority: P0")),
    case("action-per-symptom", "T4", after("/action Page on a pool wait over 200 ms @jun due: 2026-12-10 verify: it"
         " pages in a drill category: detect for: F2")),
    near("action-per-symptom", after("/action Page on an empty order queue @jun due: 2026-12-10 verify: it pages in a"
         " drill category: detect for: F2")),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "more", "without", "asked"), FOUND)
def test_a_rule_finds_its_own_and_nothing_near_it(
    wanted: list[str], more: tuple[str, ...], without: tuple[str, ...], asked: dict[str, Any]
) -> None:
    assert told(small(*more, without=without, **asked)) == wanted


def test_every_rule_has_a_record_here_or_in_the_file_of_the_response() -> None:
    named = {str(found.values[0][0]).partition("@")[0] for found in FOUND if found.values[0]}
    assert named | ELSEWHERE == set(CODES)


ELSEWHERE = {
    "still-open",
    "timeline-missing",
    "reconstructed",
    "no-sources",
    "untimed",
    "gap",
    "update-missing",
    "next-update-missing",
    "checkpoint-late",
    "stalled",
    "debate",
    "few-factors",
    "few-layers",
    "only-trigger",
    "no-actions",
    "secret",
}
"""Rules with a test of their own: in test_response.py, test_timeline.py, test_factors.py, test_secrets.py."""


def test_the_small_incident_is_silent_whatever_its_size() -> None:
    for template in ("layered", "icre", "review", "classic", "lite"):
        for severity in (1, 2, 3, 4):
            assert told(small(template=template, severity=severity)) == []
    assert told(small(after("/write near-miss yes"))) == []


def test_the_codes_are_those_of_the_rules_in_their_order() -> None:
    assert sorted(rule.code for rule in RULES) == sorted(CODES)
    assert len(set(CODES)) == len(CODES)
    assert not set(CODES) & set(FAMILIES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_says_what_is_wanted_why_and_how_to_put_it_right(rule: Any) -> None:
    assert rule.title
    assert rule.why.endswith(".")
    assert rule.fix
    assert "|" not in rule.title + rule.why + rule.fix
    assert rule.find.__doc__
    assert rule.levels.full != "off"


def test_the_defaults_are_those_of_the_policy() -> None:
    options = Options()
    assert (options.roles, options.caps, options.triggers) == (DEFAULT.roles, DEFAULT.caps, DEFAULT.triggers)
    assert options.checkpoint == DEFAULT.thresholds.checkpoint_due


# ── selecting and waiving ───────────────────────────────────────────────────────────────────────────────────────────

BROKEN = ("/impact", "/role comms", "/milestone mitigated")


def test_rules_are_selected_by_code_family_or_beginning() -> None:
    def left(select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> list[str]:
        found = told(small(without=BROKEN, options=Options(select=select, ignore=ignore)))
        return [line.partition("@")[0] for line in found]

    assert left() == ["impact-missing", "role-missing", "milestone-wanted"]
    assert left(("timeline",)) == ["milestone-wanted"]
    assert left(("impact-",)) == ["impact-missing"]
    assert left(("all",), ("timeline",)) == ["impact-missing", "role-missing"]
    assert left(("milestone-wanted",), ("timeline",)) == ["milestone-wanted"]
    assert left(("timeline",), ("milestone-wanted",)) == []
    assert left((), ("all",)) == []
    assert [is_known(word) for word in ("actions", "act", "all", "few-factors", "nonsense", "")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_levels_can_be_set_rule_by_rule() -> None:
    options = Options(levels={"impact-missing": "warning", "milestone-wanted": "error", "role-missing": "off"})
    found = small(without=BROKEN, options=options)
    assert [(one.code, one.level) for one in found] == [("milestone-wanted", "error"), ("impact-missing", "warning")]


def test_a_waiver_is_for_a_place_or_for_everywhere() -> None:
    here = small(after("/waive role-missing@comms nobody outside was affected"), without=BROKEN)
    assert {one.code: one.waived for one in here}["role-missing"] == "nobody outside was affected"
    assert told(here) == ["impact-missing@impact", "milestone-wanted@mitigated"]
    elsewhere = small(after("/waive role-missing@ops nobody outside was affected"), without=BROKEN)
    assert "role-missing@comms" in told(elsewhere)
    everywhere = small(after("/waive role-missing too small"), without=("/role comms", "/role ops"))
    assert told(everywhere) == []
    lifted = small(
        after("/waive role-missing too small"), "601:00 /unwaive role-missing", without=("/role comms", "/role ops")
    )
    assert told(lifted) == ["role-missing@ops", "role-missing@comms"]


def test_a_waived_line_of_a_list_may_be_named_by_its_section() -> None:
    lines = after("/write wrong the pager was late\nBob forgot to drain eu-2")
    for place in ("wrong:2", "wrong"):
        assert told(small(lines, f"601:00 /waive blame@{place} he asked to be named")) == []


def test_words_are_marked_where_they_stand_in_the_whole_section() -> None:
    text = "the pager was late\nBob forgot to drain eu-2"
    (found,) = small(after(f"/write wrong {text}"))
    assert found.start > text.index("\n")
    assert text[found.start : found.end].startswith("Bob forgot")


def test_a_lite_record_and_a_near_miss_are_asked_for_impact_timeline_and_actions_alone() -> None:
    asked = {"record", "impact", "timeline", "actions", "text"}
    family = {code: name for name, codes in FAMILIES.items() for code in codes}
    for rule in RULES:
        if "error" in (rule.levels.lite, rule.levels.near_miss) or "warning" in (
            rule.levels.lite,
            rule.levels.near_miss,
        ):
            assert family[rule.code] in asked, rule.code
    whys = after("/write whys why? human error")
    assert told(small(whys, template="lite", without=("/factor", "/action", "/tick", "/role"))) == [
        "no-actions@actions"
    ]
    assert told(small(whys, after("/write near-miss yes"), without=("/factor", "/action"))) == ["no-actions@actions"]


def test_an_incident_recorded_afterwards_is_not_asked_for_a_response() -> None:
    gone = ("/role", "/update", "/trigger", "/cadence", "/state")
    assert told(small("26:00 /milestone resolved 14:25", without=gone, postmortem_only=True)) == []


def test_an_open_incident_is_asked_for_no_postmortem_until_one_is_begun() -> None:
    begun = ("/write", "/factor", "/action", "/state resolved", "/update Resolved")
    assert told(small(without=begun, now=DECLARED + timedelta(minutes=26))) == ["still-open@state"]
    asked = told(small("25:40 /write well the roll-back", without=begun, now=DECLARED + timedelta(minutes=26)))
    assert asked[:3] == ["still-open@state", "few-factors@factors", "no-actions@actions"]
