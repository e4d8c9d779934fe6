"""The records that a file should give, made from `ast`: what the reader of `archlint.facts` is held to.

`ANY` stands where `ast` does not know, or where both are right in their own way.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from functools import singledispatchmethod
from typing import Any

import msgspec

from archlint.facts import syntax as s

ANY: Any = ...

BINARY = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>", ast.BitOr: "|", ast.BitXor: "^", ast.BitAnd: "&",
    ast.And: "and", ast.Or: "or", ast.Not: "not", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
SEQUENCES = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}
QUOTED = re.compile(r"""\A[bBrR]+('''|\"\"\"|'|")(.*)\1\Z""", re.DOTALL)
COMPREHENSIONS = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator"}


def expected_body(text: str) -> tuple[s.Statement, ...]:
    """The statements of a file. Raises SyntaxError and ValueError as `ast.parse` does."""
    return _Expectation(text).body(ast.parse(text).body)


def differences(expected: object, actual: object, path: str = "") -> Iterator[str]:
    """Where two records differ, as lines to read."""
    if expected is ANY:
        return
    if isinstance(expected, tuple) and isinstance(actual, tuple) and len(expected) == len(actual):
        for index, (left, right) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(left, right, f"{path}[{index}]")
    elif isinstance(expected, s.FString) and isinstance(actual, s.FString):
        yield from differences(_text_merged(expected), _text_merged(actual), f"{path} f-string")
    elif isinstance(expected, msgspec.Struct) and type(expected) is type(actual):
        for field in expected.__struct_fields__:
            here = f"{path}.{type(expected).__name__}.{field}"
            yield from differences(getattr(expected, field), getattr(actual, field), here)
    elif not (type(expected) is type(actual) and expected == actual):
        yield f"{path}: expected {expected!r:.200}, read {actual!r:.200}"


def _text_merged(string: s.FString) -> tuple[object, ...]:
    """The parts with adjacent texts joined; with a conversion or format, only the values in it."""
    merged: list[object] = []
    for part in string.parts:
        is_text = isinstance(part, s.Constant) and isinstance(part.value, str)
        if not is_text:
            merged.append(part)
        elif string.plain and part.value:  # type: ignore[union-attr]
            text = part.value  # type: ignore[union-attr]
            if merged and isinstance(merged[-1], str):
                text = merged.pop() + text  # type: ignore[operator]
            merged.append(text)
    return (string.plain, *merged)


class _Expectation:
    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
        self.inside_fstring = False

    def body(self, nodes: Iterable[ast.stmt]) -> tuple[s.Statement, ...]:
        return tuple(self.statement(node) for node in nodes)

    def offset(self, line: int, column: int) -> int:
        start = self.starts[line - 1]
        following = self.text[start : start + column]
        if following.isascii():
            return start + column
        return start + len(following.encode()[:column].decode())

    def bounds(self, node: Any) -> tuple[int, int]:
        """Where a node starts and ends."""
        if self.inside_fstring:
            return ANY, ANY
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def span(self, node: Any) -> tuple[int, int]:
        """Where a node starts, and its length."""
        start, end = self.bounds(node)
        return start, ANY if start is ANY else end - start

    def bytes_as_written(self, node: ast.Constant) -> Any:
        """What stands between the quotes of the literal's pieces, as Python's tokenizer tells them apart."""
        start, end = self.bounds(node)
        if start is ANY:
            return ANY
        pieces = tokenize.generate_tokens(io.StringIO(f"({self.text[start:end]})").readline)
        strings = (piece.string for piece in pieces if piece.type == tokenize.STRING)
        return "".join(QUOTED.sub(r"\2", string) for string in strings)

    def start(self, node: Any) -> tuple[int, int]:
        """Where a compound statement starts: the comments behind it may or may not be part of it."""
        return self.span(node)[0], ANY

    def name_start(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
        pattern = re.compile(rf"(async\s+def|def|class)[\s\\]+(?={node.name}\b)")
        found = pattern.match(self.text, self.span(node)[0])
        return found.end() if found else ANY

    def optional(self, node: ast.expr | None) -> s.Expression | None:
        return None if node is None else self.expression(node)

    def expressions(self, nodes: Iterable[ast.expr]) -> tuple[s.Expression, ...]:
        return tuple(self.expression(node) for node in nodes)

    @singledispatchmethod
    def expression(self, node: ast.expr) -> s.Expression:
        raise NotImplementedError(node)

    @expression.register
    def _(self, node: ast.Name) -> s.Expression:
        return s.Name(*self.span(node), node.id)

    @expression.register
    def _(self, node: ast.Constant) -> s.Expression:
        value = node.value
        if value is ...:
            return s.Name(*self.span(node), "...")
        if isinstance(value, bytes):
            return s.Operator(*self.span(node), "bytes", (), (self.bytes_as_written(node),))
        if isinstance(value, complex) or (isinstance(value, int) and value.bit_length() > 63):
            return s.Operator(*self.span(node), "opaque", ())
        if isinstance(value, str) and any("\ud800" <= character < "\ue000" for character in value):
            return s.Constant(*self.span(node), ANY)
        return s.Constant(*self.span(node), value)

    @expression.register
    def _(self, node: ast.JoinedStr) -> s.Expression:
        return self.formatted(node)

    def formatted(self, node: Any) -> s.FString:
        span = self.span(node)
        values = [value for value in node.values if not isinstance(value, ast.Constant)]
        plain = all(value.conversion == -1 and value.format_spec is None for value in values)
        outer, self.inside_fstring = self.inside_fstring, True
        parts = self.expressions(
            getattr(value, "value", value) if value in values else value for value in node.values
        )
        self.inside_fstring = outer
        return s.FString(*span, parts, plain)

    @expression.register
    def _(self, node: ast.Attribute) -> s.Expression:
        return s.Attribute(*self.span(node), self.expression(node.value), node.attr)

    @expression.register
    def _(self, node: ast.Call) -> s.Expression:
        return s.Call(*self.span(node), self.expression(node.func), *self.arguments(node.args, node.keywords))

    def arguments(
        self, args: list[ast.expr], keywords: list[ast.keyword]
    ) -> tuple[tuple[s.Expression, ...], tuple[s.Keyword, ...]]:
        named = tuple(s.Keyword(*self.span(k), k.arg, self.expression(k.value)) for k in keywords)
        return self.expressions(args), named

    @expression.register(ast.List | ast.Tuple | ast.Set)
    def _(self, node: ast.List | ast.Tuple | ast.Set) -> s.Expression:
        start, end = self.bounds(node)
        # `a[1,]` and `for x, in y`: whether a trailing comma belongs to the tuple is a matter of taste.
        bare = isinstance(node, ast.Tuple) and (
            start is ANY or self.text[start] != "(" or self.text[end - 1] != ")"
        )
        length = ANY if bare else self.span(node)[1]
        return s.Sequence(start, length, SEQUENCES[type(node)], self.expressions(node.elts))

    @expression.register
    def _(self, node: ast.Dict) -> s.Expression:
        items = zip(map(self.optional, node.keys), self.expressions(node.values), strict=True)
        return s.Dict(*self.span(node), tuple(items))

    @expression.register
    def _(self, node: ast.Subscript) -> s.Expression:
        return s.Subscript(*self.span(node), self.expression(node.value), self.expression(node.slice))

    @expression.register
    def _(self, node: ast.Slice) -> s.Expression:
        span = self.span(node)
        bounds = [self.optional(node.lower), self.optional(node.upper)]
        text = self.text[slice(*self.bounds(node))] if span[0] is not ANY else ""
        if node.step is not None or (len(text) > 1 and text.rstrip().endswith(":") and _colons(text) == 2):
            bounds.append(self.optional(node.step))
        parts = tuple(bound or s.Constant(ANY, ANY, None) for bound in bounds)
        return s.Operator(*span, "slice", parts if self.inside_fstring is False else ANY)

    @expression.register
    def _(self, node: ast.Await) -> s.Expression:
        return s.Await(*self.span(node), self.expression(node.value))

    @expression.register
    def _(self, node: ast.Starred) -> s.Expression:
        return s.Starred(*self.span(node), self.expression(node.value))

    @expression.register
    def _(self, node: ast.NamedExpr) -> s.Expression:
        return s.Walrus(*self.span(node), node.target.id, self.expression(node.value))

    @expression.register
    def _(self, node: ast.Lambda) -> s.Expression:
        return s.Lambda(*self.span(node), self.parameters(node.args), self.expression(node.body))

    @expression.register(ast.ListComp | ast.SetComp | ast.GeneratorExp)
    def _(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> s.Expression:
        kind, clauses = COMPREHENSIONS[type(node)], self.clauses(node.generators)
        return s.Comprehension(*self.span(node), kind, None, self.expression(node.elt), clauses)

    @expression.register
    def _(self, node: ast.DictComp) -> s.Expression:
        key, value = self.expression(node.key), self.expression(node.value)
        return s.Comprehension(*self.span(node), "dict", key, value, self.clauses(node.generators))

    def clauses(self, generators: list[ast.comprehension]) -> tuple[s.ComprehensionClause, ...]:
        return tuple(
            s.ComprehensionClause(
                ANY,
                ANY,
                self.expression(g.target),
                self.expression(g.iter),
                self.expressions(g.ifs),
                bool(g.is_async),
            )
            for g in generators
        )

    @expression.register
    def _(self, node: ast.BinOp) -> s.Expression:
        if isinstance(node.op, ast.BitXor) and "&" in ast.unparse(node):
            return s.Operator(*self.span(node), ANY, ANY)  # the grammar lets `^` bind closer than `&`
        operands: list[ast.expr] = []
        current: ast.expr = node
        while isinstance(current, ast.BinOp) and type(current.op) is type(node.op):
            if self.begins_elsewhere(current, node):
                break  # in parentheses
            operands.append(current.right)
            current = current.left
        parts = self.expressions([current, *reversed(operands)])
        return s.Operator(*self.span(node), BINARY[type(node.op)], parts)

    def begins_elsewhere(self, left: ast.expr, outer: ast.expr) -> bool:
        return (left.lineno, left.col_offset) != (outer.lineno, outer.col_offset)

    @expression.register
    def _(self, node: ast.BoolOp) -> s.Expression:
        return s.Operator(*self.span(node), BINARY[type(node.op)], self.expressions(node.values))

    @expression.register
    def _(self, node: ast.UnaryOp) -> s.Expression:
        return s.Operator(*self.span(node), BINARY[type(node.op)], (self.expression(node.operand),))

    @expression.register
    def _(self, node: ast.Compare) -> s.Expression:
        parts = self.expressions([node.left, *node.comparators])
        return s.Operator(*self.span(node), "compare", parts, tuple(BINARY[type(op)] for op in node.ops))

    @expression.register
    def _(self, node: ast.IfExp) -> s.Expression:
        return s.Operator(*self.span(node), "if", self.expressions([node.body, node.test, node.orelse]))

    @expression.register
    def _(self, node: ast.Yield) -> s.Expression:
        return s.Operator(*self.span(node), "yield", self.expressions([node.value] if node.value else []))

    @expression.register
    def _(self, node: ast.YieldFrom) -> s.Expression:
        return s.Operator(*self.span(node), "yield from", (self.expression(node.value),))

    def parameters(self, node: ast.arguments) -> tuple[s.Parameter, ...]:
        positional = [*node.posonlyargs, *node.args]
        defaults = [None] * (len(positional) - len(node.defaults)) + list(node.defaults)
        kinds = ["positional"] * len(node.posonlyargs) + ["normal"] * len(node.args)
        found = [self.parameter(*each) for each in zip(positional, kinds, defaults, strict=True)]
        if node.vararg:
            found.append(self.parameter(node.vararg, "*", None))
        found += [
            self.parameter(a, "keyword", d) for a, d in zip(node.kwonlyargs, node.kw_defaults, strict=True)
        ]
        if node.kwarg:
            found.append(self.parameter(node.kwarg, "**", None))
        return tuple(found)

    def parameter(self, node: ast.arg, kind: str, default: ast.expr | None) -> s.Parameter:
        start = ANY if kind.startswith("*") else self.span(node)[0]
        return s.Parameter(start, ANY, node.arg, kind, self.optional(node.annotation), self.optional(default))

    @singledispatchmethod
    def statement(self, node: ast.stmt) -> s.Statement:
        raise NotImplementedError(node)

    def type_alias(self, node: Any) -> s.Statement:
        parameters = tuple(parameter.name for parameter in node.type_params)
        target, value = self.expression(node.name), self.expression(node.value)
        return s.Assign(*self.span(node), (target,), value, None, parameters)

    @statement.register
    def _(self, node: ast.Import) -> s.Statement:
        return s.Import(*self.span(node), self.aliases(node.names))

    @statement.register
    def _(self, node: ast.ImportFrom) -> s.Statement:
        return s.ImportFrom(*self.span(node), node.module or "", node.level, self.aliases(node.names))

    def aliases(self, names: list[ast.alias]) -> tuple[s.Alias, ...]:
        return tuple(s.Alias(*self.span(alias), alias.name, alias.asname) for alias in names)

    @statement.register
    def _(self, node: ast.Expr) -> s.Statement:
        return s.Evaluate(*self.span(node), self.expression(node.value))

    @statement.register
    def _(self, node: ast.Assign) -> s.Statement:
        return s.Assign(*self.span(node), self.expressions(node.targets), self.expression(node.value), None)

    @statement.register
    def _(self, node: ast.AnnAssign) -> s.Statement:
        annotation = self.expression(node.annotation)
        return s.Assign(
            *self.span(node), (self.expression(node.target),), self.optional(node.value), annotation
        )

    @statement.register
    def _(self, node: ast.AugAssign) -> s.Statement:
        target, value = self.expression(node.target), self.expression(node.value)
        return s.AugmentedAssign(*self.span(node), target, BINARY[type(node.op)], value)

    @statement.register
    def _(self, node: ast.If) -> s.Statement:
        branches = [s.Branch(ANY, ANY, self.expression(node.test), self.body(node.body))]
        orelse = node.orelse
        while len(orelse) == 1 and isinstance(orelse[0], ast.If) and self.at(orelse[0]).startswith("elif"):
            branch = orelse[0]
            branches.append(s.Branch(ANY, ANY, self.expression(branch.test), self.body(branch.body)))
            orelse = branch.orelse
        return s.If(*self.start(node), tuple(branches), self.body(orelse))

    def at(self, node: ast.stmt) -> str:
        start = self.span(node)[0]
        return self.text[start : start + 4]

    @statement.register(ast.For | ast.AsyncFor)
    def _(self, node: ast.For | ast.AsyncFor) -> s.Statement:
        target, iterable = self.expression(node.target), self.expression(node.iter)
        blocks = self.body(node.body), self.body(node.orelse)
        return s.For(*self.start(node), target, iterable, *blocks, isinstance(node, ast.AsyncFor))

    @statement.register
    def _(self, node: ast.While) -> s.Statement:
        return s.While(
            *self.start(node), self.expression(node.test), self.body(node.body), self.body(node.orelse)
        )

    @statement.register(ast.With | ast.AsyncWith)
    def _(self, node: ast.With | ast.AsyncWith) -> s.Statement:
        items = tuple(
            s.WithItem(ANY, ANY, self.expression(item.context_expr), self.optional(item.optional_vars))
            for item in node.items
        )
        return s.With(*self.start(node), items, self.body(node.body), isinstance(node, ast.AsyncWith))

    @statement.register(ast.Try | ast.TryStar)
    def _(self, node: ast.Try | ast.TryStar) -> s.Statement:
        handlers = tuple(
            s.ExceptHandler(
                *self.start(handler), self.optional(handler.type), handler.name, self.body(handler.body)
            )
            for handler in node.handlers
        )
        blocks = self.body(node.orelse), self.body(node.finalbody)
        return s.Try(*self.start(node), self.body(node.body), handlers, *blocks)

    @statement.register
    def _(self, node: ast.Match) -> s.Statement:
        cases = tuple(
            s.MatchCase(ANY, ANY, ANY, self.optional(case.guard), self.body(case.body)) for case in node.cases
        )
        return s.Match(*self.start(node), self.expression(node.subject), cases)

    @statement.register
    def _(self, node: ast.Return) -> s.Statement:
        return s.Return(*self.span(node), self.optional(node.value))

    @statement.register
    def _(self, node: ast.Raise) -> s.Statement:
        return s.Raise(*self.span(node), self.optional(node.exc), self.optional(node.cause))

    @statement.register
    def _(self, node: ast.Assert) -> s.Statement:
        parts = [node.test, *([node.msg] if node.msg else [])]
        return s.Simple(*self.span(node), "assert", self.expressions(parts))

    @statement.register(ast.Pass | ast.Break | ast.Continue)
    def _(self, node: ast.stmt) -> s.Statement:
        return s.Simple(*self.span(node), type(node).__name__.lower(), ())

    @statement.register(ast.Global | ast.Nonlocal)
    def _(self, node: ast.Global | ast.Nonlocal) -> s.Statement:
        parts = tuple(s.Name(ANY, ANY, name) for name in node.names)
        return s.Simple(*self.span(node), type(node).__name__.lower(), parts)

    @statement.register
    def _(self, node: ast.Delete) -> s.Statement:
        return s.Simple(*self.span(node), "del", ANY)

    @statement.register(ast.FunctionDef | ast.AsyncFunctionDef)
    def _(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> s.Statement:
        returns = self.optional(node.returns)
        return s.FunctionDef(
            *self.start(node),
            node.name,
            self.name_start(node),
            returns.end if returns else ANY,
            self.parameters(node.args),
            returns,
            self.expressions(node.decorator_list),
            self.body(node.body),
            isinstance(node, ast.AsyncFunctionDef),
        )

    @statement.register
    def _(self, node: ast.ClassDef) -> s.Statement:
        arguments = self.arguments(node.bases, node.keywords)
        decorators = self.expressions(node.decorator_list)
        return s.ClassDef(
            *self.start(node), node.name, self.name_start(node), *arguments, decorators, self.body(node.body)
        )


if hasattr(ast, "TypeAlias"):  # 3.12
    _Expectation.statement.register(ast.TypeAlias, _Expectation.type_alias)  # type: ignore[attr-defined]
if hasattr(ast, "TemplateStr"):  # 3.14
    _Expectation.expression.register(ast.TemplateStr, _Expectation.formatted)  # type: ignore[attr-defined]


def _colons(text: str) -> int:
    """How many colons a slice has outside of brackets and strings, as `ast` sees them."""
    return (
        len(re.sub(r"[\[({].*[\])}]|'.*'|\".*\"", "", text, flags=re.DOTALL).replace(":=", "").split(":")) - 1
    )
