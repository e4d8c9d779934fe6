"""Whether a literal is a secret: by the name that it is given, by the format of known tokens, by its entropy.

Formats and entropy are detect-secrets' (https://github.com/Yelp/detect-secrets), whose plugins are imported
only when a text is long enough to be a token. No value ever leaves this module unmasked but to be judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detect_secrets.plugins.base import BasePlugin

_NAME = re.compile(
    r"(?i)(^|.*[_\-.]|.*[a-z](?=[A-Z]))"
    r"(password|passwd|passphrase|pwd|requirepass|secret|secret[_-]?key|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key"
    r"|encryption[_-]?key|(admin|auth|database|db|email|ftp|ldap|mail|mongo|mysql|pg|postgres|rabbitmq|redis|root|smtp|user)_?(pass|pw)"
    r"|secret[_-]?access[_-]?key|client[_-]?secret|jwt[_-]?secret|(jwt|hmac|fernet|aes)[_-]?key"
    r"|(access|auth|api|bot|bearer|secret)[_-]?token|(secret[_-]?|api[_-]?|signing[_-]?|encryption[_-]?)keys)"
)
_DATABASE = re.compile(
    r"(?i)(.*_)?(database|db|postgres|postgresql|pg|mysql|sqlalchemy|dsn)_?(url|uri|dsn|host|hostname|server|port"
    r"|user|username|password|pass|pwd|name|db|database)|database|dsn|(.*_)?(sqlalchemy_)?database_ur[il]"
)
_DUMMY = re.compile(
    r"(?i)change|replace|example|sample|placeholder|dummy|fake|bogus|insert|enter|your|my[-_]|xxx|\*\*|\.\.\.|todo|fixme"
    r"|secret|passw|pass$|test|dev|local|demo|default|insecure|unsafe|none|null|undefined|qwerty|letmein|1234"
    r"|not[-_. ]?for"
    r"|postgres|admin|root|guest|minio|redis|rabbit|string|token|foo|bar|abc|here|please|generate|random"
)
_REFERENCE = re.compile(
    r"\s|^[$%<{@/.]|^\[[\w .-]+\]$|[{}<>]|\$\{|\$\(|://"
    r"|^(true|false|yes|no|on|off)$|^\d{1,4}$|^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$"
    r"|^(bearer|basic|jwt|header|cookie|query|http|https|sha\d+|hs\d+|rs\d+)$|^(?!eyJ)\w+(\.[a-z_]\w*)+$|^\w+\(.*\)$"
)
_SHOWN = re.compile(
    r"(?i)(admin|change[-_]?me|dummy|example|guest|minio(admin)?|none|password|postgres|root|secret|test)\d{0,3}"
)
"""Dummies so common that to star them out would tell less than it hides."""
URL_PASSWORD = re.compile(
    r"(?<![\w+.-])[\w+.-]+://[^\s:/@{}$<]*:((?!\[[\w.-]+\]@)[^\s@/{}$<%]+)@(\[[\da-f:.]+\]|[^\s/:?]*)", re.I
)
_NOT_SET = re.compile(
    r"(?i)none|null|nil|n/?a|undefined|unset|empty|disabled|(not|no)[-_ ]?(set|value|available)"
)
_NEAR = (
    r"(localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|host\.docker\.internal|\[::1\]"
    r"|(localstack|azurite|moto|elasticmq|fake-gcs|dynamodb-local)([-_][\w-]*)?)(?![\w-]|\.\w)"
)
"""The machine itself, and emulators of clouds, which let everybody in."""
_NEAR_HOST = re.compile(f"(?i){_NEAR}")
_NEAR_ADDRESS = re.compile(rf"(?i)([\w+.-]+://([^\s@/]*@)?{_NEAR}.*|{_NEAR}(:\d+)?)", re.DOTALL)
_ENTROPY = 4.2
_LEET = str.maketrans("013457@$", "oleastas")
_CIPHERTEXT = re.compile(
    r"ENC\[AES256_GCM,|ENC\(|encrypted:|\$ANSIBLE_VAULT;|vault:v\d+:|AgA[A-Z]|AgB[A-Z]|\x00GITCRYPT"
    r"|-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE)-----|age1[a-z0-9]{58}$"
)
"""What is encrypted to be committed: by SOPS, Jasypt, dotenvx, Ansible, Vault, sealed secrets, age."""
_PUBLIC = re.compile(r"phc_\w{20,}$|pk_(live|test)_|pk\.eyJ|https://[0-9a-f]{32}@[\w.-]+(:\d+)?/\d+$")
"""What every page may show: a key of PostHog's projects, one of Stripe or Mapbox to publish, Sentry's DSN."""
_ACCESS_KEY = re.compile(r"(?i)(?P<owner>\w*?)_?access_?key(_?id)?")
_PROXY = re.compile(r"(?i)(.*_)?(https?|all|ftp|no)?_?prox(y|ies)(_.*)?")
_TEST_DATABASE = re.compile(r"(?i)://[^\s@]+@[^\s/]+/([\w-]*[_-])?tests?([_-][\w-]*)?($|[?\s])")
_OF_TEST = re.compile(r"(?i)tests?_.*")
_SCHEME = re.compile(r"(?i)(bearer|basic|token|api-?key) +(?P<credentials>[^\s\"']{20,})")
"""What a header says that sends a secret along."""
_LONGEST = 5_000
_LONGEST_NAME = 200
SHORTEST_TOKEN = 16
"""No format of a token is shorter."""


class SecretVerdict(StrEnum):
    """What a literal is: a secret, a dummy in a secret's place, or neither."""

    SECRET = "secret"  # noqa: S105
    DUMMY = "dummy"
    NONE = "none"


