from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from scribe.live.grammar import OnScreen, Parsed, ParseError, Recorded, Setting, parse, plain
from scribe.live.slash import COMMANDS, Slash
from scribe.live.typed import links, marks
from scribe.record.events import Action, Decision, Draft, Fact, Hypothesis, Payload
from scribe.record.text import MAX_BYTES, normalise

NOW = datetime(2026, 11, 20, 14, 10, tzinfo=UTC)
BEGAN = NOW - timedelta(seconds=20)
HERE = Setting(NOW, BEGAN, UTC, {"p0": 1})


def read(line: str, setting: Setting = HERE) -> Draft:
    parsed = parse(line, setting)
    assert isinstance(parsed, Recorded)
    (draft,) = parsed.drafts
    return draft


# ── the capture table ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "payload", "text"),
    [
        ("checkout 5xx at 12%", Fact(), "checkout 5xx at 12%"),
        ("? pool exhausted", Hypothesis(), "pool exhausted"),
        ("! roll back to 1.41", Decision(), "roll back to 1.41"),
        ("> kubectl rollout undo checkout", Action(), "kubectl rollout undo checkout"),
        ("= failed over to replica", Action(status="done"), "failed over to replica"),
        ("  >   undo  ", Action(), "undo"),
        (">\tundo", Action(), "undo"),
        # a sigil needs white space behind it
        ("?why", Fact(), "?why"),
        ("!important", Fact(), "!important"),
        (">50% failing", Fact(), ">50% failing"),
        ("=> next", Fact(), "=> next"),
        ("?? what", Fact(), "?? what"),
        # one sigil a line
        ("? ! roll back", Hypothesis(), "! roll back"),
    ],
)
def test_sigils(line: str, payload: Payload, text: str) -> None:
    draft = read(line)
    assert (draft.payload, draft.text, draft.author) == (payload, text, "")


@pytest.mark.parametrize(
    ("line", "at", "precision", "raw", "text"),
    [
        ("no time", "2026-11-20T14:09:40.000Z", "second", "", "no time"),
        ("14:02 x", "2026-11-20T14:02:00.000Z", "minute", "14:02", "x"),
        ("14:02:30 x", "2026-11-20T14:02:30.000Z", "second", "14:02:30", "x"),
        ("14:02Z x", "2026-11-20T14:02:00.000Z", "minute", "14:02Z", "x"),
        ("-12m x", "2026-11-20T13:58:00.000Z", "minute", "-12m", "x"),
        ("yesterday 23:50 x", "2026-11-19T23:50:00.000Z", "minute", "yesterday 23:50", "x"),
        ("2026-11-20 14:02 x", "2026-11-20T14:02:00.000Z", "minute", "2026-11-20 14:02", "x"),
        ("23:50 x", "2026-11-19T23:50:00.000Z", "minute", "23:50", "x"),
        ("12:?? x", "2026-11-20T12:00:00.000Z", "hour", "12:??", "x"),
        ("??:?? x", "2026-11-20T14:10:00.000Z", "unknown", "??:??", "x"),
        ("14:02 14:05 x", "2026-11-20T14:02:00.000Z", "minute", "14:02", "14:05 x"),
        ("14:02, x", "2026-11-20T14:09:40.000Z", "second", "", "14:02, x"),
    ],
)
def test_times(line: str, at: str, precision: str, raw: str, text: str) -> None:
    draft = read(line)
    assert (draft.at, draft.precision, draft.at_raw, draft.text) == (at, precision, raw, text)


def test_a_typed_time_is_in_the_zone_beside_the_box() -> None:
    seoul = Setting(NOW, BEGAN, ZoneInfo("Asia/Seoul"))
    assert read("23:02 x", seoul).at == "2026-11-20T14:02:00.000Z"
    west = Setting(NOW, BEGAN, timezone(timedelta(hours=-3)))
    assert read("11:02 x", west).at == "2026-11-20T14:02:00.000Z"


