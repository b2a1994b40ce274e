"""What every kind of event carries: the base of all payloads."""

from __future__ import annotations

from msgspec import Struct

from scribe.record.terms import AUDIENCE


class Origin(Struct, frozen=True, omit_defaults=True, gc=False):
    """Where an event came from that was imported: the source, and what that source said of its writing.

    ``recorded_at`` (UTC text) and ``recorder`` are those of the source, empty where it did not say; ``ref`` is the
    reference it had there. ``late`` and ``reconstructed`` hold what the source knew of its entry. ``instead`` is the
    event (``writer-seq``) that it stands for, where that went because words in it were erased.
    """

    source: str
    recorded_at: str = ""
    recorder: str = ""
    ref: str = ""
    late: bool = False
    reconstructed: bool = False
    instead: str = ""


class Payload(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", gc=False):
    """The fields that every kind of event may carry beside its text.

    ``restricted`` marks what is need-to-know and leaves in no copy that did not ask for it by name.
    """

    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    restricted: bool = False
    origin: Origin | None = None


class Paced(Payload, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An event that says how often updates are sent from then on, as the policy stood then.

    ``cadence`` (seconds) speaks of AUDIENCE; where other audiences are switched on ``cadences`` names each of them,
    None where it has no cadence.
    """

    cadence: int | None = None
    cadences: dict[str, int | None] | None = None

    @property
    def paces(self) -> dict[str, int | None]:
        """Seconds between two updates for each audience that is switched on."""
        return {AUDIENCE: self.cadence} if self.cadences is None else self.cadences
