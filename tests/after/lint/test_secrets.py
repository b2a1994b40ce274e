"""Secrets that were kept are found by the check, and prose about them is left alone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scribe.after.lint.options import Options
from tests.after.lint.complete import told
from tests.after.lint.small import small
from tests.fakes.secrets import Pasted, pasted

ONLY = Options(select=("secret",))
PROSE = Path(__file__).parent.parent / "prose"

# One of each way of finding them; every form is in tests/record/test_secrets.py.
KINDS = ("an AWS access key", "a GitHub token", "a private key", "a password in an address", "a key or token")
SECRETS = tuple(next(one for one in pasted() if one.kind == kind) for kind in KINDS)


HARMLESS = (
    "the password was rotated at 14:10",
    "password: rotated, see the runbook",
    "password=<redacted> in the config map",
    "password=******** in the log",
    "DB_PASSWORD=${DB_PASSWORD} was empty",
    "api_key: missing in the second region",
    "the API key had expired; token refresh failed 12 times",
    "access_token=expired, so the gateway answered 401",
    "secret/checkout/db was not readable by the pod",
    "token bucket at 40 of 40, refill 10/s",
    "kubectl get secret checkout-tls -o yaml",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 was live",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736, span 00f067aa0ba902b7",
    "request id 550e8400-e29b-41d4-a716-446655440000",
    "postgres://app@db.example.org/shop refused the connection",
    "https://dash.example.org/d/checkout?from=1710235000&to=1710238600",
    "https://user:password@host is what the docs show",
    "git@github.com:example/shop.git",
    "ssh -i key.pem ops@10.0.0.12",
    "arn:aws:iam::123456789012:role/checkout",
    "-----BEGIN CERTIFICATE----- is all that the chain held",
    "Authorization: Bearer <token> was sent twice",
    "비밀번호: 교체 완료",
    "密码：已更换",
)


@pytest.mark.parametrize("one", SECRETS, ids=KINDS)
def test_a_secret_is_found_wherever_it_stands(one: Pasted) -> None:
    text = one.line.replace("\n", " ")
    (entry,) = small(f"12:30 seen in the log: {text}", options=ONLY)
    assert (entry.where, entry.level, entry.message) == ("#19", "error", f"this looks like {one.kind}")
    (section,) = small(f"600:30 /write luck all was well\nand then {text}", options=ONLY)
    assert section.where == "luck"
    assert section.start > len("all was well")
    assert one.secret not in section.message


def test_prose_about_credentials_is_left_alone() -> None:
    lines = [f"{20 + place}:00 \\{text}" for place, text in enumerate(HARMLESS)]
    assert told(small(*lines, options=ONLY)) == []


def test_real_prose_raises_no_alarm() -> None:
    texts = [*_strings({file.stem: tomllib.loads(file.read_text("utf-8")) for file in sorted(PROSE.glob("*.toml"))})]
    assert len(texts) > 200
    lines = [f"{30 + place // 50}:{place % 50:02} \\{' '.join(text.split())}" for place, text in enumerate(texts)]
    assert told(small(*lines, options=ONLY)) == []


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for found in value.values():
            yield from _strings(found)
    elif isinstance(value, list):
        for found in value:
            yield from _strings(found)


def test_a_secret_beside_the_text_is_found_too() -> None:
    secret = SECRETS[1].secret
    assert told(small(f"12:30 pool at 40 {secret}", "12:40 /amend #19 pool at 40", options=ONLY)) == ["secret@#19"]
    assert told(small(f"600:30 /action T1 verify: the header {secret} is refused", options=ONLY)) == ["secret@T1"]
    assert told(small(f"12:30 /link #14 https://x.example/?t={secret}", options=ONLY)) == ["secret@#14"]
    assert told(small(f"12:30 pool at 40 {secret}", "12:40 /retract #19 secret", options=ONLY)) == ["secret@#19"]


def test_what_is_not_exported_is_not_told(  # restricted entries are withheld, and so are their secrets
) -> None:
    secret = SECRETS[1].secret
    assert told(small(f"12:30 pool at 40 {secret}", "12:40 /restrict #19", options=ONLY)) == []
