"""The forms of secrets: what each kind is called, how it is recognised, and what has to agree that it is one."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

# Between a name and its value: = or : or =>, within JSON behind a quotation mark that may be escaped.
_IS = r"\\{0,3}[\"']?\]?[ \t]{0,3}(?:=>|:=|=|:)[ \t]{0,3}"
# A value between quotation marks; or up to a space, and to what ends a pair in an address or in a list of pairs.
_VALUE = (
    r"(?:\\{0,3}\"((?:[^\"\\\n]|\\(?![\\\"nrt])){1,300})|\\{0,3}'((?:[^'\\\n]|\\(?![\\'nrt])){1,300})"
    r"|((?:[^\s\"'`&;,\\<>]|[&;,](?!\s|$|[\w. -]{1,40}[=:])){1,300}))"
)
_OWNED = (
    r"(?i)(?:api|auth|access|private|client|consumer|app(?:lication)?|vault|webhook|subscription|service"
    r"|shared[_-]?access|account|integration|secret|secret[_-]?access|security|session|bot|refresh|bearer|deploy"
    r"|runner|registration|personal[_-]?access|id)[_-]?$"
)
_PARAMETER = (
    r"(?:(?:(?:access|auth|refresh|id|session|invite|reset|magic|api|private|bearer)[_-]?)?token"
    r"|(?:api[_-]?|access[_-]?)?key|jwt|auth|(?:client[_-]?)?secret)"
)
_OTHER_WORDS = r"비밀번호|암호|密码|密碼|口令|パスワード|passwort|kennwort|contraseña|mot de passe|senha"  # password


class Form(Struct, frozen=True, gc=False):
    """One kind of secret: what it is called, its form, and parts one of which each of them has (in small letters).

    The parts are looked for first; where there are none, a long word is. The group of ``pattern`` that matched is the
    secret, without groups all of it; a group takes 300 characters at most, and what goes on behind them belongs to it:
    otherwise a hostile text could keep the search busy for minutes. ``before`` is what has to end where the pattern
    begins: one that began with so many names would be tried at every letter. ``plugin`` is the class of detect-secrets
    that has to agree, and ``need`` what a value must be besides: "opaque" for no words, "strong" for letters and digits
    mixed as nobody writes words, "unspoken" for what is within quotes or has a digit.
    """

    kind: str
    parts: tuple[str, ...]
    pattern: str
    plugin: str = ""
    before: str = ""
    need: Literal["", "opaque", "strong", "unspoken"] = ""


BLOCK = r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
"""The first line of a private key."""

# Left out of the library: its entropy plugins, IPPublicDetector and KeywordDetector, for what they call a secret is on
# most lines of an incident; ArtifactoryDetector (AP and eight letters: APACHEKAFKA) and IbmCloudIamDetector (any 44
# signs behind "key"), for the same reason; BasicAuthDetector takes $DB_PASSWORD for one, and ends where a password has
# an @; PrivateKeyDetector knows the first line alone, and finds it in prose; NpmDetector takes the rest of the line.
FORMS: tuple[Form, ...] = (
    # ── keys of several lines ───────────────────────────────────────────────────────────────────────────────────────
    Form("a private key", ("private key",), BLOCK),
    Form("a private key", ("putty-user-key-file",), r"PuTTY-User-Key-File-\d[\s\S]{0,4000}?Private-MAC: ?\w+"),
    Form(
        "a private key",  # in base64, as the configuration of a cluster has it
        ("ls0tls1crudjti",),
        r"LS0tLS1CRUdJTi(?:BSU0EgUFJJVkFURSBLRV|BQUklWQVRFIEtFW|BFQyBQUklWQVRFIEtFW|BPUEVOU1NIIFBSSVZBVEUgS0VZ)"
        r"[0-9A-Za-z+/=]*",
    ),
    Form("a private key", ("age-secret-key-1",), r"AGE-SECRET-KEY-1[0-9A-Z]{20,}"),
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
    Form("an Azure storage key", ("accountkey=",), r"AccountKey=[0-9A-Za-z+/=]{40,}", "AzureStorageKeyDetector"),
    Form("an Azure client secret", ("q~",), r"[0-9A-Za-z_~.-]{3}\dQ~[0-9A-Za-z_~.-]{31,34}"),
    Form(
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        r"gh[pousr]_[0-9A-Za-z_]{30,}",
        "GitHubTokenDetector",
    ),
    Form("a GitHub token", ("github_pat_",), r"github_pat_[0-9A-Za-z_]{30,}"),
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
        r"(?:gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)-|GR1348941)[0-9A-Za-z_-]{20,}"
        r"(?:\.[0-9a-z]{2}\.[0-9a-z]{7,})?",
        "GitLabTokenDetector",
    ),
    Form(
        "a Slack token",
        ("xoxa-", "xoxb-", "xoxp-", "xoxo-", "xoxs-", "xoxr-"),
        r"(?i)xox[abposr]-[0-9a-z-]{16,}",
        "SlackDetector",
    ),
    Form("a Slack token", ("xoxe", "xapp-"), r"(?:xoxe(?:\.xox[bp])?|xapp)-\d-[0-9A-Za-z-]{20,}"),
    Form(
        "a Slack webhook",
        ("hooks.slack.com/services",),
        r"(?i)https://hooks\.slack\.com/services/T[0-9A-Z_]+/B[0-9A-Z_]+/[0-9A-Z_]{10,}",
        "SlackDetector",
    ),
    Form(
        "a Slack webhook",
        ("hooks.slack.com/workflows", "hooks.slack.com/triggers"),
        r"hooks\.slack\.com/(?:workflows|triggers)/[0-9A-Z]+/[0-9A-Za-z/]{10,}",
    ),
    Form("a Discord webhook", ("/api/webhooks/",), r"discord(?:app)?\.com/api/webhooks/(\d{15,}/[0-9A-Za-z_-]{30,})"),
    Form(
        "a Teams webhook",
        (".office.com/webhook",),
        r"\.office\.com/webhookb?2?/([0-9a-fA-F@-]{30,}/IncomingWebhook/[0-9A-Za-z/-]{30,})",
    ),
    Form(
        "a Discord bot token",
        (),
        r"[MNO][0-9A-Za-z_-]{23,25}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,}",
        "DiscordBotTokenDetector",
        need="strong",
    ),
    Form(
        "a Telegram bot token", (":aa",), r"\d{8,10}:AA[0-9A-Za-z_-]{33}(?![0-9A-Za-z_-])", "TelegramBotTokenDetector"
    ),
    Form("a Stripe key", ("k_live_",), r"[rs]k_live_[0-9A-Za-z]{16,}", "StripeDetector"),
    Form("a webhook secret", ("whsec_",), r"whsec_[0-9A-Za-z+/=_-]{24,}"),
    Form("a Square secret", ("sq0csp-",), r"sq0csp-[0-9A-Za-z_\\-]{40,}", "SquareOAuthDetector"),
    Form("a Twilio key", (), r"SK[0-9a-f]{32}(?![0-9A-Za-z])", "TwilioKeyDetector"),
    Form("a Mailchimp key", ("-us",), r"[0-9a-f]{32}-us\d{1,2}(?![0-9A-Za-z])", "MailchimpDetector"),
    Form("a SendGrid key", ("sg.",), r"SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}", "SendGridDetector"),
    Form("a Google API key", ("aiza",), r"AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    Form("a Google OAuth secret", ("gocspx-",), r"GOCSPX-[0-9A-Za-z_-]{28}"),
    Form("a Google OAuth token", ("ya29.",), r"ya29\.[0-9A-Za-z_-]{20,}"),
    Form("a key of a language model", ("t3blbkfj",), r"sk-[0-9A-Za-z_-]*T3BlbkFJ[0-9A-Za-z_-]*", "OpenAIDetector"),
    Form(
        "a key of a language model",
        ("sk-proj-", "sk-ant-", "sk-svcacct-", "sk-admin-", "sk-or-v1-", "gsk_", "hf_"),
        r"(?:sk-(?:proj|ant-(?:api|admin|oat)\d\d|svcacct|admin|or-v1)-|gsk_)[0-9A-Za-z_-]{20,}|hf_[0-9A-Za-z]{34}",
    ),
    Form("an npm token", ("npm_",), r"npm_[0-9A-Za-z]{36}(?![0-9A-Za-z])"),
    Form("a PyPI token", ("pypi-age",), r"pypi-AgE[0-9A-Za-z_-]{50,}", "PypiTokenDetector"),
    Form("a Docker token", ("dckr_",), r"dckr_(?:pat|oat)_[0-9A-Za-z_-]{20,}"),
    Form("a DigitalOcean token", ("_v1_",), r"do[opr]_v1_[0-9a-f]{64}"),
    Form("a Databricks token", ("dapi",), r"dapi[0-9a-f]{32}(?:-\d)?(?![0-9A-Za-z])"),
    Form("a Vault token", ("hvs.", "hvb.", "hvr."), r"hv[sbr]\.[0-9A-Za-z_-]{24,}"),
    Form("a Terraform token", (".atlasv1.",), r"[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,}"),
    Form("a Pulumi token", ("pul-",), r"pul-[0-9a-f]{40}"),
    Form("a Grafana token", ("glsa_", "glc_"), r"glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}|glc_[0-9A-Za-z+/=]{32,}"),
    Form("a Sentry token", ("sntrys_", "sntryu_"), r"sntry[su]_[0-9A-Za-z+/=_-]{40,}"),
    Form("a New Relic key", ("nrak-",), r"NRAK-[0-9A-Z]{27}"),
    Form("an Atlassian token", ("atatt3xffgf0",), r"ATATT3xFfGF0[0-9A-Za-z_=-]{60,}"),
    Form("a Shopify token", ("shpat_", "shpca_", "shppa_", "shpss_"), r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    Form("a Tailscale key", ("tskey-",), r"tskey-(?:auth|api|client|scim|webhook)-[0-9A-Za-z]+-[0-9A-Za-z]{20,}"),
    Form("a Linear key", ("lin_api_",), r"lin_api_[0-9A-Za-z]{32,}"),
    Form("an Artifactory key", ("akcp",), r"AKCp[0-9A-Za-z]{40,}"),
    Form(
        "a JSON Web Token",
        ("eyj",),
        r"eyJ[0-9A-Za-z_=-]{10,}\.eyJ[0-9A-Za-z_=-]{8,}(?:\.[0-9A-Za-z_=-]*)?",
        "JwtTokenDetector",
    ),
    Form("a JSON Web Token", ("eyj",), r"eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]{10,}){3}"),
    # ── what stands behind a name ───────────────────────────────────────────────────────────────────────────────────
    Form(
        "Cloudant credentials",
        ("cloudant", "clou", "cl_", "cl-", "clapi", "clkey"),
        r"(?i)(?<!\w)(?:cloudant|clou|cl)[_-]?(?:api)?(?:key|pwd|pw|password|pass|token)[\"']?\]?\s?(?::=|=|::|:)\s?"
        r"[\"']?([0-9a-f]{64}|[a-z]{24})(?![0-9A-Za-z])",
        "CloudantDetector",
    ),
    Form(
        "an IBM storage key",
        ("secret_key", "secret-key", "secretkey", "secret_access", "secret-access", "secretaccess"),
        r"(?i)secret[-_]?(?:access)?[-_]?key[\"']?\]?\s?(?::=|=|::|:)\s?[\"']?([a-f0-9]{48})(?![0-9A-Za-z])",
        "IbmCosHmacDetector",
    ),
    Form(
        "SoftLayer credentials",
        ("softlayer", "sl_", "sl-"),
        r"(?i)(?<!\w)(?:softlayer|sl)[_-]?(?:api)?[_-]?(?:key|pwd|password|pass|token)[\"']?\]?\s?(?::=|=|::|:)\s?"
        r"[\"']?([a-z0-9]{64})(?![0-9A-Za-z])",
        "SoftlayerDetector",
    ),
    Form("a password in an address", ("://",), r"://[^\s/?#:@\"']{0,100}:([^\s/?#\"']{3,200})@[^\s/@]"),
    Form("a password in an address", ("@tcp(", "@unix("), r"[\w.-]{1,64}:([^\s/:]{3,200})@(?:tcp|unix)\("),
    Form(
        "an authorisation header",
        ("authorization",),
        r"(?i)authorization\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?(?:[A-Za-z][A-Za-z-]{2,20}\s{1,3})?"
        r"([0-9A-Za-z._~+/=-]{12,300})",
        need="opaque",
    ),
    Form("an authorisation header", ("bearer ",), r"(?i)\bbearer\s{1,3}([0-9A-Za-z._~+/=-]{20,300})", need="opaque"),
    Form(
        "a session cookie",
        ("cookie",),
        r"(?i)cookie\\?[\"']?\s{0,3}[:=]\s{0,3}(?:[^\s;=\"']{1,60}=[^\s;\"']{0,120};\s?){0,9}?"
        r"(?:[\w.-]{0,20}sess(?:ion)?(?:_?id)?|[\w.-]{0,20}sid|auth[\w.-]{0,20}|token|jwt|remember[\w.-]{0,20})"
        r"=([^\s;,\"'<]{12,300})",
        need="opaque",
    ),
    Form(
        "a signature in an address",
        ("signature=", "sig=", "security-token="),
        r"(?i)[?&;](?:x-(?:amz|goog)-(?:signature|security-token)|signature|sig)=([0-9A-Za-z%+/=_~.-]{16,300})",
        need="opaque",
    ),
    Form("a secret of two-factor codes", ("otpauth://",), r"(?i)otpauth://[^\s\"']{1,200}?[?&]secret=([A-Z2-7=]{16,})"),
    Form(
        "a token in an address",
        ("token=", "key=", "jwt=", "auth=", "secret="),
        rf"(?i)[?&;]{_PARAMETER}=([^\s&\"'<>#;]{{12,300}})",
        need="opaque",
    ),
    Form(
        "a password",
        ("passw", "passphrase", "pwd=", "pass="),
        rf"(?i)(?:pass(?:word|wd|phrase)|(?<![0-9A-Za-z?&])pwd|(?<![A-Za-z])pass|ssh_?pass)\\?[\"']?\]?:?={_VALUE}",
    ),
    Form("a password", ("passw", "passphrase"), rf"(?i)pass(?:word|wd|phrase){_IS}{_VALUE}", need="unspoken"),
    Form(
        "a password",
        ("pass", "pw"),
        r"(?i)(?:pass(?:word|wd|phrase)|(?<!\w)(?:pass|pw|pwd)(?!\w))(?:[ \t]+[A-Za-z]{1,20}){0,3}[ \t]*[:=]?[ \t]+"
        rf"(?![A-Za-z]+(?:\s|$)){_VALUE}",
        need="strong",
    ),
    Form(
        "a password",
        tuple(_OTHER_WORDS.split("|")),
        rf"(?i)(?:{_OTHER_WORDS})(?:\s{{0,3}}[:=：]\s{{0,3}}|[는은이가は是为]?[ \t]{{0,3}}|[ \t]ist[ \t])[\"'「]?"
        r"((?=[!-~]{0,60}\d)(?=[!-~]{0,60}[A-Za-z])[!-~]{6,100})",
    ),
    Form("a password", ("--pass",), rf"(?i)--pass(?:word|wd|phrase)?[ \t]{{1,3}}(?!-){_VALUE}", need="unspoken"),
    Form(
        "a password",
        ("mysql", "sshpass", "redis-cli", "docker login", "podman login"),
        r"(?:\bmysql\w*\b[^\n|]{0,200}?\s-p|\bsshpass\s+-p\s*|\bredis-cli\b[^\n|]{0,200}?\s-a\s+"
        rf"|\b(?:docker|podman) login\b[^\n|]{{0,200}}?\s-p[ =]?)(?![\s-]){_VALUE}",
    ),
    Form(
        "a password",
        ("curl", "http"),
        r"\b(?:curl\s[^\n|]{0,300}?(?<=\s)(?:-u|--user)|https?\s[^\n|]{0,100}?(?<=\s)-a)[ =]?[\"']?"
        r"[^\s:\"'/$]{1,64}:([^\s\"'/]{3,200})",
    ),
    Form(
        "a password",
        ("cred", "login", "logged in"),
        r"(?i)\b(?:cred(?:ential)?s?|login|logged in (?:as|with))\s{0,3}[:=]?\s{1,3}[\w.@-]{1,64}\s?[:/]\s?"
        rf"{_VALUE}",
        need="strong",
    ),
    Form(
        "a key or token",
        ("key", "token", "secret"),
        rf"(?i)(?:key|token|secret){_IS}{_VALUE}",
        before=_OWNED,
        need="opaque",
    ),
    Form("a key or token", ("secret",), rf"(?i)(?<!:)secret{_IS}{_VALUE}", need="opaque"),
    Form("a key or token", ("_token", "_secret"), rf"(?<=[A-Z0-9]_)(?:TOKEN|SECRET){_IS}{_VALUE}", need="opaque"),
    Form(
        "a key or token",
        ("--token", "--secret", "--api-key", "-token", "-secret"),
        rf"(?i)--(?:[a-z]{{1,20}}-){{0,2}}(?:token|secret|api-key)[ \t=]{{1,3}}(?!-){_VALUE}",
        need="opaque",
    ),
    Form(
        "a key or token",
        ("key", "token", "secret"),
        r"(?i)\b(?:api[_ -]?key|token|secret(?: key)?)(?: is| was)?[ \t]+([0-9A-Za-z_+/=.~-]{16,300})(?![^\s,;:.)])",
        need="strong",
    ),
    Form(
        "a key or token",
        ("token",),
        rf"(?i)(?<![\w-])(?<!page )(?<!next )(?<!continuation )(?<!sync )token{_IS}{_VALUE}",
        need="opaque",
    ),
)
"""The forms; where two find the same, the first names it."""

BLOCKS: tuple[int, ...] = (0, 1)
"""Which of them go over several lines."""
