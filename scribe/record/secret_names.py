"""Secrets that only the name before them tells, or the command that they are given to: how each is recognised."""

from __future__ import annotations

from scribe.record.secret_forms import Form

LONGEST = 64
"""Characters of a value that are looked at; the rest of it belongs to it as well."""

WORD = (
    r"(?:[^\s\"'`&;,\\<>]|[&;,](?!\s|$|[\"']|[\w. -]{1,40}[=:])|[\"'`](?=\w)|\\(?![\\\"'nrt\s]|$)"
    r"|<(?!/?[A-Za-z][\w-]{0,40}[/>])|>(?![\s/&|]|$))"
)
"""A character of a value that stands in no quotation marks: up to a space, or what ends a pair, a string or a tag."""

IN_QUOTES = (r"(?:[^\"\\\n]|\\[^\n]|\"(?=\w))", r"(?:[^'\\\n]|\\[^\n]|''?(?=\w))", r"(?:[^\"'\\\n]|\\(?!\\{0,2}[\"']))")
"""The same between double ones, between single ones, and between those that are escaped."""

# Between a name and its value: = or : or =>, within JSON behind a quotation mark that may be escaped.
_IS = r"\\{0,3}[\"']?\]?[ \t]{0,3}(?:=>|:=|=|:)[ \t]{0,3}"
_IS_NOT_PAIRED = _IS.replace("|=|", "|")
_DOUBLE, _SINGLE, _ESCAPED = IN_QUOTES
_VALUE = (
    rf"(?:\\{{1,3}}[\"']({_ESCAPED}{{1,{LONGEST}}})|\"({_DOUBLE}{{1,{LONGEST}}})|'({_SINGLE}{{1,{LONGEST}}})"
    rf"|(?![\"'`])(<[\w. -]{{1,40}}>|{WORD}{{1,{LONGEST}}}))"
)
_WHOLE = _VALUE.replace("[&;,]", "[;,]").replace("`&;,", "`;,")  # where no & parts pairs
_FLAG = r"(?!\s|-{1,2}[a-z-]+(?:[\s=]|$)|-[A-Za-z](?:\s|$))"  # no value but the next flag
_OWNED = (
    r"(?i)(?:api|auth|access|private|client|consumer|app(?:lication)?|vault|webhook|subscription|service"
    r"|shared[_-]?access|account|integration|secret|secret[_-]?access|security|session|bot|refresh|bearer|deploy"
    r"|runner|registration|personal[_-]?access|master|encryption|decryption|signing|fernet|storage|license|preshared"
    r"|pre-shared|hmac|jwt|cookie|app[_-]?secret|id)[_-]?$"
)
_PARAMETER = (
    r"(?:(?:(?:access|auth|refresh|id|session|invite|reset|magic|api|private|bearer)[_-]?)?token"
    r"|(?:api[_-]?|access[_-]?)?key|jwt|auth|(?:client[_-]?)?secret)"
)
_OTHER_WORDS = (  # password
    r"비밀번호|암호|密码|密碼|口令|パスワード|passwort|kennwort|contraseña|mot de passe|senha"
    r"|пароль|hasło|wachtwoord|lösenord|adgangskode|salasana|şifre|parola"
)
_PHRASE = r"pass(?:word|wd|phrase)"
_KEY = (
    r"(?:secret|token|(?:api|access|account|private|master|encryption|signing|storage|license)[_-]?key|secret[_-]?key"
    r"(?:[_-]?base)?|access[_-]?key)"
)
_MARK = r"(?:\\{0,3}[\"'])?"
_ITS = r"(?:manager|store|vault|safe|policy|rotation|hash\w{0,4}|field|column|encoding)\b"  # no password follows
_NAMED = rf"(?:name|key|parameterkey|variable){_MARK}\s{{0,3}}[:=]\s{{0,3}}{_MARK}[\w./-]{{0,60}}?"
_THEN = rf"{_MARK}(?:[,;]\s{{0,20}}|\s{{1,20}}){_MARK}(?:parameter)?value{_MARK}\s{{0,3}}[:=]\s{{0,3}}"
_BELOW = r"\\?[\"']?[ \t]{0,3}:[ \t]{0,3}(?:[>|][+-]?)?[ \t]{0,3}\n[ \t]{0,40}"
_ALONE = r"(?<!:)(?=[\"']?[ \t]{0,9}(?:\n|\Z))"


def _command(parts: tuple[str, ...], pattern: str) -> Form:
    """A password that a command is given."""
    return Form("a password", parts, rf"{pattern}{_FLAG}{_WHOLE}")


