"""The records that a Python file is reduced to: its statements and expressions in a compact form.

Every node has `start` and `end`, offsets in code points into the file's text; `PythonSource.location`
turns them into lines and columns. A node keeps its length, which is nearly always a number below 257, of
which Python has one object each. Records are msgspec structs because these encode and decode in C,
compare by identity, and need no garbage collection; the cache holds nothing else.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from archlint import readings


class Node(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=True, eq=False):
    """Anything with a place in a Python file."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """The offset behind its last code point."""
        return self.start + self.length


class Name(Node, frozen=True, gc=False, array_like=True, tag="N", eq=False):
    """A bare name, `...` included (as the id `"..."`)."""

    id: str


class Constant(Node, frozen=True, gc=False, array_like=True, tag="K", eq=False):
    """A literal; adjacent plain strings are one constant.

    A bytes literal is `Operator("bytes")` with its text in `detail`.
    """

    value: str | int | float | bool | None


class Attribute(Node, frozen=True, gc=False, array_like=True, tag="A", eq=False):
    """`value.attr`; the node ends where the attribute's name ends."""

    value: Expression
    attr: str


class Keyword(Node, frozen=True, gc=False, array_like=True, tag="kw", eq=False):
    """`name=value` in a call or a class's bases; `**value` has no name."""

    name: str | None
    value: Expression


class Call(Node, frozen=True, gc=False, array_like=True, tag="C", eq=False):
    """`func(args, keywords)`; `*args` is a `Starred` among the arguments."""

    func: Expression
    args: tuple[Expression, ...]
    keywords: tuple[Keyword, ...]


class FString(Node, frozen=True, gc=False, array_like=True, tag="F", eq=False):
    """An f-string or t-string, its text pieces as constants, in order; `{x!r:>5}` keeps only `x`.

    `plain` is false when a piece has a conversion or a format specification.
    """

    parts: tuple[Expression, ...]
    plain: bool


class Sequence(Node, frozen=True, gc=False, array_like=True, tag="Q", eq=False):
    """A literal `list`, `tuple` or `set`, as `kind` says."""

    kind: str
    items: tuple[Expression, ...]


class Dict(Node, frozen=True, gc=False, array_like=True, tag="D", eq=False):
    """A literal dict; the key of `**value` is None."""

    items: tuple[tuple[Expression | None, Expression], ...]


class Subscript(Node, frozen=True, gc=False, array_like=True, tag="S", eq=False):
    """`value[index]`; several indices are one tuple, a slice is `Operator("slice", …)`."""

    value: Expression
    index: Expression


class Await(Node, frozen=True, gc=False, array_like=True, tag="W", eq=False):
    """`await value`."""

    value: Expression


class Starred(Node, frozen=True, gc=False, array_like=True, tag="*", eq=False):
    """`*value`."""

    value: Expression


class Walrus(Node, frozen=True, gc=False, array_like=True, tag=":=", eq=False):
    """`name := value`."""

    name: str
    value: Expression


class Lambda(Node, frozen=True, gc=False, array_like=True, tag="L", eq=False):
    """`lambda parameters: body`."""

    parameters: tuple[Parameter, ...]
    body: Expression


class ComprehensionClause(Node, frozen=True, gc=False, array_like=True, tag="for", eq=False):
    """One `for target in iterable if …` of a comprehension."""

    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]
    is_async: bool


class Comprehension(Node, frozen=True, gc=False, array_like=True, tag="G", eq=False):
    """A comprehension; `kind` is list, set, dict or generator; `key` only for a dict."""

    kind: str
    key: Expression | None
    value: Expression
    clauses: tuple[ComprehensionClause, ...]


class Operator(Node, frozen=True, gc=False, array_like=True, tag="O", eq=False):
    """Any other expression by its operator.

    `parts` are its operands in reading order: binary and boolean operators (a chain of one operator is
    one operation), comparisons (`"compare"` with the operators in `detail`), `not`, unary `-`,
    `"if"` (value, test, alternative), `"slice"`, `"yield"`, `"yield from"`, `"opaque"` for the rest.
    """

    operator: str
    parts: tuple[Expression, ...]
    detail: tuple[str, ...] = ()


class Parameter(Node, frozen=True, gc=False, array_like=True, tag="P", eq=False):
    """A parameter; `kind` is one of `positional`, `normal`, `*`, `keyword`, `**`."""

    name: str
    kind: str
    annotation: Expression | None
    default: Expression | None


class Alias(Node, frozen=True, gc=False, array_like=True, tag="as", eq=False):
    """One name of an import statement."""

    name: str
    asname: str | None


class Import(Node, frozen=True, gc=False, array_like=True, tag="import", eq=False):
    """`import a.b, c as d`."""

    names: tuple[Alias, ...]


class ImportFrom(Node, frozen=True, gc=False, array_like=True, tag="from", eq=False):
    """`from ..module import names`; `level` counts the dots, a star import has the one name `*`."""

    module: str
    level: int
    names: tuple[Alias, ...]


class Evaluate(Node, frozen=True, gc=False, array_like=True, tag="expr", eq=False):
    """An expression as a statement; the first one of a body may be its docstring."""

    value: Expression


