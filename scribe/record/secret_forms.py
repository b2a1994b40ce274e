"""The forms that issuers gave to their secrets: how each is recognised, and what has to agree that it is one."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from scribe.record.secret_values import Need

Reach = Literal["line", "lines", "any", "block"]
"""How far one goes: within a line; over a line's end; either; as long as there are lines that may be of a key."""


class Form(Struct, frozen=True, gc=False):
    """One kind of secret: what it is called, its form, and parts one of which each of them has (in small letters).

    The parts are looked for first; where there are none, a long word is. The group of ``pattern`` that matched is the
    secret, without groups all of it; what goes on behind the characters that it may take belongs to it. No pattern may
    reach further than a bound: otherwise a hostile text could keep the search busy for minutes. ``before`` is what has
    to end where the pattern begins: one that began with so many names would be tried at every letter. ``plugin`` is the
    class of detect-secrets that has to agree, and ``need`` what a value must be besides.
    """

    kind: str
    parts: tuple[str, ...]
    pattern: str
    plugin: str = ""
    before: str = ""
    need: Need = ""
    reach: Reach = "line"


BLOCK = r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
"""The first line of a private key."""

# Left out of the library: its entropy plugins, IPPublicDetector and KeywordDetector, for what they call a secret is on
# most lines of an incident; ArtifactoryDetector (AP and eight letters: APACHEKAFKA) and IbmCloudIamDetector (any 44
# signs behind "key"), for the same reason; BasicAuthDetector takes $DB_PASSWORD for one, and ends where a password has
# an @; PrivateKeyDetector knows the first line alone, and finds it in prose; NpmDetector takes the rest of the line.
ISSUED: tuple[Form, ...] = (
    # ── keys of several lines ───────────────────────────────────────────────────────────────────────────────────────
    Form("a private key", ("private key",), BLOCK, reach="block"),
    Form(
        "a private key",
        ("putty-user-key-file",),
        r"PuTTY-User-Key-File-\d(?:(?!PuTTY-User)[\s\S]){0,4000}?Private-MAC: ?\w{1,200}",
        reach="any",
    ),
    Form(
        "a private key",  # in base64, as the configuration of a cluster has it
        ("ls0tls1crudjti",),
        r"LS0tLS1CRUdJTi(?:BSU0EgUFJJVkFURSBLRV|BQUklWQVRFIEtFW|BFQyBQUklWQVRFIEtFW|BPUEVOU1NIIFBSSVZBVEUgS0VZ)"
        r"[0-9A-Za-z+/=]{0,200}",
        reach="block",
    ),
    Form("a private key", ("age-secret-key-1",), r"AGE-SECRET-KEY-1[0-9A-Z]{20,200}"),
    # ── what its issuer gave a form ─────────────────────────────────────────────────────────────────────────────────
    Form(
        "an AWS access key",
        ("akia", "asia", "abia", "acca", "a3t"),
        r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])",
        "AWSKeyDetector",
    ),
    Form(
        "an AWS secret key",
        ("aws",),
        r"(?i)aws.{0,20}?(?:key|pwd|pw|password|pass|token).{0,20}?['\"]([0-9A-Za-z/+]{40})['\"]",
        "AWSKeyDetector",
    ),
    Form(
        "an AWS secret key",  # behind its other half
        ("akia", "asia"),
        r"(?:AKIA|ASIA)[0-9A-Z]{16}[\"']?[ \t]{0,3}(?:[/:,;|]|(?i:secret)[\w ]{0,20}[:=]?)?\s{0,3}[\"']?"
        r"([0-9A-Za-z/+]{40})(?![0-9A-Za-z/+])",
        need="opaque",
    ),
    Form("an Azure storage key", ("accountkey=",), r"AccountKey=[0-9A-Za-z+/=]{40,200}", "AzureStorageKeyDetector"),
    Form("an Azure client secret", ("q~",), r"[0-9A-Za-z_~.-]{3}\dQ~[0-9A-Za-z_~.-]{31,34}"),
    Form(
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        r"gh[pousr]_[0-9A-Za-z_]{30,200}",
        "GitHubTokenDetector",
    ),
    Form("a GitHub token", ("github_pat_",), r"github_pat_[0-9A-Za-z_]{30,200}"),
    Form(
        "a GitLab token",
        (
            "glpat-",
            "gldt-",
            "glft-",
            "glsoat-",
            "glrt-",
            "glcbt-",
            "glimt-",
            "glptt-",
            "glagent-",
            "gloas-",
            "gr1348941",
        ),
        r"(?:gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)-|GR1348941)[0-9A-Za-z_-]{20,200}"
        r"(?:\.[0-9a-z]{2}\.[0-9a-z]{7,200})?",
        "GitLabTokenDetector",
    ),
    Form(
        "a Slack token",
        ("xox",),
        r"(?i)xox[abposr]-[0-9a-z-]{16,200}",
        "SlackDetector",
    ),
    Form("a Slack token", ("xoxe", "xapp-"), r"(?:xoxe(?:\.xox[bp])?|xapp)-\d-[0-9A-Za-z-]{20,200}"),
    Form(
        "a Slack webhook",
        ("hooks.slack.com/services",),
        r"(?i)https://hooks\.slack\.com/services/T[0-9A-Z_]{1,30}/B[0-9A-Z_]{1,30}/[0-9A-Z_]{10,200}",
        "SlackDetector",
    ),
    Form(
        "a Slack webhook",
        ("hooks.slack.com/workflows", "hooks.slack.com/triggers"),
        r"hooks\.slack\.com/(?:workflows|triggers)/[0-9A-Z]{1,30}/[0-9A-Za-z/]{10,200}",
    ),
    Form(
        "a Discord webhook",
        ("/api/webhooks/",),
        r"discord(?:app)?\.com/api/webhooks/(\d{15,200}/[0-9A-Za-z_-]{30,200})",
    ),
    Form(
        "a Teams webhook",
        (".office.com/webhook",),
        r"\.office\.com/webhookb?2?/([0-9a-fA-F@-]{30,200}/IncomingWebhook/[0-9A-Za-z/-]{30,200})",
    ),
    Form(
        "a Discord bot token",
        (),
        r"[MNO][0-9A-Za-z_-]{23,25}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,200}",
        "DiscordBotTokenDetector",
        need="strong",
    ),
    Form(
        "a Telegram bot token", (":aa",), r"\d{8,10}:AA[0-9A-Za-z_-]{33}(?![0-9A-Za-z_-])", "TelegramBotTokenDetector"
    ),
    Form("a Stripe key", ("k_live_",), r"[rs]k_live_[0-9A-Za-z]{16,200}", "StripeDetector"),
    Form("a Stripe key", ("k_test_",), r"[rs]k_test_[0-9A-Za-z]{16,200}"),
    Form("a webhook secret", ("whsec_",), r"whsec_[0-9A-Za-z+/=_-]{24,200}"),
    Form("a Square secret", ("sq0csp-",), r"sq0csp-[0-9A-Za-z_\\-]{40,200}", "SquareOAuthDetector"),
    Form("a Twilio key", (), r"SK[0-9a-f]{32}(?![0-9A-Za-z])", "TwilioKeyDetector"),
    Form("a Mailchimp key", ("-us",), r"[0-9a-f]{32}-us\d{1,2}(?![0-9A-Za-z])", "MailchimpDetector"),
    Form("a PagerDuty key", ("pagerduty.com/integration/",), r"pagerduty\.com/integration/([0-9a-fA-F]{32})"),
    Form("a Sentry key", ("://",), r"://([0-9a-f]{32}(?::[0-9a-f]{32})?)@[\w.-]{1,80}/\d"),
    Form("a Facebook token", ("eaa",), r"EAA[0-9A-Za-z]{80,200}", need="strong"),
    Form("a session of a language model", ("sess-",), r"sess-[0-9A-Za-z]{40}(?![0-9A-Za-z])", need="strong"),
    Form("a SendGrid key", ("sg.",), r"SG\.[0-9A-Za-z_-]{16,200}\.[0-9A-Za-z_-]{16,200}", "SendGridDetector"),
    Form("a Google API key", ("aiza",), r"AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    Form("a Google OAuth secret", ("gocspx-",), r"GOCSPX-[0-9A-Za-z_-]{28}"),
    Form("a Google OAuth token", ("ya29.",), r"ya29\.[0-9A-Za-z_-]{20,200}"),
    Form(
        "a key of a language model",
        ("t3blbkfj",),
        r"(?<![0-9A-Za-z_-])sk-[0-9A-Za-z_-]{0,200}T3BlbkFJ[0-9A-Za-z_-]{20,200}",
        "OpenAIDetector",
    ),
    Form(
        "a key of a language model",
        ("sk-proj-", "sk-ant-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "gsk_", "hf_"),
        r"(?:sk-(?:proj|ant-(?:api|admin|oat)\d\d|svcacct|admin|or-v1)-|gsk_)[0-9A-Za-z_-]{20,200}|hf_[0-9A-Za-z]{34}",
    ),
    Form("an npm token", ("npm_",), r"npm_[0-9A-Za-z]{36}(?![0-9A-Za-z])"),
    Form("a PyPI token", ("pypi-age",), r"pypi-AgE[0-9A-Za-z_-]{50,200}", "PypiTokenDetector"),
    Form("a Docker token", ("dckr_",), r"dckr_(?:pat|oat)_[0-9A-Za-z_-]{20,200}"),
    Form("a DigitalOcean token", ("_v1_",), r"do[opr]_v1_[0-9a-f]{64}"),
    Form("a Databricks token", ("dapi",), r"dapi[0-9a-f]{32}(?:-\d)?(?![0-9A-Za-z])"),
    Form("a Vault token", ("hvs.", "hvb.", "hvr."), r"hv[sbr]\.[0-9A-Za-z_-]{24,200}"),
    Form("a Terraform token", (".atlasv1.",), r"[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,200}"),
    Form("a Pulumi token", ("pul-",), r"pul-[0-9a-f]{40}"),
    Form("a Grafana token", ("glsa_", "glc_"), r"glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}|glc_[0-9A-Za-z+/=]{32,200}"),
    Form("a Sentry token", ("sntrys_", "sntryu_"), r"sntry[su]_[0-9A-Za-z+/=_-]{40,200}"),
    Form("a New Relic key", ("nrak-",), r"NRAK-[0-9A-Z]{27}"),
    Form("an Atlassian token", ("atatt3xffgf0",), r"ATATT3xFfGF0[0-9A-Za-z_=-]{60,200}"),
    Form("a Shopify token", ("shp",), r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    Form(
        "a Tailscale key", ("tskey-",), r"tskey-(?:auth|api|client|scim|webhook)-[0-9A-Za-z]{1,30}-[0-9A-Za-z]{20,200}"
    ),
    Form("a Linear key", ("lin_api_",), r"lin_api_[0-9A-Za-z]{32,200}"),
    Form("an Artifactory key", ("akcp",), r"AKCp[0-9A-Za-z]{40,200}"),
    Form(
        "a JSON Web Token",
        ("eyj",),
        r"eyJ[0-9A-Za-z_=-]{10,1000}\.eyJ[0-9A-Za-z_=-]{8,1000}(?:\.[0-9A-Za-z_=-]{0,1000})?",
    ),
    Form(
        "a JSON Web Token", ("eyj",), r"eyJ[0-9A-Za-z_-]{10,1000}\.[0-9A-Za-z_-]{0,1000}(?:\.[0-9A-Za-z_-]{10,1000}){3}"
    ),
)
"""What has a form of its own, wherever it stands."""
