"""`scribe check`: the linter over one incident's record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from scribe.cli.cells import styled
from scribe.cli.export import NAMES, Chosen
from scribe.cli.output import put_json, put_utf8, say
from scribe.cli.session import Command, Session, add_globals
from scribe.record.errors import ScribeError
from scribe.record.text import one_line

if TYPE_CHECKING:
    from scribe.after.findings import Finding
    from scribe.after.lint.options import Options

_COLOURS = {"error": "red", "warning": "yellow"}


@click.command("check", cls=Command)
@click.option("--template", metavar=f"[{'|'.join(NAMES)}|FILE]", help="For which document.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="The form.")
@click.option("--select", metavar="RULES", help="Only these rules: codes, beginnings of codes, families; by commas.")
@click.option("--ignore", metavar="RULES", help="Not these rules.")
@click.option("--include-restricted", is_flag=True, help="With restricted entries, for a document that holds them.")
@click.option("--rules", "lists", is_flag=True, help="List the rules, and leave.")
@add_globals
@click.pass_obj
def check_command(
    session: Session,
    template: str | None,
    form: str,
    select: str | None,
    ignore: str | None,
    include_restricted: bool,
    lists: bool,
) -> int:
    """Check the record of an incident and its postmortem. The exit code is 1 when an error stands.

    It sees what an export of that document would: restricted entries only with --include-restricted.
    """
    if lists:
        _list_rules(form)
        return 0
    options = _asked(session, select, ignore)
    name = Chosen(template or session.config.template or NAMES[0]).name
    found, waived, incident = _found(session, name, options, include_restricted=include_restricted)
    errors = sum(finding.level == "error" for finding in found)
    if form == "json":
        put_json(
            {
                "incident": incident,
                "errors": errors,
                "warnings": len(found) - errors,
                "findings": [_shape(finding) for finding in found],
                "waived": [{**_shape(finding), "reason": finding.waived} for finding in waived],
            }
        )
    else:
        for line in _text(incident, found, waived):
            say(line)
    return 1 if errors else 0


def _found(
    session: Session, template: str, options: Options, *, include_restricted: bool
) -> tuple[list[Finding], list[Finding], str]:
    """What stands, what was waived, and the incident."""
    from scribe.after.lint import check
    from scribe.exporters.document import document
    from scribe.record.redact import redact
    from scribe.record.when import stamp
    from scribe.recorder import Recorder
    from scribe.words import load

    policy = session.config.policy
    with session.incident() as (journal, board):
        state = Recorder(journal, board.incident, me=session.me, policy=policy).load()
    passed = redact(state, include_restricted=include_restricted)
    now = stamp(session.clock.now())
    shown = document(passed, policy, session.zone)
    found = check(shown, passed, now=now, template=template, words=load(), options=options)
    standing = [finding for finding in found if not finding.waived]
    return standing, [finding for finding in found if finding.waived], shown.id


def _asked(session: Session, select: str | None, ignore: str | None) -> Options:
    """The config's options; what the command line selects takes their place, what it ignores is added."""
    from msgspec.structs import replace

    from scribe.after.lint.options import Options

    options = session.config.check or Options()
    if select is not None:
        options = replace(options, select=_rules(select, "--select"), ignore=())
    if ignore is not None:
        options = replace(options, ignore=(*options.ignore, *_rules(ignore, "--ignore")))
    return options


def _rules(text: str, option: str) -> tuple[str, ...]:
    from scribe.record.rules import is_known, like

    words = tuple(filter(None, (word.strip().casefold() for word in text.split(","))))
    if not words:
        raise ScribeError(f"{option} names no rule", "like: --select actions,few-factors")
    for word in words:
        if not is_known(word):
            raise ScribeError(f"{option}: {one_line(word)} names no rule", like(word))
    return words


def _shape(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level,
        "where": finding.where,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
    }


def _text(incident: str, found: Sequence[Finding], waived: Sequence[Finding]) -> Iterator[str]:
    for finding in found:
        level = styled(f"{finding.level}:", fg=_COLOURS[finding.level], bold=True)
        code = styled(f"{finding.code}:", bold=True)
        yield f"{one_line(finding.where)}: {level} {code} {one_line(finding.message)}"
        yield f"    why: {finding.why}"
        yield f"    fix: {one_line(finding.fix)}"
    for finding in waived:
        yield styled(f"{one_line(finding.where)}: waived: {finding.code}: {one_line(finding.waived)}", dim=True)
    yield _count(incident, found, waived)


def _count(incident: str, found: Sequence[Finding], waived: Sequence[Finding]) -> str:
    errors = sum(finding.level == "error" for finding in found)
    parts = [_plural(errors, "error"), _plural(len(found) - errors, "warning")]
    parts += [f"{len(waived)} waived"] if waived else []
    incident = one_line(incident)
    if not found:
        return f"{incident}: nothing to put right" + (f", {len(waived)} waived" if waived else "")
    return f"{incident}: {', '.join(parts)}"


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _list_rules(form: str) -> None:
    """Every rule: code, what is wanted, levels, why, fix."""
    from scribe.after.lint.rules import RULES
    from scribe.after.lint.table import levels
    from scribe.record.rules import FAMILIES

    if form == "json":
        put_json(
            [
                {
                    "code": rule.code,
                    "family": next(family for family, codes in FAMILIES.items() if rule.code in codes),
                    "title": rule.title,
                    "levels": levels(rule),
                    "why": rule.why,
                    "fix": rule.fix,
                }
                for rule in RULES
            ]
        )
        return
    lines = []
    for rule in RULES:
        told = ", ".join(f"{size} {level}" for size, level in levels(rule).items())
        lines += [f"{rule.code}: {rule.title}", f"    {told}", f"    why: {rule.why}", f"    fix: {rule.fix}"]
    put_utf8("\n".join(lines))
