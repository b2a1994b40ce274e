"""What has the form of a secret is found, in sentences too; what only looks like one is not."""

from __future__ import annotations

import importlib
import re
import socket
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from detect_secrets.plugins import aws, slack, stripe
from detect_secrets.plugins.base import BasePlugin
from hypothesis import given
from hypothesis import strategies as st

from scribe.record import secret_values, secrets
from scribe.record.errors import Refused
from scribe.record.secret_forms import Form
from scribe.record.secret_values import Need
from scribe.record.secrets import FORMS, Secret, find, suspects
from tests.fakes.secrets import Pasted, pasted

TREE = Path(__file__).resolve().parents[2]
FILES = Path(__file__).parent / "files"
CLEAN = (FILES / "clean_lines.txt").read_text("utf-8").splitlines()
HELD_OUT = (FILES / "clean_lines_held_out.txt").read_text("utf-8").splitlines()
"""Half of the clean lines were written before the forms were, and no form was changed for them."""
CLOSE = (FILES / "clean_lines_close.txt").read_text("utf-8").splitlines()
"""What comes as close to a secret as people write without giving one away."""

HARMLESS = (
    "password: unchanged since 2026-03-01",
    "password changed at 14:02:11Z",
    "the password is argon2id hashed now",
    "password hashes are PBKDF2-SHA256 with 600k rounds",
    "login: 12 of 40 fail, login alice/bob flaps",
    "next token: CAUQAA1234567890abcdef",
    "secret: prod-auth-db-credentials-v2",
    "secret_arn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-a1B2c3",
    "idempotency_key=550e8400-e29b-41d4-a716-446655440000",
    "cache_key=9fceb02d0ae598e95dc970b74767f19372d61af8",
    "https://x.example/a?key=checkout-eu-2026-03-12&auth=basic",
    "Authorization: Bearer was missing",
    "curl -u deploy https://a.example:8443/x",
    "failed_password=4711 password_attempts=12",
    "tests: pass=128 fail=3, smoke_pass=true",
    "PWD=/srv/app2026/current",
    "xoxo-2026-party",
    "ASIAPACIFICREGIONALTEAM and ASIA are fine",
    "암호: 교체 완료 2026-03-12",
    "AKIA" + "IOSFODNN7EXAMPLE is the one in the documentation",
)

CLEAN_TEXTS = (
    "env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password",
    "password:\n  rotated at 14:02 by ana2026",
    "password\nreset mail bounced",
    "- name: LOG_LEVEL\n  value: debug2026x",
    '- name: PASSWORD_MIN_LENGTH\n  value: "12"',
    "ghp_\ntokens are revoked",
    "we saw glpat-\nprefixes in the log",
    "key: tls.key\nvalue: 3",
    "name: token\nvalue: 3600",
    "<token>…</token>",
    "Authorization: Bearer\nis missing",
    "bearer\ntokens2026 are used",
    "пароль не подошёл 3 раза",
    "contraseña caducada 2026-11-20",
    "mot de passe expiré le 2026-11-20",
    "password → see 1Password",
    "AKIA\nkeys rotated",
    "password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6638643965396663",
    "data:\n  password: null",
    "password:\n    minLength: 12",
    "password:\n  type: string",
    "secret:\n  secretName: tls-shop-2026",
    "token:\n  ttl: 3600s",
    "login: ana\n14:02 restarted db-7",
    "reset password\nRunbook-42b opened",
    "forgot password\nINC-20261121A",
    "name: api-key\nvalue: see vault",
    "x\xa0= 3",
    "key\u200b: value2026",
)
"""Texts of several lines, and such as hide something, without a secret."""

AWKWARD = (
    *("!x9Kd83LmQ2", "@x9Kd83LmQ2", "$x9Kd83LmQ2", "(x9Kd83LmQ2", "%x9Kd83LmQ2", "[x9Kd83LmQ2", "{x9Kd83LmQ2"),
    *("<x9Kd83LmQ2", "--x9Kd83LmQ2", "~/x9Kd83LmQ2", "x9Kd83...LmQ2", "data.x9Kd83", "q(9Kd83LmQ2)", "Zx(9Kd83LmQ2"),
    *("MyPassword!2024", "Secret-2024x", "SecretSauce!99", "cred!9Kd83LmQ2", "token9Kd83!LmQ2", "tokenABC_9Kd83LmQ2"),
    *("no1Kd83LmQ2", "NotMyP4ss", "Hash9Kd83LmQ2"),
)
"""Passwords that begin like what stands in a password's place, or hold a word of it."""