class Assign(Node, frozen=True, gc=False, array_like=True, tag="=", eq=False):
    """`a = b = value`, `a: annotation = value` and `type a = value`; a bare annotation has no value.

    `alias_parameters` are the names of a `type` statement's parameters; None of every other assignment.
    """

    targets: tuple[Expression, ...]
    value: Expression | None
    annotation: Expression | None
    alias_parameters: tuple[str, ...] | None = None


class AugmentedAssign(Node, frozen=True, gc=False, array_like=True, tag="+=", eq=False):
    """`target operator= value`."""

    target: Expression
    operator: str
    value: Expression


class Branch(Node, frozen=True, gc=False, array_like=True, tag="branch", eq=False):
    """One `if` or `elif` with its body."""

    test: Expression
    body: tuple[Statement, ...]


class If(Node, frozen=True, gc=False, array_like=True, tag="if", eq=False):
    """`if`, its `elif`s and its `else`."""

    branches: tuple[Branch, ...]
    orelse: tuple[Statement, ...]


class For(Node, frozen=True, gc=False, array_like=True, tag="for-loop", eq=False):
    """`for target in iterable:` with its `else`."""

    target: Expression
    iterable: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]
    is_async: bool


class While(Node, frozen=True, gc=False, array_like=True, tag="while", eq=False):
    """`while test:` with its `else`."""

    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class WithItem(Node, frozen=True, gc=False, array_like=True, tag="item", eq=False):
    """`value as target`."""

    value: Expression
    target: Expression | None


class With(Node, frozen=True, gc=False, array_like=True, tag="with", eq=False):
    """`with items:`."""

    items: tuple[WithItem, ...]
    body: tuple[Statement, ...]
    is_async: bool


class ExceptHandler(Node, frozen=True, gc=False, array_like=True, tag="except", eq=False):
    """`except types as name:`; several types (`except A, B:` included) are one tuple."""

    types: Expression | None
    name: str | None
    body: tuple[Statement, ...]


class Try(Node, frozen=True, gc=False, array_like=True, tag="try", eq=False):
    """`try` with its handlers, `else` and `finally`."""

    body: tuple[Statement, ...]
    handlers: tuple[ExceptHandler, ...]
    orelse: tuple[Statement, ...]
    finally_: tuple[Statement, ...]


class MatchCase(Node, frozen=True, gc=False, array_like=True, tag="case", eq=False):
    """One `case` of a match; the pattern is opaque, with the expressions in it as parts."""

    pattern: Expression
    guard: Expression | None
    body: tuple[Statement, ...]


class Match(Node, frozen=True, gc=False, array_like=True, tag="match", eq=False):
    """`match subject:`."""

    subject: Expression
    cases: tuple[MatchCase, ...]


class Return(Node, frozen=True, gc=False, array_like=True, tag="return", eq=False):
    """`return value`."""

    value: Expression | None


class Raise(Node, frozen=True, gc=False, array_like=True, tag="raise", eq=False):
    """`raise value from cause`."""

    value: Expression | None
    cause: Expression | None


class Simple(Node, frozen=True, gc=False, array_like=True, tag="simple", eq=False):
    """`pass`, `break`, `continue`, `del`, `global`, `nonlocal`, `assert`: its word and its expressions."""

    keyword: str
    parts: tuple[Expression, ...]


class FunctionDef(Node, frozen=True, gc=False, array_like=True, tag="def", eq=False):
    """A function; it starts at `def` or `async`, not at its decorators.

    `name_start` is where its name stands; the header ends at `header_end`, before the colon.
    """

    name: str
    name_start: int
    header_end: int
    parameters: tuple[Parameter, ...]
    returns: Expression | None
    decorators: tuple[Expression, ...]
    raw_body: tuple[Statement, ...]
    is_async: bool

    @property
    def body(self) -> tuple[Statement, ...]:
        """Its statements; whoever reads them is noticed."""
        readings.code[self] = None
        return self.raw_body

    @property
    def body_end(self) -> int:
        """Where its last statement ends, which says nothing of what stands in it."""
        return self.raw_body[-1].end if self.raw_body else self.header_end


class ClassDef(Node, frozen=True, gc=False, array_like=True, tag="class", eq=False):
    """A class; it starts at `class`, not at its decorators. `type_parameters` are names (PEP 695)."""

    name: str
    name_start: int
    bases: tuple[Expression, ...]
    keywords: tuple[Keyword, ...]
    decorators: tuple[Expression, ...]
    body: tuple[Statement, ...]
    type_parameters: tuple[str, ...] = ()


Expression: TypeAlias = (
    Name
    | Constant
    | Attribute
    | Call
    | FString
    | Sequence
    | Dict
    | Subscript
    | Await
    | Starred
    | Walrus
    | Lambda
    | Comprehension
    | Operator
)
Statement: TypeAlias = (
    Import
    | ImportFrom
    | Evaluate
    | Assign
    | AugmentedAssign
    | If
    | For
    | While
    | With
    | Try
    | Match
    | Return
    | Raise
    | Simple
    | FunctionDef
    | ClassDef
)