def test_everything_at_once() -> None:
    draft = read("14:02 > @alice: undo with @bob #db https://x.example/1")
    assert (draft.at_raw, draft.author, draft.text) == ("14:02", "alice", "undo with @bob #db https://x.example/1")
    assert draft.payload == Action(tags=("db",), mentions=("bob",), sources=("https://x.example/1",))


@pytest.mark.parametrize(
    ("line", "author", "text"),
    [
        ("@alice says so", "alice", "says so"),
        ("@alice: says so", "alice", "says so"),
        ("@alice, says so", "alice", "says so"),
        ("? @bob slow query", "bob", "slow query"),
        ("@d.k_1-x ok", "d.k_1-x", "ok"),
        ("@민수 지연", "민수", "지연"),
        ("@bob. rolled back", "bob", "rolled back"),
        ("@alice/web is down", "", "@alice/web is down"),
        ("@ here", "", "@ here"),
        ("mail bob@example.com", "", "mail bob@example.com"),
        ("seen by @alice", "", "seen by @alice"),
    ],
)
def test_the_first_name_is_the_author(line: str, author: str, text: str) -> None:
    draft = read(line)
    assert (draft.author, draft.text) == (author, text)


@pytest.mark.parametrize(
    ("text", "tags", "sources", "mentions"),
    [
        ("#db #db #net-1", ("db", "net-1"), (), ()),
        ("#12 and #3db", (), (), ()),
        ("a#b &#x27; /#c ##d", (), (), ()),
        ("(#db)", ("db",), (), ()),
        ("#복제", ("복제",), (), ()),
        ("see https://x.example/p#frag", (), ("https://x.example/p#frag",), ()),
        ("https://x.example/@bob", (), ("https://x.example/@bob",), ()),
        ("asked @bob, then @carol.", (), (), ("bob", "carol")),
        ("a@b.example", (), (), ()),
        ("@bob @bob", (), (), ("bob",)),
    ],
)
def test_marks(text: str, tags: tuple[str, ...], sources: tuple[str, ...], mentions: tuple[str, ...]) -> None:
    assert marks(text) == (tags, sources, mentions)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("HTTP://A.example/x", "HTTP://A.example/x"),
        ("see https://a.example/x.", "https://a.example/x"),
        ("is it https://a.example/x?", "https://a.example/x"),
        ("https://a.example/?q=1&r=[2]", "https://a.example/?q=1&r=[2]"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("(https://a.example/x).", "https://a.example/x"),
        ("([https://a.example/x]),", "https://a.example/x"),
        ("https://w.example/A_(b)", "https://w.example/A_(b)"),
        ("(https://w.example/A_(b))", "https://w.example/A_(b)"),
        ('<a href="https://a.example/x">', "https://a.example/x"),
        ("**https://a.example/x**", "https://a.example/x"),
        ("`https://a.example/x`", "https://a.example/x"),
        ("ftp://a.example/x", None),
        ("https:// is a scheme", None),
        ("https://... is none", None),
        ("(https://)", None),
    ],
)
def test_links(text: str, found: str | None) -> None:
    assert links(text) == ((found,) if found else ())


@pytest.mark.parametrize(
    "line",
    [
        "/etc/hosts is empty",
        "/tmp full",  # noqa: S108
        "/tmp",  # noqa: S108
        "/var is full",
        "/",
        "/ is full",
        "//",
        "/2 of them",
        "/dev/sda1",
        "/metrics: 500",
    ],
)
def test_paths_are_text(line: str) -> None:
    assert (read(line).payload, read(line).text) == (Fact(), line)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("\\/sev 1", "/sev 1"),
        ("\\? why", "? why"),
        ("\\@alice #db https://x.example", "@alice #db https://x.example"),
        ("\\14:02 x", "14:02 x"),
        ("\\\\n is a newline", "\\n is a newline"),
        ("  \\  > x  ", "> x"),
    ],
)
def test_a_backslash_makes_the_rest_plain(line: str, text: str) -> None:
    draft = read(line)
    assert (draft.payload, draft.text, draft.at_raw) == (Fact(), text, "")


