"""Reads a standard's files, and says which of them is wrong, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import tomli

from archlint.findings import ArchlintError, Severity
from archlint.pages import Fixable, Option, Page, Parent
from archlint.spec import Clause, Requirement, Scenario, Spec

NonEmptyText = Annotated[str, msgspec.Meta(min_length=1)]

FENCE = "+++\n"


def read_spec(directory: Path) -> Spec:
    """The text of the standard in `directory`. Raises ArchlintError when its data is damaged."""
    path = directory / "spec.toml"
    try:
        found = msgspec.convert(_read(path), _Spec)
    except msgspec.ValidationError as error:
        raise ArchlintError(f"{path}: {error}") from error
    requirements = tuple(
        Requirement(one.id, one.family, one.title, tuple(_scenarios(one.scenario)))
        for one in found.requirement
    )
    return Spec(found.prefix, found.layers, requirements, found.documentation)


def read_unchecked(directory: Path) -> dict[str, str]:
    """The clauses that no rule decides, each with the reason."""
    return _read(directory / "unchecked.toml")


def read_pages(directory: Path) -> tuple[Page, ...]:
    """The pages in the families' folders of `directory`, by code."""
    pages = (read_page(path) for path in directory.glob("*/*.md"))
    return tuple(sorted(pages, key=lambda page: (page.code, page.name)))


def read_page(path: Path) -> Page:
    """The page in the file `path`. Raises ArchlintError when it is not in the form of a page."""
    try:
        _, front, body = path.read_text(encoding="utf-8").split(FENCE, 2)
        table = tomli.loads(front)
    except tomli.TOMLDecodeError as error:
        raise ArchlintError(f"{path}:{error.lineno + 1}: {error.msg}") from error
    except OSError as error:
        raise ArchlintError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ArchlintError(f"{path}:1: a page is UTF-8 and starts with TOML between `+++` lines") from error
    try:
        keys = msgspec.convert(table, _Front)
    except msgspec.ValidationError as error:
        raise ArchlintError(f"{path}:{_line_of(str(error), front)}: {error}") from error
    return Page(
        code=keys.code,
        name=path.stem,
        family=path.parent.name,
        severity=keys.severity,
        clauses=keys.clauses,
        message=keys.message,
        help=keys.help,
        evidence=keys.evidence,
        proves=keys.proves or keys.clauses,
        identity=keys.identity,
        parents=tuple(Parent(code, where) for code, where in keys.parents.items()),
        options=keys.options,
        fixable=keys.fixable,
        unfixable=keys.unfixable,
        body=body,
        path=path,
        body_line=front.count("\n") + 3,
    )


class _Scenario(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    title: str
    clause: tuple[Clause, ...]


class _Requirement(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    family: str
    title: str
    scenario: tuple[_Scenario, ...]


class _Spec(msgspec.Struct, forbid_unknown_fields=True):
    """`spec.toml` as it is written."""

    prefix: Annotated[str, msgspec.Meta(pattern="^[A-Z]+$")]
    layers: tuple[str, ...]
    requirement: tuple[_Requirement, ...]
    documentation: str = ""


class _Front(msgspec.Struct, forbid_unknown_fields=True):
    """The front matter."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]+\d{4}$")]
    severity: Severity
    clauses: tuple[NonEmptyText, ...]
    message: NonEmptyText
    help: NonEmptyText
    evidence: str = ""
    proves: tuple[NonEmptyText, ...] = ()
    identity: tuple[NonEmptyText, ...] | None = None
    parents: dict[str, dict[str, str]] = {}
    options: dict[str, Option] = {}
    fixable: Fixable | None = None
    unfixable: str = ""


def _line_of(problem: str, front: str) -> int:
    """The page's line of the key that msgspec's `problem` names, as `$.key` or quoted; else the first."""
    key = re.search(r"\$\.([\w.]+)|unknown field `(\w+)`", problem)
    name = key and (key[1] or key[2])
    found = name and re.search(rf"^\[?{re.escape(name)}\b", front, re.MULTILINE)
    return front.count("\n", 0, found.start()) + 2 if found else 1


def _scenarios(found: Iterable[_Scenario]) -> Iterable[Scenario]:
    return (Scenario(one.id, one.title, one.clause) for one in found)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise ArchlintError(f"{path}: {error}") from error