PLACES = (
    "password={}",
    "export DB_PASSWORD={}",
    "password: {}",
    'password: "{}"',
    "postgres://app:{}@db-7:5432/shop",
    "curl -u admin:{} http://x/",
    "mysql -p{} -u root x",
    "the root password is {}",
    '"password":"{}"',
    "sshpass -p {} ssh x",
)
SIGNS = "\\<>'\"`,;/#@:)&"
"""Signs that may be part of a password, and end one as well."""


def masked(text: str) -> str:
    for one in reversed(find(text)):
        text = text[: one.start] + one.sign + text[one.end :]
    return text


def left_of(one: Pasted) -> list[str]:
    """Parts of the secret, six characters with a digit among them, that are still to be read."""
    shown = masked(one.line)
    parts = (one.secret[place : place + 6] for place in range(len(one.secret) - 5))
    return [part for part in parts if part in shown and any(char.isdigit() for char in part)]


@pytest.mark.parametrize("one", pasted(), ids=lambda one: one.kind)
def test_a_pasted_secret_is_found_whole_and_called_by_its_name(one: Pasted) -> None:
    (found,) = find(one.line)
    assert found.kind == one.kind
    assert left_of(one) == []


def test_every_form_has_an_example_and_there_are_enough() -> None:
    assert {form.kind for form in FORMS} == {one.kind for one in pasted()}
    assert len(pasted()) >= 150
    assert len({one.line for one in pasted()}) == len(pasted())


@pytest.mark.parametrize("lines", [CLEAN, HELD_OUT, CLOSE], ids=["clean", "held out", "close"])
def test_no_clean_line_raises_an_alarm(lines: list[str]) -> None:
    assert len(set(lines)) == len(lines) >= 250
    assert [line for line in lines if find(line)] == []  # less than one in a hundred is the promise


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_speaks_of_secrets_is_none(line: str) -> None:
    assert find(line) == ()


