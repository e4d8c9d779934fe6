"""A standard's files and tables beside them, read once into files of the user's cache that need no parser.

What is kept counts only for this version of archlint and for files whose stamps are those that it was
made from; a damaged or missing one is as if there were none.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import GenericAlias
from typing import Any, TypeVar, cast

from archlint import __version__, pages, spec
from archlint.findings import ArchlintError, Severity
from archlint.pages import Option, Page, Parent
from archlint.spec import Clause, Requirement, Scenario, Spec
from archlint.user_cache import put, user_cache_dir

T = TypeVar("T")
Data = tuple[Spec, tuple[Page, ...], dict[str, str]]
"""What a standard's files hold: its text, its pages, and why clauses are not checked."""

CLOCK_GRAIN = 2_000_000_000
"""Nanoseconds within which a second change of a file might leave its stamp as it was."""


def load_compiled(directory: Path) -> Data:
    """What the standard's files in `directory` hold. Raises ArchlintError when they are damaged."""
    folder = user_cache_dir()
    if folder is None:
        return _parsed(directory)
    kept, stamps = folder / f"{zlib.crc32(os.fsencode(directory)):08x}.standard", _stamps_of(directory)
    found = _kept(kept, stamps)
    if found is not None:
        return found
    data = _parsed(directory)
    if stamps == _stamps_of(directory) and _settled(stamps):
        with suppress(OSError):
            put(kept, _framed(_encoded(data, stamps)))
    return data


def load_tables(directory: Path, pattern: str, kind: type[T]) -> dict[str, T]:
    """The TOML files in `directory` whose paths fit the pattern, each as a `kind`, by their stems.

    Raises ArchlintError when one is damaged.
    """
    import msgspec

    folder, paths = user_cache_dir(), sorted(directory.glob(pattern))
    if folder is None:
        return _read_tables(paths, kind)
    kept = folder / f"{zlib.crc32(os.fsencode(directory / pattern)):08x}.tables"
    stamps = _stamps(directory, paths)
    text = _unframed(kept)
    if text is not None:
        shape = GenericAlias(tuple, (list[list[Any]], GenericAlias(dict, (str, kind))))
        with suppress(msgspec.MsgspecError):
            known, tables = msgspec.json.decode(text, type=shape)
            if known == stamps:
                return cast("dict[str, T]", tables)
    data = _read_tables(paths, kind)
    if stamps == _stamps(directory, paths) and _settled(stamps):
        with suppress(OSError):
            put(kept, _framed(msgspec.json.encode((stamps, data))))
    return data


def _read_tables(paths: Iterable[Path], kind: type[T]) -> dict[str, T]:
    import msgspec
    import tomli

    found: dict[str, T] = {}
    for path in paths:
        try:
            found[path.stem] = msgspec.convert(tomli.loads(path.read_text(encoding="utf-8")), kind)
        except (OSError, tomli.TOMLDecodeError, msgspec.ValidationError) as error:
            raise ArchlintError(f"{path}: {error}") from error
    return found


def _parsed(directory: Path) -> Data:
    from archlint.standard_files import read_pages, read_spec, read_unchecked

    return read_spec(directory), read_pages(directory), read_unchecked(directory)


def _stamps_of(directory: Path) -> list[list[Any]]:
    """What tells an unchanged standard, and unchanged code that reads it."""
    code = [Path(module.__file__ or "") for module in (pages, spec)]
    code += [Path(__file__), Path(__file__).with_name("standard_files.py")]
    return _stamps(directory, sorted((*directory.glob("*.toml"), *directory.glob("*/*.md"), *code)))


def _stamps(directory: Path, paths: Iterable[Path]) -> list[list[Any]]:
    """What tells unchanged files without opening one."""
    found: list[list[Any]] = [[__version__, str(directory)]]
    with suppress(OSError):
        for path in paths:
            status = path.stat()
            found.append([str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino])
    return found


def _settled(stamps: list[list[Any]]) -> bool:
    return all(max(stamp[2:4], default=0) + CLOCK_GRAIN < time.time_ns() for stamp in stamps[1:])


def _encoded(data: Data, stamps: list[list[Any]]) -> bytes:
    spec_, pages_, unchecked = data
    document = {
        "stamps": stamps,
        "spec": asdict(spec_),
        "pages": [asdict(page) | {"path": str(page.path)} for page in pages_],
        "unchecked": unchecked,
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _framed(text: bytes) -> bytes:
    """The text behind its checksum."""
    return b"%08x\n%s" % (zlib.crc32(text), text)


def _unframed(path: Path) -> bytes | None:
    """The text of a file that is there and whole."""
    try:
        checksum, _, text = path.read_bytes().partition(b"\n")
        return text if zlib.crc32(text) == int(checksum, 16) else None
    except (OSError, ValueError):
        return None


def _kept(path: Path, stamps: list[list[Any]]) -> Data | None:
    text = _unframed(path)
    document = json.loads(text) if text is not None else None
    if document is None or document["stamps"] != stamps:
        return None
    return _spec(document["spec"]), tuple(map(_page, document["pages"])), document["unchecked"]


def _spec(data: dict[str, Any]) -> Spec:
    requirements = tuple(_requirements(data["requirements"]))
    return Spec(**data | {"layers": tuple(data["layers"]), "requirements": requirements})


def _requirements(data: Iterable[dict[str, Any]]) -> Iterable[Requirement]:
    for requirement in data:
        scenarios = tuple(
            Scenario(one["id"], one["title"], tuple(Clause(**clause) for clause in one["clauses"]))
            for one in requirement["scenarios"]
        )
        yield Requirement(**requirement | {"scenarios": scenarios})


def _page(data: dict[str, Any]) -> Page:
    return Page(
        **data
        | {
            "severity": Severity(data["severity"]),
            "clauses": tuple(data["clauses"]),
            "proves": tuple(data["proves"]),
            "identity": None if data["identity"] is None else tuple(data["identity"]),
            "parents": tuple(Parent(**parent) for parent in data["parents"]),
            "options": {name: Option(**option) for name, option in data["options"].items()},
            "path": Path(data["path"]),
        }
    )
