"""The composer of status updates: three shapes, three audiences, filled from the record, every field open to edits.

It draws on a Redacted alone, and what is for the public names nobody, states no hypothesis and nothing restricted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import tzinfo
from typing import Literal

from msgspec import Struct

from scribe.live.anonymous import masked, names_in, people, restricted_in
from scribe.live.pacing import cadence_in_force
from scribe.live.policy import Policy
from scribe.live.prefill import Prefill
from scribe.live.since import gather
from scribe.live.update_fields import LABELS, PUBLIC, UNKNOWN, Field, public_state
from scribe.record.errors import Refused
from scribe.record.events import Draft, Update
from scribe.record.redact import Redacted, redact
from scribe.record.state import Board, State
from scribe.record.terms import AUDIENCES
from scribe.record.text import normalise, one_line
from scribe.record.when import instant, local, seconds_between, shifted, zone_name

__all__ = [
    "LABELS",
    "Composition",
    "Field",
    "compose",
    "draft_of",
    "footer",
    "leaks",
    "opening",
    "people",
    "refusal",
    "text",
]

Shape = Literal["declared", "update", "resolved"]


class Composition(Struct, frozen=True, gc=False):
    """A status update as it would be sent at ``at`` (UTC text).

    ``next_at`` is when the next one is due, None while nobody has said so and after resolution. ``withheld`` are the
    references of restricted entries that it does not draw on, ``colour`` is that of the public status page.
    """

    audience: str
    shape: Shape
    incident: str
    title: str
    heading: str
    at: str
    over: bool
    fields: tuple[Field, ...]
    next_at: str | None = None
    withheld: tuple[str, ...] = ()
    colour: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Mandatory fields that neither the record nor anybody filled: they say "unknown", which is allowed."""
        return tuple(field.name for field in self.fields if field.mandatory and field.value == UNKNOWN)

    def value(self, name: str) -> str:
        """What a field says; empty where the update has none of that name."""
        return next((field.value for field in self.fields if field.name == name), "")


def compose(
    view: Redacted,
    policy: Policy,
    now: str,
    audience: str,
    zone: tzinfo,
    edits: Mapping[str, str] | None = None,
    next_at: str | None = None,
    names: Collection[str] = (),
) -> Composition:
    """The update as the record fills it, with ``edits`` in the place of what it says (by the names in LABELS).

    An edit without words is "unknown" in a mandatory field and leaves out any other; one for a field that the shape
    does not have is added to it. ``names`` are people to leave unnamed beside those that ``view`` knows, for whoever
    still holds what was withheld from it (``people``).

    Raises Refused: an audience or a field that does not exist.
    """
    if audience not in AUDIENCES:
        raise Refused(f"{audience} is no audience: {', '.join(AUDIENCES)}")
    edits = {name: normalise(said).strip() for name, said in (edits or {}).items()}
    wrong = next((name for name in edits if name not in LABELS), None)
    if wrong is not None:
        raise Refused(f"an update has no field {wrong}", f"fields: {', '.join(LABELS)}")
    is_public = audience == "public"
    if is_public:
        view = redact(view)  # even where restricted entries were asked for by name
    outside = audience != "responders"
    unnamed = frozenset((*people(view), *names)) if outside else frozenset[str]()
    board, news = view.board, gather(view, audience)
    shape = _shape(board, told=news.last is not None, moved=news.moved)
    prefill = Prefill(board, news, policy, now, audience, zone, unnamed)
    if is_public:
        edits = {name: masked(said, unnamed) for name, said in edits.items()}
    has_title = any(entry.kind == "declared" for entry in view.entries)
    title = edits.get("title") or _title(board, unnamed, shown=has_title and not (is_public and board.security))
    return Composition(
        audience=audience,
        shape=shape,
        incident=board.incident,
        title=title,
        heading=_heading(board, shape, title, now, is_public=is_public),
        at=now,
        over=board.over,
        fields=_edited(prefill.fields(shape), edits),
        next_at=_next(board, policy, now, audience, next_at),
        withheld=view.withheld,
        colour=public_state(board.state)[1] if is_public else "",
    )


def refusal(composition: Composition) -> str:
    """Why it cannot be sent as it stands; empty when it can."""
    if composition.over:
        return ""
    if composition.next_at is None:
        return "an update says when the next one is due: give a time, like 30m"
    if composition.next_at <= composition.at:
        return "the next update would be due before this one"
    return ""