def test_a_backslash_behind_a_time() -> None:
    draft = read("14:02 \\> x")
    assert (draft.payload, draft.text, draft.at_raw) == (Fact(), "> x", "14:02")


@pytest.mark.parametrize("line", ["", " ", "\t\n", "\u3000"])
def test_blank_is_nothing(line: str) -> None:
    assert parse(line, HERE) is None


@pytest.mark.parametrize("line", ["?", "! ", "14:02", "@alice", "14:02 > @alice:", "\\", "-5m \\ "])
def test_nothing_but_grammar_is_refused(line: str) -> None:
    with pytest.raises(ParseError, match="nothing to record"):
        parse(line, HERE)


# ── what cannot be read ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "wrong", "choice"),
    [
        ("/stat mitigating", "/stat", "/state"),
        ("14:02 /sve 1", "/sve", "/sev"),
        ("  /confrim H1", "/confrim", "/confirm"),
        ("/xyzzyx", "/xyzzyx", None),
        ("25:99 x", "25:99", None),
        ("14:15 x", "14:15", "14:10"),
        ("2026-11-31 14:02 x", "2026-11-31 14:02", None),
        ("-400d x", "-400d", None),
    ],
)
def test_the_error_points_at_the_word(line: str, wrong: str, choice: str | None) -> None:
    with pytest.raises(ParseError) as caught:
        parse(line, HERE)
    error = caught.value
    assert line[error.start : error.end] == wrong
    assert (choice in error.choices) if choice else not error.choices
    if choice:
        parse(line[: error.start] + choice + line[error.end :] + " 1", HERE)


@pytest.mark.parametrize("char", ["x", "é", "한", "🔥"])
def test_an_entry_holds_64_kib(char: str) -> None:
    most = MAX_BYTES // len(char.encode())
    assert read(char * most).text == char * most
    line = char * (most + 1)
    with pytest.raises(ParseError, match="64 KiB") as caught:
        parse(line, HERE)
    assert line[: caught.value.start] == char * most
    assert caught.value.end == len(line)
    with pytest.raises(ParseError, match="64 KiB"):
        plain(Fact(), line, HERE)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("a\0b", "a␀b"),
        ("a\ud800b", "a\ufffdb"),
        ("a\ud83d\udd25b", "a🔥b"),
        ("a\r\nb", "a\nb"),
        ("@al\0ice x", "@al␀ice x"),
    ],
)
def test_what_cannot_be_stored_is_normalised(line: str, text: str) -> None:
    assert read(line).text == text
    assert read("\\" + line).text == text
    text.encode()


@pytest.mark.parametrize("slash", COMMANDS, ids=lambda slash: slash.name)
def test_every_command_has_its_words(slash: Slash) -> None:
    assert slash.help
    if slash.read is None:
        assert parse(f"/{slash.name} a  b ", HERE) == OnScreen(slash.name, "a  b")
        return
    alone = answer(f"/{slash.name}")
    if isinstance(alone, ParseError):
        assert alone.start == alone.end == len(slash.name) + 1
    else:
        assert isinstance(alone, OnScreen) == (slash.name in SHEETS)


SHEETS = {"handoff": "handoff", "update": "update", "impact": "impact", "scope": "impact"}
SHEETS |= dict.fromkeys(("tick", "untick"), "tick")
SHEETS |= {"write": "write", "factor": "write", "action": "write"}
PLACES = {"factor": "factors", "action": "actions"}


@pytest.mark.parametrize("name", SHEETS)
def test_a_command_with_a_sheet_opens_it_when_it_stands_alone(name: str) -> None:
    for line in (f"/{name}", f"  /{name}  ", f"14:02 /{name}"):
        assert answer(line) == OnScreen(SHEETS[name], PLACES.get(name, ""))


