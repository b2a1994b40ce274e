"""What stands around the text: the title, what belongs there, what the check found in it."""

from __future__ import annotations

from collections.abc import Sequence

from scribe.after.findings import Finding
from scribe.record.text import one_line
from scribe.record.written import Words
from scribe.ui.lines import Line, spread
from scribe.ui.postmortem.places import ORDER, PLACES, Place, line_of
from scribe.ui.wrap import wrap
from scribe.ui.zones import Zones

SIGNS = {"error": ("✗", "error"), "warning": ("●", "warning")}
"""A finding's sign and style."""

Span = tuple[int, int, str]
"""Characters of a text that a finding speaks of (start, end), and how grave it is."""


def head(each: Place, words: Words | None, zones: Zones, width: int, *, slim: bool, unsaved: bool) -> list[Line]:
    """The title with who wrote it last, and what belongs there."""
    right: Line = ()
    if unsaved:
        right = (("not recorded yet ", "warning"),)
    elif words is not None and words.text:
        right = ((f"@{one_line(words.by)} {zones.row(words.at, 'minute').strip()} ", "past"),)
    number = f" {ORDER[each.key] + 1}/{len(PLACES)}" if slim else ""
    title: Line = ((f" {each.title}", "strong"), (number, "past"))
    lines: list[Line] = [spread(title, right, width)]
    if not slim:
        lines += [((f" {line}", "past"),) for line in wrap(each.guidance, max(8, width - 2))]
    return lines


def proposal(text: str) -> str:
    """What the record holds, as it stands dim where the text would."""
    return "\n".join(one_line(line) for line in text.split("\n"))


def finding_lines(findings: Sequence[Finding], chosen: Finding | None, width: int, height: int) -> list[Line]:
    """What was found here; the chosen one whole, with why it matters and how it is put right."""
    made: list[Line] = []
    for finding in findings:
        made += _finding(finding, finding == chosen or (chosen is None and finding is findings[0]), width)
    if len(made) > height > 0:
        hidden = len(made) - height + 1
        made = [*made[: height - 1], ((f"   … {hidden} more lines: F5", "past"),)]
    return made


def _finding(finding: Finding, is_chosen: bool, width: int) -> list[Line]:
    room = max(8, width - 4)
    if finding.waived:
        said = f"{finding.code} waived: {one_line(finding.waived)}"
        return [
            ((" ○ ", "past"), (line, "past")) if number == 0 else (("   ", ""), (line, "past"))
            for number, line in enumerate(wrap(said, room)[:2])
        ]
    sign, style = SIGNS[finding.level]
    where = f"line {line_of(finding)}: " if line_of(finding) else _reference(finding)
    first, *more = wrap(f"{where}{one_line(finding.message)}", room)
    made: list[Line] = [((f" {sign} ", style), (first, style)), *(((f"   {line}", style),) for line in more)]
    if not is_chosen:
        return made
    if finding.why:
        made += [((f"   {line}", "past"),) for line in wrap(one_line(finding.why), room)]
    if finding.fix:
        made += [((f"   {line}", "words"),) for line in wrap(f"→ {one_line(finding.fix)}", room)]
    made.append((("   F7", "key"), (" waives it  ", "past"), (waiving(finding), "past")))
    return made


def _reference(finding: Finding) -> str:
    named = finding.where[:1] in "#HDABFT" and any(map(str.isdigit, finding.where))
    return f"{finding.where}: " if named and finding.where not in finding.message else ""


def waiving(finding: Finding) -> str:
    """The finding as ``/waive`` names it."""
    return f"{finding.code}@{finding.where}" if finding.where else finding.code


def spans(findings: Sequence[Finding], text: str) -> list[Span]:
    """The words that findings speak of, as they stand in the text; a line of a list where no words are marked."""
    made: list[Span] = []
    starts = _starts(text)
    for finding in findings:
        if finding.waived:
            continue
        start, end = finding.start, finding.end
        number = line_of(finding)
        if not end and 0 < number <= len(starts):
            start, end = starts[number - 1]
        if 0 <= start < end <= len(text):
            made.append((start, end, finding.level))
    return made


def _starts(text: str) -> list[tuple[int, int]]:
    """Where each line that says something begins and ends."""
    found, start = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append((start, start + len(line)))
        start += len(line) + 1
    return found


def choice_lines(each: Place, chosen: str, place: int, proposed: str, width: int) -> list[Line]:
    """The answers of a section that has a few, each with its number."""
    made: list[Line] = []
    for number, choice in enumerate(each.choices):
        here, taken = number == place, choice == chosen
        held = "   the record suggests it: F2" if choice == proposed and not chosen else ""
        made.append(
            (
                (" ▸ " if here else "   ", "key"),
                (f"{number + 1} ", "key"),
                (f"{'●' if taken else '○'} ", "ok" if taken else "past"),
                (choice.replace("-", " "), "strong" if here or taken else "words"),
                (held, "past"),
            )
        )
    foot = " a number or Enter chooses · Del takes it away" if chosen else " a number or Enter chooses"
    return [*made, (), ((foot[: width - 1], "past"),)]