NAMED: tuple[Form, ...] = (
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
    # ── addresses and headers ───────────────────────────────────────────────────────────────────────────────────────
    Form(
        "a password in an address",
        ("://",),
        r"://[^\s/?#:@\"'\[]{0,100}:(?:([^\s/?#\"']{3,200})@[^\s/@]"
        r"|(?!\d{1,5}(?:[/?#,:]|$)|[/?#])((?:[^\s\"'<>]|[\"'](?=\w)){3,200})@[\w\[-])",
    ),
    Form("a password in an address", ("@tcp(", "@unix("), r"[\w.-]{1,64}:([^\s/:]{3,200})@(?:tcp|unix)\("),
    Form(
        "a password in an address",
        ("sqlplus", "oracle:thin", "expdp", "impdp"),
        r"(?i)(?:\b(?:sqlplus|expdp|impdp)\s[^\n|/]{0,60}?|oracle:thin:)[\w$#]{1,30}/([^\s\"'/]{3,100})@[\w/(]",
    ),
    Form(
        "a password in an address",
        ("@1", "@2"),
        r"(?<![\w./:@-])[\w.-]{1,64}:([^\s/:@\"']{6,100})@[12]\d{0,2}(?:\.\d{1,3}){3}(?!\d)",
        need="strong",
    ),
    Form(
        "an authorisation header",
        ("authorization",),
        r"(?i)authorization\\?[\"']?\s{0,3}[:=]\s{0,3}\\?[\"']?(?:[A-Za-z][A-Za-z-]{2,20}\s{1,12})?"
        rf"([0-9A-Za-z._~+/=-]{{12,{LONGEST}}})",
        need="opaque",
        reach="any",
    ),
    Form(
        "an authorisation header",
        ("bearer ", "bearer\n"),
        rf"(?i)\bbearer\s{{1,12}}([0-9A-Za-z._~+/=-]{{20,{LONGEST}}})",
        need="opaque",
        reach="any",
    ),
    Form(
        "a session cookie",
        ("cookie",),
        r"(?i)cookie\\?[\"']?\s{0,3}[:=]\s{0,3}(?:[^\s;=\"']{1,60}=[^\s;\"']{0,120};\s?){0,9}?"
        r"(?:[\w.-]{0,20}sess(?:ion)?(?:_?id)?|[\w.-]{0,20}sid|auth[\w.-]{0,20}|token|jwt|remember[\w.-]{0,20}"
        rf"|wordpress_logged_in\w{{0,40}})=([^\s;,\"'<]{{12,{LONGEST}}})",
        need="opaque",
    ),
    Form(
        "a signature in an address",
        ("signature=", "sig=", "security-token="),
        rf"(?i)[?&;](?:x-(?:amz|goog)-(?:signature|security-token)|signature|sig)=([0-9A-Za-z%+/=_~.-]{{16,{LONGEST}}})",
        need="opaque",
    ),
    Form(
        "a secret of two-factor codes",
        ("otpauth://",),
        r"(?i)otpauth://[^\s\"']{1,200}?[?&]secret=([A-Z2-7=]{16,200})",
    ),
    Form(
        "a token in an address",
        ("token=", "key=", "jwt=", "auth=", "secret="),
        rf"(?i)[?&;]{_PARAMETER}=([^\s&\"'<>#;]{{12,{LONGEST}}})",
        need="opaque",
    ),
    # ── passwords ───────────────────────────────────────────────────────────────────────────────────────────────────
    Form(
        "a password",
        ("passw", "passphrase", "pwd=", "pass=", "pw="),
        rf"(?i)(?:{_PHRASE}|(?<![0-9A-Za-z?&])pwd|(?<![A-Za-z])(?:pass|pw)|ssh_?pass)\\?[\"']?\]?:?={_VALUE}",
    ),
    Form(
        "a password",
        ("passw", "passphrase", "_pass", "_pw"),
        rf"(?i)(?:{_PHRASE}|(?<=_)(?:pass|pwd?))(?:{_IS_NOT_PAIRED}{_WHOLE}|{_IS}{_VALUE})",
        need="unspoken",
    ),
    Form(
        "a password",
        ("pass", "pw"),
        rf"(?i)(?:{_PHRASE}(?![ \t]{{1,8}}{_ITS})|(?<!\w)(?:pass|pw|pwd)(?!\w))"
        r"(?:[ \t]{1,8}[A-Za-z]{1,20}){0,3}[ \t]{0,8}(?:[:=–—→-]|[-=]>)?[ \t]{1,8}"
        rf"(?![A-Za-z]+(?:\s|$)){_WHOLE}",
        need="strong",
    ),
    Form(
        "a password",
        tuple(_OTHER_WORDS.split("|")),
        rf"(?i)(?:{_OTHER_WORDS})(?:\s{{0,3}}[:=：→-]\s{{0,3}}|[는은이가は是为]?[ \t]{{0,3}}"
        r"|[ \t](?:ist|lautet|is|est|es|é|to)[ \t])[\"'「]?((?=[!-~]{0,60}\d)(?=[!-~]{0,60}[A-Za-z])[!-~]{6,100})",
    ),
    Form(
        "a password",  # its name and its value as two pairs, on one line or on two
        ("value",),
        rf"(?i)\b{_NAMED}(?:{_PHRASE}|passwd|pwd|pass){_THEN}{_VALUE}",
        reach="any",
    ),
    Form(
        "a password",
        ("passw", "passphrase", "_pass"),
        rf"(?i)(?:{_PHRASE}|_pass){_BELOW}{_VALUE}{_ALONE}",
        need="unspoken",
        reach="lines",
    ),
    Form(
        "a password",
        ("passw", "passphrase"),
        rf"(?i){_PHRASE}[ \t]{{0,3}}\n[ \t]{{0,40}}{_VALUE}{_ALONE}",
        need="strong",
        reach="lines",
    ),
    Form(
        "a password",  # within a tag
        ("password>", "passwd>", "passphrase>", "pwd>", "pass>"),
        rf"(?i)<[\w.:-]{{0,60}}(?:{_PHRASE}|pwd|pass)>\s{{0,20}}([^<>\s]{{1,{LONGEST}}})\s{{0,20}}</",
        reach="any",
    ),
    # ── passwords that a command is given ───────────────────────────────────────────────────────────────────────────
    Form(
        "a password",
        ("--pass", " -password "),
        rf"(?i)--?pass(?:word|wd|phrase)?[ \t]{{1,3}}{_FLAG}{_WHOLE}",
        need="unspoken",
    ),
    _command(
        ("mysql", "sshpass", "redis-cli", "login", "mariadb", "mongo"),
        r"(?:\b(?:mysql|mariadb)\w{0,20}\b[^\n|]{0,200}?\s-p|\bsshpass\s{1,3}-p\s{0,3}|\bredis-cli\b[^\n|]{0,200}?\s-a\s{1,3}"
        r"|\b(?:docker|podman|az|oc|cf|helm|registry|skopeo) login\b[^\n|]{0,200}?\s-p[ =]?"
        r"|\bmongo(?:sh|dump|restore|export|import)?\b[^\n|]{0,200}?\s-p\s{1,3})",
    ),
    _command(
        ("sqlcmd", "ldap", "snmp", "ipmitool", "mosquitto", "rabbitmqctl", "htpasswd", "net use", "chpasswd"),
        r"(?:\b(?:sqlcmd|ipmitool|mosquitto_(?:pub|sub))\b[^\n|]{0,200}?\s-P\s{0,3}"
        r"|\bldap(?:search|modify|add|delete|passwd|whoami)\b[^\n|]{0,200}?\s-w\s{0,3}"
        r"|\brabbitmqctl\s[^\n|]{0,60}?(?:add_user|change_password|authenticate_user)\s{1,3}\S{1,64}\s{1,3}"
        r"|\bhtpasswd\s[^\n|]{0,30}?-\w{0,5}b\w{0,5}\s{1,3}\S{1,100}\s{1,3}\S{1,64}\s{1,3}"
        r"|(?i:\bnet use\s)(?:\w:\s{1,3})?\\\\\S{1,200}\s{1,3}(?!/))",
    ),
    _command(
        ("snmp",),
        r"(?<=\s)-[AX]\s{0,3}",
    ),
    _command(
        ("storepass", "keypass", "requirepass", "masterauth", "identified"),
        r"(?:-(?:(?:src|dest)?storepass|(?:src|dest)?keypass)\s{1,3}|\b(?:requirepass|masterauth)\s{1,3}(?=\S*\d)"
        r"|(?i:\bidentified (?:with [\w']{1,40} )?by\s{1,3})(?=['\"]))",
    ),
    _command(("pass:", "_auth="), r"(?:\s-pass(?:in|out)?\s{1,3}[\"']?pass:|\bREDISCLI_AUTH=)"),
    Form(
        "a password",
        ("chpasswd", "sudo", "passwd"),
        r"\becho\s{1,3}(?:-\w{1,3}\s{1,3})?[\"']?(?:[\w.-]{1,64}:)?([^\s\"':|][^\s\"'|]{2,99})[\"']?\s{0,3}\|\s{0,3}"
        r"(?:sudo\s{1,3})?(?:chpasswd\b|sudo\s{1,3}-S\b|passwd\b[^\n]{0,40}--stdin)",
    ),
    Form(
        "a password",
        ("smbclient", "rpcclient", "smbmap"),
        r"\b(?:smbclient|rpcclient)\b[^\n|]{0,200}?\s(?:-U|--user)[ =]?[\"']?"
        rf"[^\s%\"']{{1,64}}%({WORD}{{3,{LONGEST}}})",
    ),
    Form(
        "a password",
        ("curl", "http"),
        r"\b(?:curl\s[^\n|]{0,300}?(?<=\s)(?:-u|--user)|https?\s[^\n|]{0,100}?(?<=\s)-a)[ =]?[\"']?"
        rf"[^\s:\"'/$]{{1,64}}:(?!//)((?:[^\s\"']|[\"'](?=\w)){{3,{LONGEST}}})",
    ),
    Form(
        "a password",
        ("cred", "login", "logged in"),
        r"(?i)\b(?:cred(?:ential)?s?|login|logged in (?:as|with))\s{0,3}[:=]?\s{1,3}[\w.@-]{1,64}\s?[:/]\s?"
        rf"{_VALUE}",
        need="strong",
    ),
    # ── keys and tokens ─────────────────────────────────────────────────────────────────────────────────────────────
    Form(
        "a key or token",
        ("key", "token", "secret"),
        rf"(?i)(?<=[A-Za-z_-])(?:key|token|secret){_IS}{_VALUE}",
        before=_OWNED,
        need="opaque",
    ),
    Form("a key or token", ("secret",), rf"(?i)(?<!:)secret(?:[_-]?key[_-]?base)?{_IS}{_VALUE}", need="opaque"),
    Form("a key or token", ("_token", "_secret"), rf"(?<=[A-Z0-9]_)(?:TOKEN|SECRET){_IS}{_VALUE}", need="opaque"),
    Form(
        "a key or token",
        ("--token", "--secret", "-key", "-token", "-secret"),
        rf"(?i)--(?:[a-z]{{1,20}}-){{0,2}}(?:token|secret|(?:api|account|access|license)-key)[ \t=]{{1,3}}"
        rf"{_FLAG}{_VALUE}",
        need="opaque",
    ),
    Form(
        "a key or token",
        ("key", "token", "secret"),
        rf"(?i)\b(?:api[_ -]?key|token|secret(?: key)?)(?: is| was)?[ \t]{{1,8}}"
        rf"([0-9A-Za-z_+/=.~-]{{16,{LONGEST}}})(?![^\s,;:.)])",
        need="strong",
    ),
    Form(
        "a key or token",
        ("key", "token"),
        r"(?i)\b(?:api|auth|access|acl|bot|service)[ _-](?:token|key)(?: is| was|:)?[ \t]{1,8}"
        r"([0-9a-f]{32,64})(?![0-9A-Za-z])",
        need="opaque",
    ),
    Form(
        "a key or token",
        ("secret_access_key", "session_token"),
        rf"(?i)(?:secret_access_key|session_token)[ \t]{{1,8}}([0-9A-Za-z/+=]{{40,{LONGEST}}})",
        need="opaque",
    ),
    Form(
        "a key or token",
        ("unseal key", "recovery key"),
        r"(?i)\b(?:unseal|recovery) key(?: \d{1,2})?[ \t]{0,3}[:=][ \t]{0,3}([0-9A-Za-z+/=]{40,90})",
        need="opaque",
    ),
    Form(
        "a key or token",
        ("token",),
        rf"(?i)(?<![\w-])(?<!page )(?<!next )(?<!continuation )(?<!sync )token{_IS}{_VALUE}",
        need="opaque",
    ),
    Form("a key or token", ("psk",), rf"(?i)(?<![A-Za-z])(?:wpa_)?psk{_IS}{_VALUE}", need="opaque"),
    Form(
        "a key or token",  # what a registry of packages or of images is asked with
        ("_auth", '"auth'),
        r"(?:(?<!\w)_auth[ \t]{0,3}=[ \t]{0,3}|\"auth\\{0,3}\"\s{0,3}:\s{0,3}\\{0,3}\")"
        rf"([0-9A-Za-z+/=_-]{{12,{LONGEST}}})",
        need="opaque",
    ),
    Form(
        "a key or token",  # its name and its value as two pairs, on one line or on two
        ("value",),
        rf"(?i)\b{_NAMED}{_KEY}{_THEN}{_VALUE}",
        need="opaque",
        reach="any",
    ),
    Form(
        "a key or token",
        ("key", "token", "secret"),
        rf"(?i){_KEY}{_BELOW}{_VALUE}{_ALONE}",
        need="opaque",
        reach="lines",
    ),
    Form(
        "a key or token",  # within a tag
        ("token>", "secret>", "key>"),
        rf"(?i)<[\w.:-]{{0,60}}{_KEY}>\s{{0,20}}([^<>\s]{{1,{LONGEST}}})\s{{0,20}}</",
        need="opaque",
        reach="any",
    ),
)
"""What is known by what stands before it."""
