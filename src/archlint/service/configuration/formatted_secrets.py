"""Texts of code that are secrets by their form."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Constant
from archlint.readings import summary
from archlint.service.configuration.secrets import SHORTEST_TOKEN, SecretVerdict, judge


@summary
def formatted_secrets(source: PythonSource) -> tuple[Constant, ...]:
    """The texts of a file that are secrets whatever they are for."""
    texts = ((one, one.value) for one in source.nodes.of(Constant))
    long = ((one, text) for one, text in texts if isinstance(text, str) and len(text) >= SHORTEST_TOKEN)
    return tuple(one for one, text in long if judge(None, text) is SecretVerdict.SECRET)