def leaks(state: State, composition: Composition) -> tuple[str, ...]:
    """What must not leave in it: words of restricted entries and indicators, for the public people on record too.

    It takes the record as its owner has it, because only that knows what is restricted. A name that is also a word of
    scribe's own sentences is no finding: what people typed was masked, and those sentences speak of nobody.
    """
    is_public = composition.audience == "public"
    said = "\n".join((composition.title, *(field.value for field in composition.fields)))
    found = restricted_in(said, state, strict=is_public)
    if not is_public:
        return found
    named = (name for name in names_in(said, people(state)) if name.casefold() not in _OWN_WORDS)
    return (*(f"@{name}" for name in named), *found)


def given_away(found: Sequence[str]) -> str:
    """What was found to leak, as a message names it: the first of it, each in a few words."""
    return ", ".join(word if len(word) <= _FEW else f"{word[:_FEW]}…" for word in map(one_line, found[:3]))


def text(composition: Composition, zone: tzinfo) -> str:
    """The update in plain words, as it is kept in the record."""
    lines = [composition.heading, opening(composition, zone), ""]
    for field in composition.fields:
        items = field.items
        if len(items) == 1:
            lines.append(f"{field.label}: {items[0]}")
        else:
            lines += [f"{field.label}:", *(f"- {item}" for item in items)]
    return "\n".join((*lines, *(line for line in footer(composition, zone) if line)))


def opening(composition: Composition, zone: tzinfo) -> str:
    """The line under the heading: when it was sent."""
    return _stamped(composition.at, zone)


def footer(composition: Composition, zone: tzinfo) -> tuple[str, ...]:
    """The lines behind the fields: when the next update is due, and, for responders, what is withheld."""
    lines = []
    if not composition.over:
        lines.append(f"Next update by {_due(composition, zone)}")
    if composition.withheld and composition.audience == "responders":
        lines.append(f"{len(composition.withheld)} withheld: {', '.join(composition.withheld)}")
    return tuple(lines)


def draft_of(composition: Composition, zone: tzinfo) -> Draft:
    """What is recorded once it was sent: the text, and the fields it was composed of."""
    payload = Update(
        audience=composition.audience,
        shape=composition.shape,
        fields={field.name: field.value for field in composition.fields},
        next_at=composition.next_at,
    )
    return Draft(payload, text(composition, zone), composition.at)


def _shape(board: Board, *, told: bool, moved: bool) -> Shape:
    """It is a declaration for an audience that was told nothing yet, while the state is the one it began with."""
    if board.over:
        return "resolved"
    return "update" if told or moved else "declared"


def _title(board: Board, unnamed: frozenset[str], *, shown: bool) -> str:
    """A title on the protected track, or one that is restricted, is not for a status page."""
    return masked(board.title, unnamed) if shown else ""


def _heading(board: Board, shape: Shape, title: str, now: str, *, is_public: bool) -> str:
    if is_public:
        sentence = public_state(board.state)[0]
    elif shape == "update":
        minutes = int(seconds_between(board.zero, now) // 60) if board.zero else None
        sentence = "Status update" if minutes is None or minutes < 0 else f"Status update, T+{minutes} min"
    else:
        sentence = "Incident declared" if shape == "declared" else "Incident resolved"
    title = " ".join(title.split())
    return f"{sentence}: {title}" if title else sentence


def _edited(fields: tuple[Field, ...], edits: Mapping[str, str]) -> tuple[Field, ...]:
    found = []
    for field in fields:
        said = edits.get(field.name)
        if said is None:
            found.append(field)
        elif said or field.mandatory:
            found.append(Field(field.name, field.label, said or UNKNOWN, field.mandatory))
    known = {field.name for field in fields} | {"title"}
    more = (Field(name, LABELS[name], edits[name], mandatory=False) for name in LABELS if edits.get(name))
    return (*found, *(field for field in more if field.name not in known))


def _next(board: Board, policy: Policy, now: str, audience: str, next_at: str | None) -> str | None:
    """As it was promised, else by the cadence, else as it was set already: what the record will say when it is sent."""
    if board.over or next_at is not None:
        return None if board.over else next_at
    cadence = cadence_in_force(board, board.state, policy, audience)
    if cadence is not None:
        return shifted(now, cadence)
    track = board.track(audience)
    return track.due if track is not None and track.due is not None and track.due > now else None


def _due(composition: Composition, zone: tzinfo) -> str:
    due = composition.next_at
    if due is None:
        return "(not set)"
    is_today = local(due, zone).date() == local(composition.at, zone).date()
    return _stamped(due, zone)[11 if is_today else 0 :]


def _stamped(at: str, zone: tzinfo) -> str:
    return f"{local(at, zone):%Y-%m-%d %H:%M} {zone_name(zone, instant(at))}"


_FEW = 80
"""Characters of what leaks, to find it by."""

_OWN_WORDS = frozenset(
    word.strip(".,:").casefold()
    for said in (*LABELS.values(), *(part for row in PUBLIC.values() for part in row), "as of unknown investigating")
    for word in said.split()
)
