"""Some 250 made-up secrets of every form, in sentences as they are pasted while an incident burns.

Each is put together when it is asked for, from a seed: no file of the tree holds a string that anybody who looks for
secrets, like the sites that sources are hosted on, would find.
"""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable
from functools import cache

import msgspec
from msgspec import Struct

from scribe.record.errors import Refused

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + "234567"


class Pasted(Struct, frozen=True):
    """A line with a secret in it: the form's kind, the line, and the characters that must not be stored."""

    kind: str
    line: str
    secret: str


class _Maker:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def of(self, alphabet: str, count: int) -> str:
        """Characters of an alphabet, a digit and two letters of either case among them where it has them."""
        while True:
            made = "".join(self._random.choice(alphabet) for _ in range(count))
            wanted = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
            if count < 8 or all(set(made) & set(kind) for kind in wanted if set(alphabet) & set(kind)):
                return made

    def mixed(self, count: int) -> str:
        """Letters and digits."""
        return self.of(LETTERS, count)

    def password(self) -> str:
        """What a generator of passwords makes."""
        return f"{self.of(LETTERS, 9)}{self._random.choice('!#?')}{self.of(LETTERS, 3)}"

    def block(self, kind: str, lines: int = 6) -> str:
        """A private key as a tool writes it."""
        body = "\n".join(self.of(f"{LETTERS}+/", 64) for _ in range(lines))
        dashes = "-" * 5
        return f"{dashes}BEGIN {kind}{dashes}\n{body}\n{self.of(LETTERS, 22)}==\n{dashes}END {kind}{dashes}"

    def jwt(self) -> str:
        """A token that decodes."""
        parts = ({"alg": "RS256", "typ": "JWT"}, {"sub": self.of(HEX, 8), "exp": 1773324122})
        coded = [base64.urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=") for part in parts]
        return ".".join([*coded, self.of(f"{LETTERS}_-", 43)])


_PLAIN: tuple[tuple[str, Callable[[_Maker], str]], ...] = (
    ("an AWS access key", lambda m: "AK" + "IA" + m.of(UPPER, 16)),
    ("an AWS access key", lambda m: "AS" + "IA" + m.of(UPPER, 16)),
    ("a GitHub token", lambda m: "gh" + "p_" + m.mixed(36)),
    ("a GitHub token", lambda m: "gh" + "s_" + m.mixed(36)),
    ("a GitHub token", lambda m: "github_" + "pat_" + m.mixed(22) + "_" + m.mixed(59)),
    ("a GitLab token", lambda m: "gl" + "pat-" + m.mixed(20)),
    ("a GitLab token", lambda m: "gl" + "ptt-" + m.of(HEX, 40)),
    ("a GitLab token", lambda m: "gl" + "pat-" + m.mixed(27) + ".01.0" + m.of(HEX, 8)),
    ("a Slack token", lambda m: "xo" + f"xb-{m.of('123456789', 12)}-{m.of('123456789', 12)}-{m.mixed(24)}"),
    ("a Slack token", lambda m: "xo" + f"xp-{m.of('123456789', 12)}-{m.of('123456789', 12)}-{m.of(HEX, 32)}"),
    ("a Slack token", lambda m: "xa" + f"pp-1-A0{m.of(UPPER, 9)}-{m.of('123456789', 13)}-{m.of(HEX, 64)}"),
    ("a Stripe key", lambda m: "sk_" + "live_" + m.mixed(24)),
    ("a Stripe key", lambda m: "rk_" + "live_" + m.mixed(99)),
    ("a webhook secret", lambda m: "wh" + "sec_" + m.mixed(32)),
    ("a Google API key", lambda m: "AI" + "za" + m.mixed(35)),
    ("a Google OAuth secret", lambda m: "GOC" + "SPX-" + m.mixed(28)),
    ("a Google OAuth token", lambda m: "ya" + "29." + m.mixed(80)),
    ("a SendGrid key", lambda m: "SG" + f".{m.mixed(22)}.{m.mixed(43)}"),
    ("a key of a language model", lambda m: "sk-" + "ant-api03-" + m.mixed(80)),
    ("a key of a language model", lambda m: "sk-" + "proj-" + m.mixed(48)),
    ("a key of a language model", lambda m: "sk-" + m.mixed(20) + "T3Blbk" + "FJ" + m.mixed(20)),
    ("an npm token", lambda m: "np" + "m_" + m.mixed(36)),
    ("a PyPI token", lambda m: "py" + "pi-AgEIcHlwaS5vcmc" + m.mixed(90)),
    ("a Docker token", lambda m: "dc" + "kr_pat_" + m.mixed(27)),
    ("a DigitalOcean token", lambda m: "do" + "p_v1_" + m.of(HEX, 64)),
    ("a Databricks token", lambda m: "da" + "pi" + m.of(HEX, 32)),
    ("a Vault token", lambda m: "hv" + "s." + m.mixed(90)),
    ("a Terraform token", lambda m: m.mixed(14) + ".atlas" + "v1." + m.mixed(67)),
    ("a Pulumi token", lambda m: "pu" + "l-" + m.of(HEX, 40)),
    ("a Grafana token", lambda m: "gl" + f"sa_{m.mixed(32)}_{m.of(HEX, 8)}"),
    ("a Sentry token", lambda m: "snt" + "ryu_" + m.of(HEX, 64)),
    ("a New Relic key", lambda m: "NR" + "AK-" + m.of(UPPER, 27)),
    ("an Atlassian token", lambda m: "ATATT3x" + "FfGF0" + m.mixed(170) + "=" + m.of(HEX.upper(), 8)),
    ("a Shopify token", lambda m: "sh" + "pat_" + m.of(HEX, 32)),
    ("a Tailscale key", lambda m: "ts" + f"key-auth-{m.mixed(16)}-{m.mixed(32)}"),
    ("a Linear key", lambda m: "lin" + "_api_" + m.mixed(40)),
    ("an Artifactory key", lambda m: "AK" + "Cp" + m.mixed(69)),
    ("an Azure client secret", lambda m: m.mixed(3) + "8" + "Q~" + m.mixed(34)),
    ("a Discord bot token", lambda m: f"MT{m.mixed(22)}.{m.mixed(6)}.{m.mixed(27)}"),
    ("a Telegram bot token", lambda m: f"{m.of('123456789', 10)}:" + "AA" + m.mixed(33)),
    ("a Square secret", lambda m: "sq0" + "csp-" + m.mixed(43)),
    ("a Twilio key", lambda m: "S" + "K" + m.of(HEX, 32)),
    ("a Mailchimp key", lambda m: m.of(HEX, 32) + "-us" + "17"),
    ("a JSON Web Token", lambda m: m.jwt()),
    ("a private key", lambda m: "AGE-SECRET" + "-KEY-1" + m.of(string.ascii_uppercase + string.digits, 58)),
    ("a Stripe key", lambda m: "sk_" + "test_" + m.mixed(24)),
    ("a Facebook token", lambda m: "EA" + "A" + m.mixed(160)),
    ("a session of a language model", lambda m: "se" + "ss-" + m.mixed(40)),
)
"""What is known by its own form, wherever it stands."""

_SAID = (
    "the deploy job printed {} in plain, rotating it now",
    "{} was in the pod's environment",
    'log says {{"msg":"refused","credential":"{}"}}',
)

_NAMED: tuple[tuple[str, str, Callable[[_Maker], str]], ...] = (
    ("a password", "password={}", _Maker.password),
    ("a password", "mysql -h db-7 -u app --password={} shop", _Maker.password),
    ("a password", "mysql -h db-7 -u app -p{} shop works again", lambda m: m.mixed(14)),
    ("a password", "DB_PASSWORD: {}", lambda m: m.mixed(12)),
    ("a password", "export PGPASSWORD='{}' && psql -h db-7", _Maker.password),
    ("a password", '{{"user":"app","password":"{}"}}', _Maker.password),
    ("a password", 'body: {{\\"user\\":\\"app\\",\\"password\\":\\"{}\\"}}', _Maker.password),
    ("a password", "Server=db-7;User Id=app;Password={};Encrypt=true", lambda m: m.mixed(16)),
    ("a password", "the root password is {} until tomorrow", _Maker.password),
    ("a password", "new password for admin: {}", _Maker.password),
    ("a password", "pw {} works on the jump host", _Maker.password),
    ("a password", "creds admin:{} for the switch", _Maker.password),
    ("a password", "login root / {}", _Maker.password),
    ("a password", "sshpass -p {} ssh ops@10.2.4.18", lambda m: m.mixed(12)),
    ("a password", "redis-cli -h cache-3 -a {} ping", lambda m: m.mixed(20)),
    ("a password", "curl -u admin:{} https://auth.example.org/reload", lambda m: m.mixed(12)),
    ("a password", "docker login -u ci -p {} registry.example.com", lambda m: m.mixed(20)),
    ("a password", "MYSQL_PWD={} mysqldump shop", lambda m: m.mixed(14)),
    ("a password", "SSHPASS={} sshpass -e ssh ops@web-1", lambda m: m.mixed(14)),
    ("a password", "-Djavax.net.ssl.keyStorePassword={} in the unit file", lambda m: m.mixed(10)),
    ("a password", "spring.datasource.password={}", lambda m: m.mixed(16)),
    ("a password", "passphrase: {}", lambda m: m.mixed(20)),
    ("a password", "kubectl create secret generic db --from-literal=password={}", lambda m: m.mixed(18)),
    ("a password", "password: {}== in the Secret's yaml", lambda m: m.mixed(22)),
    ("a password", "비밀번호: {}", lambda m: m.mixed(10)),
    ("a password", "root 密码是 {}", lambda m: m.mixed(10)),
    ("a password", "パスワード：{}", lambda m: m.mixed(10)),
    ("a password in an address", "postgres://app:{}@db-7.internal:5432/shop", lambda m: m.mixed(16)),
    ("a password in an address", "amqp://svc:{}@mq-1.internal/%2Fauth is what the client uses", lambda m: m.mixed(20)),
    ("a password in an address", "redis://:{}@cache-3:6379/0", lambda m: m.mixed(24)),
    ("a password in an address", "https://deploy:{}@git.example.org/auth.git", lambda m: m.mixed(20)),
    ("a password in an address", "mongodb+srv://app:{}@cluster0.example.net/shop", lambda m: m.mixed(18)),
    ("a password in an address", "app:{}@tcp(db-7:3306)/shop?parseTime=true", lambda m: m.mixed(14)),
    ("a password in an address", "postgres://app:p@{}@db-7/shop has an at sign", lambda m: m.mixed(12)),
    (
        "an authorisation header",
        "curl -H 'Authorization: Bearer {}' https://api.example.com/v2/me",
        lambda m: m.mixed(40),
    ),
    ("an authorisation header", '{{"headers":{{"authorization":"Basic {}=="}}}}', lambda m: m.mixed(30)),
    (
        "an authorisation header",
        "Authorization: GenieKey {}",
        lambda m: f"{m.of(HEX, 8)}-{m.of(HEX, 4)}-{m.of(HEX, 12)}",
    ),
    ("an authorisation header", "Authorization: {}", lambda m: m.mixed(44)),
    ("an authorisation header", "the proxy logs bearer {} in full", lambda m: m.mixed(48)),
    ("a session cookie", "Cookie: theme=dark; session={}; lang=de", lambda m: m.mixed(40)),
    ("a session cookie", "Set-Cookie: JSESSIONID={}; Path=/; HttpOnly", lambda m: m.of(HEX.upper(), 32)),
    ("a session cookie", "curl -b x -H 'Cookie: connect.sid={}'", lambda m: f"s%3A{m.mixed(32)}.{m.mixed(43)}"),
    (
        "a signature in an address",
        "https://shop.s3.amazonaws.com/dump.gz?X-Amz-Date=20260312T140211Z&X-Amz-Signature={}",
        lambda m: m.of(HEX, 64),
    ),
    (
        "a signature in an address",
        "https://store.blob.core.windows.net/b/auth.bak?sv=2022-11-02&sr=b&sig={}%3D",
        lambda m: m.mixed(43),
    ),
    (
        "a signature in an address",
        "https://storage.googleapis.com/b/o?X-Goog-Expires=900&X-Goog-Signature={}",
        lambda m: m.of(HEX, 128),
    ),
    (
        "a signature in an address",
        "https://cdn.example.org/v.mp4?Expires=1&Signature={}__&Key-Pair-Id=K1",
        lambda m: m.mixed(120),
    ),
    ("a token in an address", "https://shop.example.com/reset?token={}", lambda m: m.mixed(32)),
    ("a token in an address", "https://api.example.com/v1/x?access_token={}&page=2", lambda m: m.mixed(40)),
    ("a token in an address", "https://maps.example.com/js?v=3&key={}", lambda m: m.mixed(32)),
    ("a token in an address", "wss://push.example.com/ws?user=4711&jwt={}", lambda m: m.mixed(40)),
    ("a key or token", "api_key={}", lambda m: m.mixed(32)),
    ("a key or token", "STRIPE_SECRET_KEY: {}", lambda m: m.mixed(24)),
    ("a key or token", "aws_secret_access_key = {}", lambda m: m.of(f"{LETTERS}+/", 40)),
    ("a key or token", '"SecretAccessKey": "{}"', lambda m: m.of(f"{LETTERS}+/", 40)),
    ("a key or token", '"SessionToken": "{}"', lambda m: m.of(f"{LETTERS}+/", 180)),
    ("a key or token", "client_secret={}", lambda m: m.mixed(40)),
    ("a key or token", '{{"refresh_token":"{}","expires_in":900}}', lambda m: m.mixed(60)),
    ("a key or token", "X-Api-Key: {}", lambda m: m.mixed(32)),
    ("a key or token", "PRIVATE-TOKEN: {}", lambda m: m.mixed(24)),
    ("a key or token", "SharedAccessKeyName=root;SharedAccessKey={}=", lambda m: m.of(f"{LETTERS}+/", 43)),
    ("a key or token", "HEROKU_API_KEY={}", lambda m: "-".join(m.of(HEX, n) for n in (8, 4, 4, 4, 12))),
    ("a key or token", "kubeadm join 10.2.4.1:6443 --token {}", lambda m: f"{m.of(HEX, 6)}.{m.of(HEX, 16)}"),
    ("a key or token", "webhook secret: {}", lambda m: m.of(HEX, 40)),
    ("a key or token", "SLACK_BOT_TOKEN={}", lambda m: m.mixed(30)),
    ("a key or token", "TOKEN={}", lambda m: m.mixed(30)),
    ("a key or token", "jwt signing secret={}", lambda m: m.mixed(32)),
    (
        "an Azure storage key",
        "AccountName=shop;AccountKey={};EndpointSuffix=core.windows.net",
        lambda m: m.of(f"{LETTERS}+/", 86) + "==",
    ),
    ("an AWS secret key", "aws_secret_key: '{}'", lambda m: m.of(f"{LETTERS}+/", 40)),
    ("Cloudant credentials", "cloudant_password={}", lambda m: m.of(HEX, 64)),
    ("an IBM storage key", "cos_hmac_secret_access_key={}", lambda m: m.of(HEX, 48)),
    ("SoftLayer credentials", "softlayer_api_key={}", lambda m: m.of(HEX, 64)),
    ("a secret of two-factor codes", "otpauth://totp/shop:ines?issuer=shop&secret={}", lambda m: m.of(UPPER, 32)),
    (
        "a Slack webhook",
        "https://hooks.slack.com/" + "services/{}",
        lambda m: f"T{m.of(UPPER, 8)}/B{m.of(UPPER, 8)}/{m.mixed(24)}",
    ),
    (
        "a Slack webhook",
        "https://hooks.slack.com/" + "workflows/{}",
        lambda m: f"T{m.of(UPPER, 8)}/A{m.of(UPPER, 8)}/{m.mixed(24)}",
    ),
    (
        "a Discord webhook",
        "https://discord.com/" + "api/webhooks/{}",
        lambda m: f"{m.of('123456789', 18)}/{m.mixed(68)}",
    ),
    (
        "a Teams webhook",
        "https://shop.webhook." + "office.com/webhookb2/{}",
        lambda m: f"{m.of(HEX, 8)}-{m.of(HEX, 27)}@{m.of(HEX, 36)}/IncomingWebhook/{m.of(HEX, 32)}/{m.of(HEX, 36)}",
    ),
    ("a password", "env:\n- name: DB_PASSWORD\n  value: {}\n- name: PORT", _Maker.password),
    ("a password", '    - name: DB_PASSWORD\n      value: "{}"', _Maker.password),
    ("a password", '{{"name":"DB_PASSWORD","value":"{}"}}', _Maker.password),
    ("a password", '"name": "DB_PASSWORD",\n  "value": "{}"', _Maker.password),
    ("a password", 'env: {{\\"name\\":\\"DB_PASSWORD\\",\\"value\\":\\"{}\\"}}', _Maker.password),
    ("a password", '<property name="password" value="{}"/>', _Maker.password),
    ("a password", '<add key="DbPassword" value="{}" />', _Maker.password),
    ("a password", "db_password:\n  {}", _Maker.password),
    ("a password", "password: >-\n    {}\nuser: app", lambda m: m.mixed(24)),
    ("a password", "password\n{}", _Maker.password),
    ("a password", "<password>{}</password>", _Maker.password),
    ("a password", "  <db.pwd>\n    {}\n  </db.pwd>", _Maker.password),
    ("a password", "PW={} ./restore.sh", _Maker.password),
    ("a password", "vault kv put secret/db pw={}", _Maker.password),
    ("a password", "ansible_ssh_pass: {}", _Maker.password),
    ("a password", "password - {}", _Maker.password),
    ("a password", "password → {}", _Maker.password),
    ("a password", "password = [{}]", _Maker.password),
    ("a password", "Passwort lautet {}", _Maker.password),
    ("a password", "пароль: {}", _Maker.password),
    ("a password", "password\xa0=\xa0{}", lambda m: m.mixed(12)),
    ("a password", "ｐａｓｓｗｏｒｄ={}", lambda m: m.mixed(12)),
    ("a password", "p\u200bassword={}", lambda m: m.mixed(12)),
    ("a password", "\x1b[31mpassword\x1b[0m={}", lambda m: m.mixed(12)),
    ("a password", "sqlcmd -S db-7 -U sa -P {}", _Maker.password),
    ("a password", "ldapsearch -x -D cn=admin,dc=ex -w {} -b dc=ex", _Maker.password),
    ("a password", "snmpwalk -v3 -u admin -A {} 10.0.0.1", _Maker.password),
    ("a password", "snmpget -v3 -u admin -X {} 10.0.0.1", _Maker.password),
    ("a password", "ipmitool -I lanplus -H 10.0.0.9 -U ADMIN -P {} power cycle", _Maker.password),
    ("a password", "mosquitto_pub -u dev -P {} -t x", _Maker.password),
    ("a password", "smbclient //srv/x -U admin%{}", _Maker.password),
    ("a password", "net use \\\\srv\\share {} /user:admin", _Maker.password),
    ("a password", "keytool -list -keystore a.jks -storepass {}", _Maker.password),
    ("a password", "openssl pkcs12 -in a.p12 -passin pass:{}", _Maker.password),
    ("a password", "echo root:{} | chpasswd", _Maker.password),
    ("a password", "echo '{}' | sudo -S systemctl restart x", _Maker.password),
    ("a password", "CREATE USER 'app'@'%' IDENTIFIED BY '{}';", _Maker.password),
    ("a password", "requirepass {}", _Maker.password),
    ("a password", "REDISCLI_AUTH={} redis-cli ping", _Maker.password),
    ("a password", "rabbitmqctl add_user app {}", _Maker.password),
    ("a password", "htpasswd -b .htpasswd admin {}", _Maker.password),
    ("a password", "mongodump -h m-1 -u app -p {} -d shop", _Maker.password),
    ("a password", "az login -u ci -p {}", _Maker.password),
    ("a password", "influx -username admin -password {}", _Maker.password),
    ("a password", "curl -u a:x1/{} https://x.example", _Maker.password),
    ("a password in an address", "postgres://app:x1/{}@db-7/shop", lambda m: m.mixed(12)),
    ("a password in an address", "postgres://app:x1#{}@db-7/shop", lambda m: m.mixed(12)),
    ("a password in an address", "postgres://app:x1'{}@db-7/shop", lambda m: m.mixed(12)),
    ("a password in an address", "jdbc:oracle:thin:app/{}@db-7:1521/SHOP", _Maker.password),
    ("a password in an address", "sqlplus app/{}@SHOP", _Maker.password),
    ("a password in an address", "admin:{}@10.0.0.3", _Maker.password),
    ("an authorisation header", "Authorization: Bearer\n  {}", lambda m: m.mixed(60)),
    ("a PagerDuty key", "https://events.pagerduty.com/" + "integration/{}/enqueue", lambda m: m.of(HEX, 32)),
    ("a Sentry key", "SENTRY_DSN https://{}@o1234.ingest.sentry.io/123", lambda m: m.of(HEX, 32)),
    ("a session cookie", "Cookie: wordpress_logged_in_ab={}", lambda m: m.mixed(26)),
    ("a key or token", "RAILS_MASTER_KEY={}", lambda m: m.of(HEX, 40)),
    ("a key or token", "MASTER_KEY={}", lambda m: m.of(HEX, 40)),
    ("a key or token", "ENCRYPTION_KEY={}", lambda m: m.of(HEX, 40)),
    ("a key or token", "FERNET_KEY={}", lambda m: m.of(HEX, 40)),
    ("a key or token", "SECRET_KEY_BASE={}", lambda m: m.of(HEX, 40)),
    ("a key or token", "AZURE_STORAGE_KEY={}", lambda m: m.of(HEX, 40)),
    ("a key or token", "NEW_RELIC_LICENSE_KEY={}", lambda m: m.of(HEX, 40)),
    ("a key or token", "SIGNING_KEY: {}", lambda m: m.mixed(32)),
    ("a key or token", "PresharedKey = {}=", lambda m: m.of(f"{LETTERS}+/", 43)),
    ("a key or token", "WIFI psk={}", lambda m: m.mixed(16)),
    ("a key or token", "az storage blob list --account-key {}==", lambda m: m.of(f"{LETTERS}+/", 86)),
    ("a key or token", "aws configure set aws_secret_access_key {}", lambda m: m.of(f"{LETTERS}+/", 40)),
    ("a key or token", '{{"auths":{{"registry.example.com":{{"auth":"{}"}}}}}}', lambda m: m.mixed(40)),
    ("a key or token", "_auth={}=", lambda m: m.mixed(27)),
    ("a key or token", "api token {}", lambda m: m.of(HEX, 32)),
    ("a key or token", "Unseal Key 1: {}", lambda m: m.of(f"{LETTERS}+/", 44)),
    ("a key or token", "- name: API_TOKEN\n  value: {}", lambda m: m.mixed(32)),
    ("a key or token", "client_secret: |\n  {}", lambda m: m.mixed(32)),
    ("a key or token", "<apiKey>{}</apiKey>", lambda m: m.mixed(32)),
)
"""What is known by the name that stands before it, or by what stands round it."""


@cache
def pasted() -> tuple[Pasted, ...]:
    """All of them, always the same."""
    found = []
    for place, (kind, make) in enumerate(_PLAIN):
        for turn in range(2):
            secret = make(_Maker(1000 * place + turn))
            found.append(Pasted(kind, _SAID[(place + turn) % len(_SAID)].format(secret), secret))
    for place, (kind, line, make) in enumerate(_NAMED):
        secret = make(_Maker(500_000 + place))
        found.append(Pasted(kind, line.format(secret), secret))
    for place, kind in enumerate(("OPENSSH PRIVATE KEY", "RSA PRIVATE KEY", "PRIVATE KEY", "PGP PRIVATE KEY BLOCK")):
        block = _Maker(600_000 + place).block(kind)
        found.append(Pasted("a private key", f"found in the image:\n{block}\nremoved", block))
    flat = _Maker(700_000).block("EC PRIVATE KEY").replace("\n", "\\n")
    found.append(Pasted("a private key", f'{{"tls.key":"{flat}"}}', flat))
    coded = base64.b64encode(_Maker(700_001).block("PRIVATE KEY").encode()).decode()
    found.append(Pasted("a private key", f"client-key-data: {coded}", coded))
    wrapped = "\n      ".join(coded[place : place + 76] for place in range(0, len(coded), 76))
    found.append(Pasted("a private key", f"    client-key-data: {wrapped}\n    user: x", wrapped))
    token = "gh" + "p_" + _Maker(700_010).mixed(36)
    for end, at in (("", 14), ("", 4), ("\\", 20)):
        broken = f"{token[:at]}{end}\n  {token[at:]}"
        found.append(Pasted("a GitHub token", f"see {broken}\nwas in the log", broken))
    jwt = _Maker(700_020).jwt()
    broken = "\n".join(jwt[at : at + 60] for at in range(0, len(jwt), 60))
    found.append(Pasted("a JSON Web Token", f"the token is\n{broken}\nwas in the log", broken))
    dialect = (
        f"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{_Maker(700_002).mixed(44)}\nPrivate-MAC: {'0f' * 32}"
    )
    found.append(Pasted("a private key", dialect, dialect))
    return tuple(found)


def unseen() -> None:
    """Stands in for what loads the library that knows the forms, where that is not installed."""
    raise Refused(
        "whether this holds a secret cannot be seen: no library", "with /keep in front it is recorded as it is"
    )
