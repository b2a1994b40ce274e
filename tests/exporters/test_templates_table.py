"""docs/TEMPLATES.md says of every field where each template puts it: this holds the table to what the templates do."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec
import pytest

from scribe.after.findings import Finding
from scribe.after.postmortem import Postmortem
from scribe.exporters.blocks import Blocks
from scribe.exporters.markdown import TEMPLATES, postmortem
from scribe.exporters.own import PARTIALS
from scribe.record.events import Payload
from scribe.record.sections import SECTIONS
from tests.exporters.full import full, made, word

DOCS = (Path(__file__).parents[2] / "docs" / "TEMPLATES.md").read_text(encoding="utf-8")
ON_TOP = "on top"
NOWHERE = "–"
TIMELINES = {"Timeline", "2. Timeline"}


def section(name: str) -> str:
    """A section of the page, down to the next heading."""
    return re.split(r"\n##+ ", DOCS.partition(f"# {name}\n")[2])[0]


def rows(name: str) -> list[list[str]]:
    """The rows of the section's table, without its header."""
    lines = [line for line in section(name).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


class Field(NamedTuple):
    """How a field is found in a document: the record it is in, and its words there."""

    words: str
    record: str = "full"


def text(key: str) -> Field:
    return Field(re.escape(word(key)))


FIELDS: dict[str, Field] = {
    "Title": Field("^# .*words of the title"),
    "Draft mark": Field("DRAFT", "draft"),
    "Findings of the check": Field(r"\*\*error\*\* some-code \(summary\): words of a finding", "draft"),
    "Waived findings": Field("few-factors .*words of a waiver"),
    "Recorded afterwards": Field("Recorded afterwards", "afterwards"),
    "Security incident": Field(r"\*\*Security incident\*\*", "security"),
    "Restricted entries": Field("> 1 restricted entry withheld: #", "security"),
    "Incident id": Field(r"\| INC-1 \|"),
    "Severity": Field(r"SEV-2 \(high\); declared as SEV-2"),
    "State": Field(r"^\| State .*resolved"),
    "Zone": Field(r"^\| Time zone .*UTC"),
    "Date": Field(r"^\| Date .*2026-11-20"),
    "Duration": Field(r"^\| Duration .*\(1h 42m 17s\)"),
    "Incident commanders": Field(r"^\| Incident commander +\| @commander \|$"),
    "Author": Field(r"^\| Author .*words of author"),
    "Review meeting": Field(r"^\| Review meeting .*2026-11-24"),
    "Near miss": Field(r"^\| Near miss .*nobody was harmed", "near miss"),
    "Summary": text("summary"),
    "Impact": text("impact"),
    "Impact as stated, latest and earlier": Field(r"(^> words of the latest|\| words of the earlier) impact"),
    "Sides of the impact": Field(r"^\| journeys affected .*words of a side"),
    "Users": text("users"),
    "Revenue": text("revenue"),
    "SLA": text("sla"),
    "Data": text("data"),
    "Symptom, observed": Field("^- .*words of observed"),
    "Symptom, normal": text("normal"),
    "Scope": text("scope"),
    "Scope, row by row": Field(r"ledger-db +\| affected +\| words of a scope row"),
    "Moments": Field(r"^\| fix-deployed +\| 2026-11-20 13:18:00 .*words of a moment"),
    "TTD, TTA, TTM, TTR, impact duration": Field(r"^\| TTD \(time to detect\) .*22m 17s"),
    "Milestones, target against actual": Field(r"^\| resolved +\| 4h +\| 1h 20m +\| yes"),
    "Diagram of states and moments": Field("^gantt$"),
    "Key moments": Field(r"\| fact +\| @sam +\| words of a key moment"),
    "Timeline": Field("words of a key moment"),
    "Blocks of 15 minutes": Field(r"13:00 – 13:15 .*words of a key moment \(#"),
    "Late, reconstructed, imported, amended, apart, hidden, retracted, withheld": Field(
        "written a minute or more after the fact.* in a section apart. 1 entry was left out by whoever edited this. "
        "1 entry was taken back"
    ),
    "Detection source": Field("model validation"),
    "Detection delay": Field(r"(elay.{0,30}|Detected by: .*)22m 17s"),
    "Detection gap": text("detection"),
    "Facts from before the detection": Field(r"^\|[^|]*\|[^|]*\| @sam \| words from before the detection"),
    "Missed signals": text("signals"),
    "Severity history": Field(r"\| SEV-3 .*words of a severity"),
    "Roles": Field(r"^\| Incident commander +\| @commander +\| 12:04:00 .*words of a role"),
    "State history": Field(r"\| resolved +\| – +\| words of a state"),
    "Actions taken, outcome, duration": Field(r"\| done +\| 1m +\| words of an action +\| words of its outcome"),
    "Decisions": Field(r"^\| 12:17:00 +\| D1 +\| @sam \| words of a decision"),
    "Decision points": Field(r"words of a point +\| @al"),
    "Time-boxes": Field(r"words of a time-box +\| words of what came of it"),
    "Escalations": Field(r"\| @sam \| level 2, technical lead: words of an escalation"),
    "Checkpoints and handovers": Field("risks of the next hour: words of a packet"),
    "Checklists": Field("words of a tick"),
    "Status updates": Field("overdue +.*words of an update"),
    "Missed deadlines of updates": Field(r"^\| 12:15:00 +\| 56m +\| sent late"),
    "Security track": Field("words of the protected track", "security"),
    "Containment": text("containment"),
    "Trigger": Field("^words of trigger"),
    "Root cause, as written": text("root-cause"),
    "Root cause, where nobody wrote one: the trigger": Field("^(\\*\\*Trigger.\\*\\* )?words of trigger", "no cause"),
    "Root cause, where nobody wrote one: the factors": Field(r"F1.*words of the first factor", "no cause, undrawn"),
    "Contributing factors": Field("F3.*words of the third factor", "undrawn"),
    "Layer of a factor": Field(r"(?i)(^\| technical.*words of the first|words of the first factor.*\(technical)"),
    "Class of a factor": Field(r"capacity or scaling limits"),
    "Score of a factor, 0 too": Field(r"(\| 0 .*words of the second factor|words of the second factor.*score 0)"),
    "Fact or candidate": Field(
        r"(candidate to verify.*words of the second factor|words of the second factor.*candidate to verify)"
    ),
    "Factors that no action item answers": Field(r"no action item +\| words of the third factor"),
    "The ten classes with their scores": Field(r"^\| third-party dependency +\| unknown"),
    "Causal tree": Field("^graph TD$"),
    "Confirmed hypotheses": Field(
        r"(confirmed +\| 12:11:00 \(#\d+\) \| words of the confirmed one|words of the confirmed one .*to verify)"
    ),
    "All hypotheses with verdicts": Field(r"\| ruled out +\|.*words of the false one +\| words against it"),
    "System weaknesses": text("weaknesses"),
    "Five whys": Field("^1. words of whys"),
    "Missed defences": text("defences"),
    "What went well": text("well"),
    "What went wrong": text("wrong"),
    "Where luck helped": text("luck"),
    "Action items": Field(r"T1\b.*words of an item"),
    "Owner of an item": Field("@owner-of-it"),
    "Due day of an item": Field("2027-02-03"),
    "Verification signal of an item": Field("words of its signal"),
    "Category of an item": Field(r"words of an item .*\bprevent\b"),
    "Priority of an item": Field(r"words of an item .*\bP1\b"),
    "What an item answers": Field("F1, trigger"),
    "Status of an item, with the evidence": Field("done 2026-11-20 by @sam: words of evidence"),
    "Verification of an item": Field("verified 2026-11-20 by @checker: words of a verifier"),
    "What the record leaves open": Field("^- hypothesis, open – words of the open one"),
    "Recurrence prevention": Field(r"^- \[ \] Architecture change: unknown"),
    "Lessons": text("lessons"),
    "Links, as written": text("links"),
    "Links of entries": Field("^- <https://before.example/x> "),
    "Regulators' clocks": text("regulatory"),
    "Cost, direct": Field(r"revenue lost +\| 48,000 KRW"),
    "Cost, indirect": Field(r"engineer hours +\| 3,100 KRW"),
    "Cost, total": Field(r"^\| Total +\| 51,100 KRW, without what is unknown: SLA credits"),
    "Cost of a minute of downtime": Field("499.59 KRW"),
    "Deadlines of the postmortem": Field(r"^\| review meeting +\| 2026-11-22 13:20 \| set for 2026-11-24 +\| no"),
    "Recovery, both signals": Field(r"^\| what users see +\| 2026-11-20 13:19:00 \| @sam .*words of recovery"),
    "Closing ticks": Field(r"\| @ticker +\| it did not happen again"),
    "Head of the record": Field("0000125"),
    "Number of entries": Field(r"(^\| Entries +\| 79, 77 of them|^79 entries)"),
    "People": Field(r"^\| @ticker +\| – +\| 1"),
}

FINDING = Finding("some-code", "error", "summary", "words of a finding", "it matters", "put it right")


@cache
def record(name: str) -> Postmortem:
    match name:
        case "draft":
            return made(full(), draft=True, findings=(FINDING,))
        case "afterwards":
            tale = full(without=("root-cause",))
            return msgspec.structs.replace(made(tale), postmortem_only=True)
        case "security":
            return made(full(security=True))
        case "near miss":
            return made(full(near_miss="yes"))
        case "no cause" | "no cause, undrawn":
            return made(full(without=("root-cause",)))
        case _:
            return made(full())


@cache
def lines(name: str, template: str) -> list[tuple[tuple[str, ...], str]]:
    """Every line of the document with the headings above it."""
    (known,) = (each for each in TEMPLATES if each == template)
    found, path, is_diagram = [], list[str](), False
    for line in postmortem(record(name), known, diagrams="undrawn" not in name).splitlines():
        is_diagram = is_diagram is not line.startswith("```")
        heading = None if is_diagram else re.fullmatch(r"(#+) (.*?)(?: \(.*\))?", line)
        if heading and len(heading[1]) > 1:
            path[len(heading[1]) - 2 :] = [heading[2]]
        else:
            found.append((tuple(path), line))
    return found


def places(field: Field, template: str) -> set[tuple[str, ...]]:
    return {path for path, line in lines(field.record, template) if re.search(field.words, line)}


TABLE = {row[0]: row[2:] for row in rows("Fields")}


def test_every_field_of_the_table_is_looked_for_and_every_template_has_a_column() -> None:
    assert list(TABLE) == list(FIELDS)
    assert all(len(cells) == len(TEMPLATES) for cells in TABLE.values())
    header = next(line for line in section("Fields").splitlines() if line.startswith("| Field"))
    assert [cell.strip() for cell in header.strip("|").split("|")][2:] == list(TEMPLATES)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_stands_where_the_table_says_and_nowhere_that_it_denies(name: str) -> None:
    for template, cell in zip(TEMPLATES, TABLE[name], strict=True):
        found = places(FIELDS[name], template)
        if cell == NOWHERE:
            assert not {path for path in found if not TIMELINES & set(path)}, template
            continue
        for wanted in cell.split("; "):
            assert any(wanted in path if wanted != ON_TOP else not path for path in found), (template, wanted, found)


def test_a_final_document_lists_no_findings() -> None:
    document = msgspec.structs.replace(record("full"), findings=(FINDING,))
    assert all("words of a finding" not in postmortem(document, template) for template in TEMPLATES)


def test_every_section_that_people_write_stands_in_the_table() -> None:
    said = "\n".join(" ".join(row[:2]) for row in rows("Fields"))
    for found in SECTIONS:
        family = found.key.partition("-")[0]
        assert f"`{found.key}`" in said or f"`{family}-…`" in said or found.key == "currency", found.key


# ── what a template of one's own may use ────────────────────────────────────────────────────────────────────────────


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def listed(name: str) -> dict[str, str]:
    return {row[0]: row[1] for row in rows(name)}


def test_every_field_of_doc_is_documented() -> None:
    assert {cell.strip("`").removeprefix("doc.") for cell in listed("What `doc` holds")} == public(Postmortem)


def test_every_part_is_documented_with_what_it_takes() -> None:
    said = {cell.strip("`").removeprefix("part.") for cell in listed("What `part` makes")}
    wanted = {f"{name}{_taking(inspect.getattr_static(Blocks, name))}" for name in public(Blocks)}
    assert said == wanted | {"times", "document", "diagrams"}


def _taking(member: Any) -> str:
    if not inspect.isfunction(member):
        return ""
    given = list(inspect.signature(member).parameters.values())[1:]
    return "({})".format(
        ", ".join(
            f"{'*' if one.kind is one.VAR_POSITIONAL else ''}{one.name}{'' if one.default is one.empty else '=…'}"
            for one in given
        )
    )


def reached(kind: Any, seen: dict[str, type]) -> dict[str, type]:
    """Every struct that can be come by from a type."""
    for inner in get_args(kind):
        reached(inner, seen)
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)) or issubclass(kind, Payload):
        return seen
    if kind.__name__ not in seen:
        seen[kind.__name__] = kind
        for held in _held(kind):
            reached(held, seen)
    return seen


def _held(kind: type[msgspec.Struct]) -> Iterator[Any]:
    hints = get_type_hints(kind)
    yield from (hints[name] for name in kind.__struct_fields__)
    for name in public(kind):
        member = inspect.getattr_static(kind, name)
        made_by = member.fget if isinstance(member, property) else member
        if inspect.isfunction(made_by):
            yield get_type_hints(made_by).get("return")


def test_every_field_of_what_doc_is_made_of_is_documented() -> None:
    types = reached(Postmortem, {})
    del types["Postmortem"]
    said = {name: set(re.findall(r"`(\w+)`", cell)) for name, cell in listed("What these are made of").items()}
    assert said == {name: public(kind) for name, kind in types.items()}


def test_the_parts_that_may_be_included_are_named() -> None:
    assert set(re.findall(r"`(_\w+)\.md\.j2`", section("Your own template"))) == set(PARTIALS)
