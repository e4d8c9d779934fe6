"""Source lines and messages with the secrets in them starred out, every column kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.service.configuration.secrets import URL_PASSWORD, SecretVerdict, is_secret_name, judge

_ASSIGNED = re.compile(
    r"(?<![\w.\-])(?P<name>[\w.\-]{1,200})[\"']?\]?(?:\s*:\s*[\w\[\]|.]+(?: [\w\[\]|.]+)*)?"
    r"\s*[=:]\s*(?:\w+\()?"
    r"(?P<quote>[\"']?)(?P<value>[^\s\"'()]+)(?P=quote)"
)
_QUOTED = re.compile(r"(?P<quote>[\"'])(?P<value>(?:\\.|(?!(?P=quote))[^\\])+)(?P=quote)")
_BARE = re.compile(r"(?:^|[=\s])(?P<value>[^\s\"'=:,()]{8,})(?=[\s,]|$)")
_NO_LITERAL = re.compile(r"[$%{<]|(None|True|False|str|SecretStr)\b|\w+[.\[=]")
_LONG = re.compile(r"[\"'](?=[^\"']*\d)(?=[^\"']*[A-Za-z])(?P<value>[\w+=.:-]{20,})[\"']")
_LONGEST = 2_000
"""What is beyond that in a line is starred out unread."""
_KEY = re.compile(r"(?<=PRIVATE KEY-----)(?P<value>.*[^\s\"'-].*)")
_PUBLIC = re.compile(
    r"archlint:\s*(?:file-)?ignore\s*\[[^\]]*\]"
    r"|^\s*(?:revision|down_revision|branch_labels|depends_on)\b\s*(?::[^=]*)?=[^=].*"
    r"|\buses:\s*[\"']?[\w./-]+@[0-9a-f]{40}\b"
    r"|@sha256:[0-9a-f]{64}\b"
)
"""What looks random and is no secret: archlint's own comments, Alembic's revisions, pinned versions."""
_CREDENTIALS = re.compile(r"(?<=://)(?P<value>[^\s/@${}<>`\"']{1,2000})(?=@)")


def mask_line(line: str) -> str:
    """A source line in which nothing that may be a secret can be read, by its name or by itself."""
    line, rest = line[:_LONGEST], line[_LONGEST:]
    public = [found.span() for found in _PUBLIC.finditer(line)]
    for start, end in {*_by_name(line), *_by_itself(line)}:
        if any(first <= start and end <= last for first, last in public):
            continue
        line = f"{line[:start]}{'*' * (end - start)}{line[end:]}"
    return line + "*" * len(rest)


def mask_credentials(text: str) -> str:
    """A message in which a URL keeps no user and password."""
    if "://" not in text:
        return text
    return _CREDENTIALS.sub(lambda found: "*" * len(found[0]) if _is_literal(found[0]) else found[0], text)


def _is_literal(credentials: str) -> bool:
    """Whether there is a password, or a user that is itself a token; a mere user name may be shown."""
    return ":" in credentials or judge("secret", credentials) is SecretVerdict.SECRET


def _by_name(line: str) -> Iterator[tuple[int, int]]:
    for found in _ASSIGNED.finditer(line):
        literal = found["quote"] or not _NO_LITERAL.match(found["value"])
        if literal and is_secret_name(found["name"].rpartition(".")[2]):
            yield found.span("value")
    words = re.findall(r"[\w-]+", line)
    named = any(is_secret_name(word) for word in words)
    for found in _QUOTED.finditer(line) if named else ():
        value = found["value"]
        if not is_secret_name(value) and judge("secret", value) is not SecretVerdict.NONE:
            yield found.span("value")


def _by_itself(line: str) -> Iterator[tuple[int, int]]:
    yield from (found.span(1) for found in URL_PASSWORD.finditer(line))
    yield from (found.span("value") for found in _LONG.finditer(line))
    yield from (found.span("value") for found in _KEY.finditer(line))
    for pattern in (_QUOTED, _BARE):
        for found in pattern.finditer(line):
            if judge("secret", found["value"]) is SecretVerdict.SECRET:
                yield found.span("value")