def is_key_of_pair(name: str, names: Iterable[str]) -> bool:
    """Whether it is an access key that says who signs, beside the secret among `names` that proves it."""
    found = _ACCESS_KEY.fullmatch(name)
    others = (other.lower() for other in names)
    return found is not None and any(
        other.startswith(found["owner"].lower()) and "secret" in other.removeprefix(found["owner"].lower())
        for other in others
    )


@lru_cache(maxsize=20_000)
def is_secret_name(name: str) -> bool:
    """Whether a variable, field or key of that name holds a secret."""
    return len(name) <= _LONGEST_NAME and bool(_NAME.fullmatch(name))


def is_database_setting(name: str) -> bool:
    """Whether a variable or field of that name says where the database is, or how to enter it."""
    return len(name) <= _LONGEST_NAME and bool(_DATABASE.fullmatch(name))


def is_of_proxy_or_test(name: str) -> bool:
    """Whether a variable of that name has the address of a proxy, or of a database for tests."""
    name = name[:_LONGEST_NAME]
    of_test = _OF_TEST.fullmatch(name) is not None and is_database_setting(name)
    return of_test or _PROXY.fullmatch(name) is not None


def judge(name: str | None, value: str) -> SecretVerdict:
    """What `value` is under `name`; without a name only a token's format or a URL's password tells."""
    value = value.strip()
    if _CIPHERTEXT.match(value) or (len(value) > _LONGEST and "PRIVATE KEY" not in value[:_LONGEST]):
        return SecretVerdict.NONE
    if (name is not None and is_of_proxy_or_test(name)) or _PUBLIC.match(value):
        return SecretVerdict.NONE
    value = value[:_LONGEST]
    scheme = _SCHEME.fullmatch(value)
    if scheme is not None:
        sent = scheme["credentials"]
        is_secret = _judge_named("credentials", sent) is SecretVerdict.SECRET
        is_secret = is_secret and (_is_random(sent) or bool(re.fullmatch(r"[0-9a-f]{32,}", sent)))
        return SecretVerdict.SECRET if is_secret else SecretVerdict.NONE
    if "PRIVATE KEY" in value and _is_token(value):
        return SecretVerdict.SECRET
    if name is not None and is_secret_name(name):
        return _judge_named(name, value)
    password = URL_PASSWORD.search(value) if "://" in value else None
    if password is not None and not _TEST_DATABASE.search(value):
        return _judge_password(password[1], password[2])
    return SecretVerdict.SECRET if _is_token(value) else SecretVerdict.NONE


def is_of_own_machine(values: Iterable[str]) -> bool:
    """Whether variables beside each other say that the servers which they are for run on this machine."""
    return any(map(_NEAR_ADDRESS.fullmatch, values))


def without_harm(verdict: SecretVerdict, value: str) -> SecretVerdict:
    """The verdict for what opens only servers that a test starts: a token of a known format is none of it."""
    is_secret = verdict is SecretVerdict.SECRET and _is_token(value)
    return verdict if is_secret or verdict is SecretVerdict.NONE else SecretVerdict.DUMMY


def masked(value: str) -> str:
    """The value's first characters, of a short one none; a word that nobody takes for a secret is shown."""
    if len(value) < SHORTEST_TOKEN and _SHOWN.fullmatch(value):
        return value
    return f"{value[:3]}…" if len(value) >= SHORTEST_TOKEN and value[:3].isalnum() else "…"


def _judge_named(name: str, value: str) -> SecretVerdict:
    plain = re.sub(r"\W|_", "", value).lower()
    if (
        not plain
        or _NOT_SET.fullmatch(value)
        or _REFERENCE.search(value)
        or plain in re.sub(r"\W|_", "", name).lower()
    ):
        return SecretVerdict.NONE
    if _is_dummy(value) or is_typed(value) or re.search(r"(?i)fake|test|mock|dummy|demo|example", name):
        return SecretVerdict.DUMMY
    return (
        SecretVerdict.SECRET
        if is_chosen(value) or _is_token(value) or _is_random(value)
        else SecretVerdict.DUMMY
    )


