"""What a fix does to files, as data that can be sent to another process."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from archlint.findings import Location


class Span(msgspec.Struct, frozen=True, order=True):
    """A place in a file as libcst counts: lines from 1, columns in code points from 0."""

    line: int
    column: int
    end_line: int
    end_column: int


class MakeAsync(msgspec.Struct, frozen=True, tag="async"):
    """Make the function whose `def` stands at the start of `span` an `async def`."""

    span: Span


class AwaitCall(msgspec.Struct, frozen=True, tag="await"):
    """Await the call at `span`."""

    span: Span


class CallInstead(msgspec.Struct, frozen=True, tag="instead"):
    """Let the call at `span` call `function` of `module`, imported beside `replaces`, and await it."""

    span: Span
    module: str
    function: str
    replaces: str


class ThroughClient(msgspec.Struct, frozen=True, tag="client"):
    """Let the call at `span` call `method` of an `httpx.AsyncClient` `name`, opened around its statement."""

    span: Span
    method: str
    name: str
    replaces: str


class DropArgument(msgspec.Struct, frozen=True, tag="drop"):
    """Leave the keyword argument `name` out of the call at `span`."""

    span: Span
    name: str


class SetArgument(msgspec.Struct, frozen=True, tag="set"):
    """Give the call at `span` the keyword argument `name` with the expression `value`, whatever it had."""

    span: Span
    name: str
    value: str


class SetReturn(msgspec.Struct, frozen=True, tag="return"):
    """Give the function whose `def` stands at the start of `span` the return annotation."""

    span: Span
    annotation: str


class Instead(msgspec.Struct, frozen=True, tag="expression"):
    """Put `after` in place of the expression `before` at `span`, and import `name` from `package`, if any."""

    span: Span
    before: str
    after: str
    package: str = ""
    name: str = ""


class Replace(msgspec.Struct, frozen=True, tag="replace"):
    """Put `after` in place of `before`, at `span` of a file that libcst does not change as well."""

    span: Span
    before: str
    after: str


class TableLine(msgspec.Struct, frozen=True, tag="line"):
    """Let the table `table` of a TOML file have `line`."""

    table: str
    line: str


class Append(msgspec.Struct, frozen=True, tag="append"):
    """Put whole lines at the end of a file, which may be a new one."""

    text: str


Edit: TypeAlias = (
    MakeAsync
    | SetReturn
    | AwaitCall
    | CallInstead
    | ThroughClient
    | DropArgument
    | SetArgument
    | Instead
    | Replace
    | TableLine
    | Append
)


class Plan(msgspec.Struct, frozen=True):
    """How a finding is fixed: edits by file, all of them or none. `why` says why it is unsafe, if it is."""

    edits: tuple[tuple[str, Edit], ...]
    why: str = ""

    @property
    def safe(self) -> bool:
        """Whether the program does the same afterwards, apart from what the rule asks for."""
        return not self.why


def span_of(location: Location) -> Span:
    """A place of the facts as libcst counts it."""
    return Span(location.line, location.column - 1, location.end_line, location.end_column - 1)
