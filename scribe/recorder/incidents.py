"""All incidents of a journal: declared, taken from elsewhere, opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from scribe.journal import identity
from scribe.journal.drafts import Drafts, Unsent
from scribe.journal.store import Journal
from scribe.live.masking import Mask
from scribe.live.policy import Policy
from scribe.live.settle import settle
from scribe.record.errors import Refused
from scribe.record.events import Declared, Draft, Note, Role
from scribe.record.naming import check_incident
from scribe.record.state import Board
from scribe.record.text import normalise
from scribe.record.when import When, stamp
from scribe.recorder.recorder import Recorder, keep_unsent
from scribe.recorder.settling import settling

if TYPE_CHECKING:
    pass


def declare(
    journal: Journal,
    title: str,
    *,
    now: datetime,
    me: str,
    policy: Policy,
    severity: int | None = None,
    solo: bool = False,
    security: bool = False,
    postmortem_only: bool = False,
    trigger: int | None = None,
    when: When | None = None,
    incident: str = "",
    mask: Mask | None = None,
) -> str:
    """Begin an incident's record; returns its id.

    ``when`` is when it was declared, now unless said; ``trigger`` the seconds without progress after which another
    strategy is asked for, if somebody confirmed them; ``mask`` masks secrets in the title, and knows what it masked.
    Raises Refused for a title without words and an id that is taken or that none can have, and what Journal.declare
    raises.
    """
    title, me = normalise(title).strip(), normalise(me)
    if not title:
        raise Refused("an incident needs a title", 'like: scribe new "Checkout fails in EU"')
    recorded_at = stamp(now)
    at = when or When(recorded_at, "second", "")
    incident = incident or _free_id(journal, at.at)
    check_incident(incident)
    payload = Declared(severity=severity, postmortem_only=postmortem_only, security=security)
    (draft,) = (mask or Mask()).drafts([Draft(payload, title, at.at, at.precision, at.raw)])
    draft = settle(draft, Board(incident), lambda _: None, policy, me)
    journal.declare(incident, draft, recorder=me, recorded_at=recorded_at)
    first = [*(solo_roles(at.at) if solo else ())]
    if trigger is not None:
        first.append(Draft(Note(trigger=trigger), "", at.at))
    if first:
        Recorder(journal, incident, me=me, policy=policy).record(first, now=now)
    return incident


def restore(
    journal: Journal,
    incident: str,
    drafts: Sequence[Draft],
    *,
    now: datetime,
    me: str,
    policy: Policy,
    told: Callable[[int], None] | None = None,
    mask: Mask | None = None,
) -> None:
    """Begin the record of an incident that was kept elsewhere: the first draft declares it.

    All of it in one transaction, or nothing. ``told`` hears how many drafts are written; ``mask`` masks secrets in
    them, and knows what it masked. Raises Refused for an id that is taken or that none can have, and for a draft that
    points at what is not among those before it, and what Journal.declare raises.
    """
    check_incident(incident)
    me = normalise(me)
    drafts = (mask or Mask()).drafts(drafts)
    settled = settling(policy, me, {}, told)
    journal.declare(incident, drafts[0], recorder=me, recorded_at=stamp(now), following=drafts[1:], settle=settled)


def _free_id(journal: Journal, at: str) -> str:
    """A short id for people to say; short enough to meet one that is taken now and then."""
    while True:
        incident = f"INC-{at[:10].replace('-', '')}-{identity.tag(4).upper()}"
        if journal.board(incident) is None:
            return incident


def solo_roles(at: str) -> tuple[Draft, ...]:
    """One person takes every role, each under its own label."""
    return tuple(Draft(Role(role=name, solo=True), "", at) for name in ("ic", "ops", "comms", "scribe"))


class Incidents:
    """All incidents of one journal, for whoever records as ``me``."""

    def __init__(self, journal: Journal, *, me: str, policy: Policy) -> None:
        self.me = me
        self.policy = policy
        self._journal = journal

    def all(self) -> list[Board]:
        """Every incident's board, the one active last first."""
        return self._journal.boards()

    def active(self) -> Board | None:
        """The open incident that was active last."""
        return self._journal.active()

    def keep(self, box: str, text: str, began: datetime) -> None:
        """Save what is typed for no incident yet, its secrets masked. Raises Refused, Busy, as Recorder.keep does."""
        keep_unsent(Drafts(self._journal, ""), Mask(), box, text, began, "words")

    def unsent(self) -> list[Unsent]:
        """What a process that is gone left unsent for no incident, the newest of each box; it is handed out once."""
        return Drafts(self._journal, "").adopt()

    def open(self, incident: str) -> Recorder:
        """The recorder of one incident. Raises NotFound."""
        return Recorder(self._journal, incident, me=self.me, policy=self.policy)

    def declare(self, title: str, *, severity: int | None, now: datetime, trigger: int | None = None) -> Recorder:
        """Begin an incident and open it. Raises Refused, and what Journal.declare raises."""
        incident = declare(
            self._journal, title, now=now, me=self.me, policy=self.policy, severity=severity, trigger=trigger
        )
        return self.open(incident)