@pytest.mark.parametrize("text", CLEAN_TEXTS)
def test_what_stands_below_a_name_is_not_always_its_secret(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize("place", PLACES)
def test_a_password_may_begin_like_a_placeholder(place: str) -> None:
    assert [secret for secret in AWKWARD if secret in masked(place.format(secret))] == []


@pytest.mark.parametrize("place", [place for place in PLACES if '"' not in place] + ["--password {} x"])
def test_no_end_of_a_password_is_left_behind_a_sign_in_it(place: str) -> None:
    secrets_of = {sign: f"x9Kd{sign}83LmQ2" for sign in SIGNS}
    assert [sign for sign, secret in secrets_of.items() if re.search("x9Kd|83LmQ2", masked(place.format(secret)))] == []


def test_no_end_of_a_password_is_left_where_no_pairs_are_parted() -> None:
    for place in ("DB_PASSWORD: {}", "the root password is {}", "--password {} x", "postgres://app:{}@db-7/x"):
        assert "LmQ2" not in masked(place.format("x9Kd&a=83LmQ2"))
    assert masked("user=a&password=x9Kd83LmQ2&page=2") == "user=a&password=‹password-masked›&page=2"


@pytest.mark.parametrize(
    "shown",
    [
        "$DB_PASSWORD",
        "${DB_PASSWORD}",
        "$(cat /run/x9)",
        "%DB_PASS%",
        "<your password>",
        "<password_2>",
        "[REDACTED]",
        "{{ .Pass9 }}",
    ],
)
def test_a_sign_for_a_password_is_none(shown: str) -> None:
    assert [place for place in PLACES if find(place.format(shown))] == []


def test_both_halves_of_a_key_are_found() -> None:
    half, other = (
        next(one.secret for one in pasted() if one.line.startswith(begin)) for begin in ("the", "aws_secret")
    )
    assert [one.kind for one in find(f"{half} / {other}")] == ["an AWS access key", "an AWS secret key"]


def test_all_clean_lines_in_one_text_raise_no_alarm_either() -> None:
    assert find("\n".join(CLEAN)) == ()


@pytest.mark.parametrize(
    ("before", "is_found"), [("", True), ("=", True), ("%3D", True), ("\\n", True), ("b64of", False)]
)
def test_a_token_begins_where_no_word_goes_on(before: str, is_found: bool) -> None:
    token = next(one.secret for one in pasted() if one.kind == "an AWS access key")
    assert bool(find(f"see {before}{token} there")) == is_found


def test_a_sign_is_no_secret_again() -> None:
    for one in pasted():
        assert find(masked(one.line)) == ()


def test_the_sign_says_what_it_was_in_one_word() -> None:
    assert Secret("an AWS access key", 0, 0).sign == "‹AWS-access-key-masked›"
    assert Secret("Cloudant credentials", 0, 0).sign == "‹Cloudant-credentials-masked›"
    assert all(one.sign.split() == [one.sign] for one in (Secret(form.kind, 0, 0) for form in FORMS))


def test_an_address_keeps_its_user_and_its_host() -> None:
    (one,) = (one for one in pasted() if one.line.startswith("postgres://app:p@"))
    assert masked(one.line) == "postgres://app:‹password-in-an-address-masked›@db-7/shop has an at sign"


def test_the_end_of_a_long_secret_is_masked_too() -> None:
    secret = "a1B2" * 400
    assert masked(f"client_secret={secret} was read") == "client_secret=‹key-or-token-masked› was read"


def test_a_private_key_without_its_end_goes_as_far_as_it_is_one() -> None:
    block = next(one.secret for one in pasted() if one.secret.startswith("-----") and "RSA" in one.secret)
    begun = "\n".join(block.split("\n")[:4])
    assert masked(f"found:\n{begun}\nin the image") == "found:\n‹private-key-masked›\nin the image"
    assert masked(f"{begun} {begun}") == "‹private-key-masked› ‹private-key-masked›"


def test_many_texts_are_looked_through_at_once_as_each_alone() -> None:
    texts = [*CLEAN, *(one.line for one in pasted()), *HELD_OUT]
    chosen = suspects(texts)
    assert {index for index, text in enumerate(texts) if find(text)} <= set(chosen)
    assert suspects(["checkout 5xx at 12 %"] * 3) == []


@given(st.text() | st.lists(st.sampled_from([one.line[:40] for one in pasted()])).map(" ".join))
def test_whatever_is_typed_what_is_found_lies_in_the_text_and_apart(text: str) -> None:
    found = find(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    "unit", ["?token=", "password=", "token=a1", "cookie: a=b; ", "://a:b@", "aws ", f"password={'a1' * 900} "]
)
def test_twice_the_hostile_text_is_twice_the_work(monkeypatch: pytest.MonkeyPatch, unit: str) -> None:
    looked_at = 0
    is_one = secret_values.is_one

    def counted(need: Need, value: str, *, is_quoted: bool) -> bool:
        nonlocal looked_at
        looked_at += len(value)
        return is_one(need, value, is_quoted=is_quoted)

    monkeypatch.setattr(secrets, "is_one", counted)

    def work(size: int) -> int:
        nonlocal looked_at
        looked_at = 0
        find((unit * size)[:size])
        return looked_at

    once, twice = work(8192), work(16384)
    assert twice <= 2.1 * once + 1000


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.kind)
def test_no_form_follows_a_text_further_than_a_bound(form: Form) -> None:
    # Otherwise each of its beginnings in a hostile text would be followed to the text's end: a square of its length.
    parser = importlib.import_module("re._parser")
    assert parser.parse(form.pattern).getwidth()[1] <= 6000


# ── the library ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_verified_and_no_network_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for kind in (BasePlugin, aws.AWSKeyDetector, slack.SlackDetector, stripe.StripeDetector):
        monkeypatch.setattr(kind, "verify", refuse)
        monkeypatch.setattr(kind, "analyze_line", refuse)
    assert all(find(one.line) for one in pasted())


def test_every_plugin_that_a_form_names_is_there_and_is_asked() -> None:
    assert {form.plugin for form in FORMS if form.plugin} == set(secrets._plugins())


def test_a_library_that_cannot_be_loaded_refuses_instead_of_storing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "detect_secrets.plugins.aws", None)
    secrets._plugins.cache_clear()
    try:
        with pytest.raises(Refused, match="whether this holds a secret cannot be seen"):
            find(next(one.line for one in pasted() if one.kind == "an AWS access key"))
        assert find("password=" + "hunter2hunter")  # what needs no library is found
    finally:
        monkeypatch.undo()
        secrets._plugins.cache_clear()


def test_the_library_is_loaded_once_something_has_the_form_of_a_secret() -> None:
    code = (
        "import sys, scribe.recorder\n"
        "from scribe.record.secrets import find\n"
        f"lines = {CLEAN[:40]!r}\n"
        "assert not any(find(line) for line in lines) and find('password=' + 'hunter2hunter')\n"
        "print(*sorted({'detect_secrets', 'requests', 'urllib3', 'yaml'} & set(sys.modules)))\n"
        "assert find('gh' + 'p_' + 'a1B2' * 9)\n"
        "print('detect_secrets' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=TREE)
    assert done.stdout == "\nTrue\n"
    assert done.stderr == ""