def _judge_password(password: str, host: str) -> SecretVerdict:
    """A password in a URL; one for the machine itself or an emulator opens nothing elsewhere."""
    dummy = _is_dummy(password) or is_typed(password) or not is_chosen(password)
    if _NEAR_HOST.match(host):
        return SecretVerdict.NONE if dummy else SecretVerdict.DUMMY
    return SecretVerdict.DUMMY if dummy else SecretVerdict.SECRET


def _is_dummy(value: str) -> bool:
    """Whether it says that it is none; in a short one, digits may stand for letters."""
    plain = value.translate(_LEET) if len(value) < 32 else value
    return bool(_DUMMY.search(value) or _DUMMY.search(plain))


def is_typed(value: str) -> bool:
    """Whether somebody typed it to have something there: a word with a number, names, one key held down."""
    repeated = re.search(r"(.)\1{4}", value) is not None or len(set(value)) < min(8, len(value) // 2)
    word = re.fullmatch(r"[A-Za-z]+[^A-Za-z0-9]?\d{0,4}[^A-Za-z0-9]?|\d+", value) and len(value) < 20
    names = re.fullmatch(r"(?:[a-z]+\d{0,4}|\d{1,4})(?:[-_.:](?:[a-z]+\d{0,4}|\d{1,4}))+", value, re.I)
    return bool(repeated or word or names)


def is_chosen(value: str) -> bool:
    """Whether letters and digits are mixed, and it is long or varied enough."""
    mixed = bool(re.search(r"[A-Za-z]", value)) and bool(re.search(r"\d", value))
    return len(value) >= 8 and mixed and (len(value) >= 12 or len(set(value)) >= 7)


def _is_random(value: str) -> bool:
    """Whether its characters are too evenly spread for words, by the measure and limit of detect-secrets."""
    if (
        len(value) < 20
        or len(set(value)) < 2**_ENTROPY
        or not value.isascii()
        or re.search(r"[\s.,:;]", value)
    ):
        return False
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

    return bool(Base64HighEntropyString().calculate_shannon_entropy(value) > _ENTROPY)


def _is_token(value: str) -> bool:
    if len(value) < SHORTEST_TOKEN or (re.search(r"\s", value) and "PRIVATE KEY" not in value):
        return False
    if "PRIVATE KEY" in value:
        return len(value) > 200 and any(map(_found, _plugins("PrivateKeyDetector"), [value]))
    if not _MARKS.search(value) or _DUMMY.search(value) or len(set(value)) < 8:
        return False
    if _PREFIXED.fullmatch(value):
        return True
    return any(_found(plugin, value) for plugin in _plugins(*_FORMATS))


def _found(plugin: BasePlugin, value: str) -> bool:
    return any(True for _ in plugin.analyze_string(value))


_FORMATS = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "SquareOAuthDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
)
_PREFIXED = re.compile(
    r"AIza[\w-]{35}|sk-ant-[a-z]+\d\d-[\w-]{80,}|hf_[A-Za-z]{34}|npm_[A-Za-z0-9]{36}|github_pat_\w{82}"
    r"|do[opr]_v1_[0-9a-f]{64}|shp(at|ca|pa|ss)_[0-9a-fA-F]{32}|sk-or-v1-[0-9a-f]{64}|gsk_[A-Za-z0-9]{52}"
    r"|dckr_(pat|oat)_[\w-]{27,}|whsec_[A-Za-z0-9+/]{32,}=?"
)
"""Formats that services' own documentation gives by a prefix: Google, Anthropic, Hugging Face, npm, GitHub's
fine-grained tokens, DigitalOcean, Shopify, OpenRouter, Groq, Docker, Stripe's webhooks."""
_MARKS = re.compile(
    r"AIza|sk-(ant|or)-|hf_|npm_|github_pat_|do[opr]_v1_|shp[a-z]{2}_|gsk_|dckr_|whsec_|A3T|ABIA|ACCA|AKIA|ASIA|AccountKey=|gh[oprsu]_|gl[a-z]{2,6}-|GR1348941|-us\d|_authToken|T3BlbkFJ|pypi-"
    r"|SG\.|[xX][oO][xX][\w]-|hooks\.slack|sq0csp-|k_live_|\d{8}:"
)
"""What stands in a token of one of these formats: nothing is imported for the sake of other texts."""


@cache
def _plugins(*names: str) -> tuple[BasePlugin, ...]:
    """The detectors by the names of their classes; their regular expressions read text and call nobody."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

    classes: dict[str, Any] = get_mapping_from_secret_type_to_class()
    found = {plugin.__name__: plugin for plugin in classes.values()}
    return tuple(found[name]() for name in names if name in found)


def url_password(url: str) -> str | None:
    """The password in a URL that is written out, None where there is none or it is filled in later."""
    found = URL_PASSWORD.search(url)
    return found[1] if found else None