def answer(line: str) -> Parsed | ParseError | None:
    try:
        return parse(line, HERE)
    except ParseError as error:
        return error


# ── properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

TOKENS = """
? ! > = \\ / @ # : , . - ( ) by 1 2 SEV-1 p0 ic sme ops not-needed released mitigating resolved
detected declared #12 #1 H1 A1 D1 a2 #12·k7 @alice @bob. 20m 2h 1d 90s 1h30m -12m -1d 14:02 14:02Z 23:59
25:99 ??:?? 14:?? 2026-11-20 2026-11-20T14:02Z 0001-01-01 9999-12-31 23:59-12:00 00:00+14:00
2026-W47-5T14:02 2026-324T14 yesterday today https://x.example/(a) http:// /etc/hosts /tmp #db none done x text
한국어 🔥 public: stakeholders on off users: better: indicator: group dependency unknown affected ✗ roll-back
continue sev1 page B1 b1 0m
"""
ODD = ["9" * 400, "\0", "\ud800", "\r\n", "", "\u202e"]
WORDS = st.sampled_from([*(f"/{slash.name}" for slash in COMMANDS), *TOKENS.split(), *ODD])
SPACES = st.sampled_from(["", " ", " ", " ", "  ", "\t", "\n", "\u3000"])
LINES = st.one_of(
    st.text(max_size=40),
    st.lists(st.tuples(SPACES, WORDS), max_size=7).map(lambda parts: "".join(a + b for a, b in parts)),
)


@given(LINES, st.booleans())
@example("/decide by 14:50", False)
@example("/next 9999-12-31", False)
def test_any_line_is_read_or_refused_at_a_place_in_it(line: str, east: bool) -> None:
    setting = Setting(NOW, BEGAN, ZoneInfo("America/New_York") if east else UTC, {"p0": 1})
    parsed: Parsed | ParseError | None
    try:
        parsed = parse(line, setting)
    except ParseError as error:
        parsed = error
    if isinstance(parsed, ParseError):
        assert 0 <= parsed.start <= parsed.end <= len(line)
        assert parsed.message
    elif parsed is None:
        assert not line.strip()
    elif isinstance(parsed, Recorded):
        assert parsed.drafts
        for draft in parsed.drafts:
            assert draft.text == draft.text.strip()
            assert len(draft.at) == 24
            (draft.text + draft.author + draft.at_raw).encode()


@given(st.text())
def test_plain_text_comes_back_as_it_was(text: str) -> None:
    if normalise(text).strip():
        assert read("\\" + text).text == normalise(text).strip()


@given(
    st.sampled_from(["", "14:02 ", "-5m  "]), st.sampled_from(["", "? ", "> "]), st.sampled_from(["", "@al "]), LINES
)
def test_text_loses_nothing_but_grammar(time: str, sigil: str, name: str, rest: str) -> None:
    rest = "x" + rest
    draft = read(time + sigil + name + rest)
    assert draft.text == normalise(rest).strip()
    assert draft.author == name[1:].strip()
    assert bool(draft.at_raw) == bool(time)


@pytest.mark.parametrize(
    "line", ["hi", "? pool #db", "14:02 ! roll back", "/amend #3 new words", "@bob hi", "\\/sev 1"]
)
def test_keep_in_front_changes_nothing_but_that(line: str) -> None:
    typed, kept = read(line), read(f"/keep {line}")
    assert not typed.kept
    assert kept == replace(typed, kept=True)


def test_keep_stands_behind_a_time_too_and_may_be_said_often() -> None:
    assert read("14:02 /keep ? pool") == replace(read("14:02 ? pool"), kept=True)
    assert read("/keep " * 5000 + "pool").text == "pool"


def test_a_mistake_behind_keep_is_pointed_at_where_it_is() -> None:
    wrong = answer("/keep /sev 9")
    assert isinstance(wrong, ParseError)
    assert (wrong.start, wrong.end) == (11, 12)
