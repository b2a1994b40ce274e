"""Who holds which role: assignments, packets handed over, and what makes a role change hands."""

from __future__ import annotations

from msgspec.structs import replace

from scribe.live.policy import Policy
from scribe.live.wording import backdated, people, said
from scribe.record.coordination import is_same
from scribe.record.errors import Refused
from scribe.record.events import Checkpoint, Draft, Role
from scribe.record.state import Board


def cast(draft: Draft, payload: Role, board: Board, policy: Policy, recorder: str) -> Draft:
    """A role that is assigned, taken, released, not needed, or acknowledged by whoever takes it over."""
    if payload.acknowledges:
        return _acknowledged(draft, payload, board, policy)
    label = policy.label(payload.role)
    held = () if backdated(draft, board) else tuple(holder.who for holder in board.holders(payload.role))
    who = payload.who or (recorder if payload.change == "assigned" else "")
    who = next((name for name in held if is_same(name, who)), who)
    if payload.change == "not_needed":
        sentence = f"{label} not needed" + (f" (was {people(held)})" if held else "")
    elif payload.change == "released":
        if not backdated(draft, board) and (not held or (who and who not in held)):
            raise Refused(f"@{who} does not hold {label}" if who else f"nobody holds {label}")
        by = people((who,) if who else held)
        sentence = f"{label} released by {by}" if by else f"{label} released"
    elif payload.role != "sme" and held and held != (who,):
        sentence = f"{label}: {people(held)} → @{who}"
    else:
        sentence = f"{label} → @{who}"
    # What nobody else holds is taken from nobody.
    is_from_others = backdated(draft, board) or any(name != who for name in held)
    is_taken = payload.taken and payload.role != "sme" and is_from_others
    if is_taken:
        sentence += " (taken)"
    if payload.solo:
        sentence += " (solo)"
    payload = replace(payload, who=who, previous=held, taken=is_taken)
    return replace(draft, text=said(sentence, draft.text), payload=payload)


def handed_over(draft: Draft, payload: Checkpoint, board: Board, policy: Policy, recorder: str) -> Draft:
    """A packet: which role, from whom, and what the record holds at this moment."""
    label = policy.label(payload.role)
    held = tuple(holder.who for holder in board.holders(payload.role))
    here = (name for name in held if is_same(name, draft.author or recorder))  # of several experts, the one who speaks
    outgoing = next(here, held[0] if held else "")
    if payload.incoming and any(is_same(name, payload.incoming) for name in held):
        raise Refused(f"@{payload.incoming} holds {label} already")
    waiting = board.handoff
    if payload.incoming and waiting is not None and waiting.role != payload.role:
        raise Refused(
            f"packet {waiting.number} still waits for @{waiting.incoming} to have {policy.label(waiting.role)}",
            f"/ack @{waiting.incoming} first, or hand over without a packet: /role {payload.role} @{payload.incoming}",
        )
    number = board.checkpoints + 1
    if payload.incoming:
        sentence = f"packet {number}: {label} {f'@{outgoing} ' if outgoing else ''}→ @{payload.incoming}"
    else:
        sentence = f"packet {number}: checkpoint"
    given = payload.given
    if draft.text:  # what was typed behind the name is for whoever reads the packet
        given = {**given, "notes": "\n".join(filter(None, (draft.text, given.get("notes"))))}
    stamped = replace(payload, outgoing=outgoing, number=number, head=board.head, entries=board.entries, given=given)
    return replace(draft, text=said(sentence, draft.text), payload=stamped)


def _acknowledged(draft: Draft, payload: Role, board: Board, policy: Policy) -> Draft:
    """The role moves on the incoming person's "I have command", whoever typed it."""
    packet = board.handoff
    if packet is None:
        raise Refused("no packet waits to be acknowledged", "hand over with /handoff @name, or take the role: /take ic")
    if payload.who and not is_same(payload.who, packet.incoming):
        raise Refused(
            f"packet {packet.number} was handed to @{packet.incoming}",
            f"/take {packet.role} @{payload.who} takes the role all the same",
        )
    held = tuple(holder.who for holder in board.holders(packet.role))
    if packet.role == "sme":  # the others stay
        held = tuple(name for name in held if is_same(name, packet.outgoing))
    change = f"{people(held)} → @{packet.incoming}" if held else f"→ @{packet.incoming}"
    sentence = f"{policy.label(packet.role)}{': ' if held else ' '}{change}, acknowledged packet {packet.number}"
    payload = replace(payload, role=packet.role, who=packet.incoming, previous=held, acknowledges=packet.id)
    return replace(draft, text=said(sentence, draft.text), payload=payload, author=draft.author or packet.incoming)
