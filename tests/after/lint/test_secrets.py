"""Credentials are found by their forms, and prose about them is left alone."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from scribe.after.lint.options import Options
from scribe.after.lint.secrets import FORMS
from tests.after.lint.complete import told
from tests.after.lint.small import small

ONLY = Options(select=("secret",))
PROSE = Path(__file__).parent.parent / "prose"

# Put together here, so that nobody who looks for secrets in this file finds one.
SECRETS = {
    "an AWS access key": ("AKIA" + "IOSFODNN7QXAMPLQ",),
    "a private key": ("-----BEGIN " + "OPENSSH PRIVATE KEY-----", "-----BEGIN " + "PRIVATE KEY-----"),
    "a GitHub token": ("ghp_" + "a1B2" * 9, "github_pat_" + "A1" * 11 + "_" + "b2C" * 19 + "xy"),
    "a GitLab token": ("glpat-" + "Ab1_" * 5,),
    "a Slack token": ("xoxb-" + "1234567890-abcdef",),
    "a Slack webhook": ("https://hooks.slack.com/" + "services/T000AAA/B000BBB/abcdefghijklmnop",),
    "a Stripe key": ("sk_live_" + "51H8" * 6,),
    "a Google API key": ("AIza" + "SyA1b2C3" * 4 + "xyz",),
    "a Google OAuth secret": ("GOCSPX-" + "a1B2" * 7,),
    "a SendGrid key": ("SG." + "a1B2" * 5 + "ab." + "c3D4" * 10 + "xyz",),
    "an API key of a language model": ("sk-" + "ant-api03-" + "a1B2" * 8,),
    "an npm token": ("npm_" + "a1B2" * 9,),
    "a PyPI token": ("pypi-" + "AgE" + "a1B2" * 15,),
    "a DigitalOcean token": ("dop_v1_" + "0f" * 32,),
    "a Vault token": ("hvs." + "a1B2" * 8,),
    "a JSON Web Token": ("eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxMjM0In0" + ".dozjgNryP4J3jVmN",),
    "a password in an address": (
        "postgres://app:" + "hunter22@db.example.org/shop",
        "redis://:" + "s3cretive@cache:6379",
    ),
    "an authorisation header": ("curl -H 'Authorization: " + "Bearer a1b2c3d4e5f6g7h8'",),
    "a password": (
        "password=" + "swordfish",
        "DB_PASSWORD: " + "xk29vQq8",
        "mysql --password=" + "tr0ub4dor",
        "POSTGRES_PASSWORD='" + "correct-horse-1'",
    ),
    "a key or token": (
        "api_key=" + "a1b2c3d4e5f6a7b8",
        "STRIPE_SECRET_KEY: " + "9f8e7d6c5b4a3f2e",
        "SLACK_BOT_TOKEN=" + "a1b2c3d4e5f6a7",
        "https://x.example/?token=" + "a1b2c3d4e5f6a7b8",
    ),
}

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


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SECRETS.items() for text in texts])
def test_a_credential_is_found_wherever_it_stands(kind: str, text: str) -> None:
    (entry,) = small(f"12:30 seen in the log: {text}", options=ONLY)
    assert (entry.where, entry.level, entry.message) == ("#19", "error", f"this looks like {kind}")
    (section,) = small(f"600:30 /write luck all was well\nand then {text}", options=ONLY)
    assert section.where == "luck"
    assert section.start > len("all was well")
    assert text not in section.message


def test_every_form_has_an_example() -> None:
    assert {form.kind for form in FORMS} == set(SECRETS)


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
    secret = SECRETS["a GitHub token"][0]
    assert told(small(f"12:30 pool at 40 {secret}", "12:40 /amend #19 pool at 40", options=ONLY)) == ["secret@#19"]
    assert told(small(f"600:30 /action T1 verify: the header {secret} is refused", options=ONLY)) == ["secret@T1"]
    assert told(small(f"12:30 /link #14 https://x.example/?t={secret}", options=ONLY)) == ["secret@#14"]
    assert told(small(f"12:30 pool at 40 {secret}", "12:40 /retract #19 secret", options=ONLY)) == ["secret@#19"]


def test_what_is_not_exported_is_not_told(  # restricted entries are withheld, and so are their secrets
) -> None:
    secret = SECRETS["a GitHub token"][0]
    assert told(small(f"12:30 pool at 40 {secret}", "12:40 /restrict #19", options=ONLY)) == []
