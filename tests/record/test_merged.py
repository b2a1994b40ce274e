"""A record that was written in diverged copies, read as one."""

import random
from itertools import permutations

import pytest

from scribe.record.chain import split
from scribe.record.events import Event, Fact
from scribe.record.merged import answering, apart, as_one, in_order, is_merged, named, number
from tests.fakes.desk import at


def event(writer: str, seq: int, *behind: str, ref: str = "", when: str = "12:00") -> Event:
    """An event that follows those named ``writer-seq``; what it is called is its digest too."""
    prev, *seen = behind or ("",)
    header = (0, "INC-1", writer, seq, 1, at("12:00"), "second", at(when), "fact", False, ref, "+".join(seen), prev)
    return Event(*(*header, "", f"{writer}-{seq}", "", "", "", "", Fact()))  # type: ignore[arg-type]


BEGUN = event("aa", 1, ref="#1")
OURS = [event("aa", 2, "aa-1", ref="#2", when="12:05"), event("aa", 3, "aa-2", ref="#3", when="12:09")]
THEIRS = [event("bb", 1, "aa-1", ref="#2", when="12:04"), event("bb", 2, "bb-1", ref="#3", when="12:06")]


def test_a_record_of_one_copy_stays_as_it_came() -> None:
    late = event("aa", 3, "aa-2", when="11:00")  # the clock was set back
    story = [BEGUN, OURS[0], late]
    assert as_one(story) is story
    grown = [BEGUN, event("bb", 1, "aa-1"), event("aa", 2, "aa-1", "bb-1")]  # each knew of what stood before
    assert not is_merged(grown)
    assert as_one(grown) is grown


def test_diverged_copies_are_told_in_the_order_of_their_writing_on_either_machine() -> None:
    one = as_one([BEGUN, *OURS, *THEIRS])
    two = as_one([BEGUN, *THEIRS, *OURS])
    assert [found.id for found in one] == ["aa-1", "bb-1", "aa-2", "bb-2", "aa-3"]
    assert [found.id for found in one] == [found.id for found in two]


def test_whose_reference_came_first_keeps_it() -> None:
    assert [found.ref for found in named([BEGUN, *OURS, *THEIRS])] == ["#1", "#2", "#3", "#2·bb", "#3·bb"]
    assert [found.ref for found in named([BEGUN, *THEIRS, *OURS])] == ["#1", "#2", "#3", "#2·aa", "#3·aa"]


def test_the_end_is_as_long_as_it_has_to_be() -> None:
    copies = [event(writer, 1, "aa-1", ref="#2") for writer in ("k7m2", "k7m3", "k8zz")]
    assert [found.ref for found in named([BEGUN, OURS[0], *copies])][2:] == ["#2·k7m2", "#2·k7m3", "#2·k8"]


def test_what_is_typed_finds_one_or_names_all_that_it_could_be() -> None:
    events = named([BEGUN, *OURS, *THEIRS, event("bb", 3, "bb-2", ref="#4")])
    for typed, ids in {
        "#1": ["aa-1"],
        "#2": ["aa-2", "bb-1"],
        "#2·bb": ["bb-1"],
        "#2.bb": ["bb-1"],
        "#2·aa": ["aa-2"],
        "#2·b": ["bb-1"],
        "#4": ["bb-3"],
        "#4·aa": [],
        "#2·": [],
        "#9": [],
        "": [],
        "2": [],
    }.items():
        assert [found.id for found in answering(events, typed)] == ids, typed
    assert [apart(events, found) for found in answering(events, "#2")] == ["#2·aa", "#2·bb"]


def test_a_clock_that_was_set_back_never_puts_an_event_before_what_it_follows() -> None:
    back = [event("bb", 1, "aa-1", when="13:00"), event("bb", 2, "bb-1", when="09:00")]
    assert [found.id for found in in_order([BEGUN, *OURS, *back])] == ["aa-1", "aa-2", "aa-3", "bb-1", "bb-2"]


@pytest.mark.parametrize("seed", range(30))
def test_any_order_of_arrival_comes_to_one_order_of_folding(seed: int) -> None:
    """Three writers who meet now and then; whatever order their events may come in, they are folded in one."""
    chance = random.Random(seed)
    known: dict[str, dict[str, str]] = {name: {"aa": "aa-1"} for name in ("aa", "bb", "cc")}
    events, seqs = [BEGUN], {"aa": 1, "bb": 0, "cc": 0}
    for _ in range(12):
        who = chance.choice("abc") * 2
        if chance.random() < 0.3:
            known[who].update(known[chance.choice("abc") * 2])
        seqs[who] += 1
        tips = [known[who].get(who, "aa-1"), *(tip for name, tip in known[who].items() if name != who)]
        events.append(event(who, seqs[who], *dict.fromkeys(tips), when=f"{chance.randrange(24):02}:00"))
        known[who][who] = f"{who}-{seqs[who]}"
    wanted = in_order(events)
    places = {found.id: place for place, found in enumerate(wanted)}
    for found in wanted:
        assert all(places[name] < places[found.id] for name in (found.prev, *split(found.seen)) if name)
    for _ in range(5):
        assert in_order(arrival(events, chance)) == wanted


def arrival(events: list[Event], chance: random.Random) -> list[Event]:
    """The events in an order in which they may come to a copy."""
    waiting, came = list(events), dict[str, Event]()
    while waiting:
        able = [one for one in waiting if all(name in came for name in (one.prev, *split(one.seen)) if name)]
        chosen = chance.choice(able)
        came[chosen.id] = chosen
        waiting.remove(chosen)
    return list(came.values())


def test_a_link_to_itself_orders_nothing() -> None:
    events = [BEGUN, event("bb", 1, "bb-1", when="11:00"), event("cc", 1, "aa-1", when="23:00")]
    assert {found.id: place for place, found in enumerate(in_order(events))}["cc-1"] == 2


def test_links_that_lead_nowhere_or_round_lose_no_event() -> None:
    broken = [BEGUN, event("bb", 1, "zz-9"), event("cc", 1, "cc-2"), event("cc", 2, "cc-1"), event("dd", 1, "dd-1")]
    for order in permutations(broken):
        assert {found.id for found in in_order(order)} == {found.id for found in broken}


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        ("#12", 12),
        ("T3·k7", 3),
        ("", 0),
        ("#", 0),
        ("#12x", 0),
        ("#2\x1b]52;c;cm0=\x07", 0),
        ("#-1", 0),
        ("#1_0", 0),
        ("#٣", 0),
        ("#3\n", 0),
        (f"#{'9' * 5000}", 0),
    ],
)
def test_a_reference_counts_by_its_number_and_a_forged_one_not_at_all(ref: str, expected: int) -> None:
    assert number(ref) == expected
