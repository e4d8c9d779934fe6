"""What is there when nobody configures anything, read off the one interpretation of a service."""

from __future__ import annotations

from textwrap import dedent

import pytest

from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.values import Choice, Unresolved, Value, usual
from tests.service.small import modules_of

HEAD = """
import os
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    env: str = "dev"
    debug: bool = False
    prefix: str = "/v1"
    secret: str

    @property
    def is_live(self):
        return self.env == "prod"

    def docs(self):
        if self.env == "prod":
            return None
        if self.debug:
            return "/debug"
        return "/docs"

    def deep(self):
        if unknown():
            return "first"
        return "last"

settings = Settings()
"""


def found(text: str) -> Value:
    """What `found` is in a module of that text."""
    modules = modules_of({"main.py": HEAD + dedent(text)})
    return interpreter(modules, {}).load(modules.by_path["main.py"]).namespace["found"]


@pytest.mark.parametrize(
    "text",
    [
        "found = 'a' if unknown() else 'b'",
        "found = 'a' if settings.secret == 'x' else 'b'",
        "found = settings.debug or unknown() or 'b'",
        "if unknown():\n    found = 'a'\nelse:\n    found = 'b'",
        "found = 'a'\nif unknown():\n    found = 'b'",
        "if unknown():\n    found = 'a'\nelif settings.debug:\n    found = 'b'\nelse:\n    found = 'c'",
        "found = settings.deep()",
        "found = {'x': 'a'}\nif unknown():\n    found['x'] = 'b'\nfound = found['x']",
    ],
)
def test_what_nobody_decides_is_not_told(text: str) -> None:
    value = found(text)
    assert isinstance(value, Choice)
    assert isinstance(usual(value), Unresolved)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("found = 'a' if settings.env == 'prod' else 'b'", "b"),
        ("found = 'a' if settings.is_live else 'b'", "b"),
        ("found = 'a' if not settings.is_live else 'b'", "a"),
        ("found = None if settings.is_live or settings.debug else '/docs'", "/docs"),
        ("found = '/docs' if settings.env in ('dev', 'test') and not settings.debug else None", "/docs"),
        ("found = settings.debug and '/docs' or None", None),
        ("found = os.getenv('DOCS') or '/docs'", "/docs"),
        ("found = '/docs' if os.getenv('DOCS') else None", None),
        ("found = '/docs' if os.getenv('DOCS', 'no').lower() == 'yes' else None", None),
        ("found = '/docs' if bool(settings.debug) else None", None),
        ("found = settings.docs()", "/docs"),
        ("found = (settings.prefix if settings.debug else '/v2') + '/x'", "/v2/x"),
        ("found = f\"{'/a' if settings.debug else '/b'}/x\"", "/b/x"),
        ("found = ({'x': 'a'} if settings.debug else {'x': 'b'})['x']", "b"),
        ("if settings.debug:\n    found = 'a'\nelse:\n    found = 'b'", "b"),
        ("found = 'a'\nif settings.debug:\n    found = 'b'", "a"),
        ("found = 'a'\nif not settings.debug:\n    found = 'b'", "b"),
        ("if settings.debug:\n    found = 'a'\nelif settings.env == 'dev':\n    found = 'b'", "b"),
        ("found = {'x': 'a'}\nif settings.debug:\n    found['x'] = 'b'\nfound = found['x']", "a"),
        ("found = {'x': 'a'}\nif not settings.debug:\n    found['x'] = 'b'\nfound = found['x']", "b"),
    ],
)
def test_defaults_decide_what_they_can(text: str, expected: str | None) -> None:
    value = found(text)
    assert isinstance(value, Choice)
    assert usual(value) == expected
