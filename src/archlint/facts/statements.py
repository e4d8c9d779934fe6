"""Reads the statements of a file from its syntax tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archlint.facts.expressions import ExpressionReader
from archlint.facts.syntax import (
    Alias,
    Assign,
    AugmentedAssign,
    Branch,
    ClassDef,
    Evaluate,
    ExceptHandler,
    Expression,
    For,
    FunctionDef,
    If,
    Import,
    ImportFrom,
    Match,
    MatchCase,
    Operator,
    Raise,
    Return,
    Sequence,
    Simple,
    Statement,
    Subscript,
    Try,
    While,
    With,
    WithItem,
)
from archlint.facts.tree_reader import named

if TYPE_CHECKING:
    from tree_sitter import Node as Tree


MAX_NESTING = 60
"""Blocks nested deeper than this are left out; CPython itself allows 100."""


class StatementReader(ExpressionReader):
    """Reads statements; what the grammar reads and Python may refuse is kept in `doubtful`.

    That is `print x` and `exec x` of Python 2, a `try` that handles nothing, and a block without a statement.
    """

    def __init__(self, data: bytes, text: str, *, is_whole: bool = False) -> None:
        super().__init__(data, text, is_whole=is_whole)
        self.nesting = 0
        self.doubtful: list[Tree] = []

    def block(self, node: Tree | None) -> tuple[Statement, ...]:
        """The statements of a block or module, those inside an error node included."""
        if node is None or self.nesting >= MAX_NESTING:
            return ()
        self.nesting += 1
        statements: list[Statement] = []
        for child in node.named_children:
            kind = child.type
            if (read := _STATEMENTS.get(kind)) is not None:
                statements.append(read(self, child))
            elif kind in {"ERROR", "block"}:
                statements.extend(self.block(child))
        if not statements and node.type == "block":
            self.doubtful.append(node)
        self.nesting -= 1
        return tuple(statements)

    def clause_block(self, node: Tree) -> tuple[Statement, ...]:
        """The block of an `else`, `except` or `finally` clause."""
        return self.block(next((child for child in node.children if child.type == "block"), None))

    def alternative(self, node: Tree, kind: str) -> tuple[Statement, ...]:
        """The body of the clause of that kind, empty where there is none."""
        clause = next((child for child in node.children if child.type == kind), None)
        return () if clause is None else self.clause_block(clause)


def _evaluate(reader: StatementReader, node: Tree) -> Statement:
    children = reader.children(node, 1) or named(node)
    if len(children) == 1:
        child = children[0]
        kind = child.type
        if kind == "assignment":
            return _assign(reader, child)
        if kind == "augmented_assignment":
            return _augmented(reader, child)
        if node.child_count == 1 or not any(c.type == "," for c in node.children):
            return Evaluate(*reader.span(node), reader.expression(child))
    items = reader.expressions(children)
    return Evaluate(*reader.span(node), Sequence(*reader.span(node), "tuple", items))


def _assign(reader: StatementReader, node: Tree) -> Statement:
    targets: list[Expression] = []
    annotation: Expression | None = None
    current: Tree | None = node
    while current is not None and current.type == "assignment":
        own = reader.children(current, 3)
        if own is not None and own[1].type == "=":
            targets.append(reader.expression(own[0]))
            current = own[2]
            continue
        targets.append(reader.field(current, "left"))
        annotation = reader.optional(current.child_by_field_name("type")) or annotation
        current = current.child_by_field_name("right")
    return Assign(*reader.span(node), tuple(targets), reader.optional(current), annotation)


def _augmented(reader: StatementReader, node: Tree) -> Statement:
    operator = node.child_by_field_name("operator")
    sign = reader.text(operator).removesuffix("=") if operator else ""
    return AugmentedAssign(*reader.span(node), reader.field(node, "left"), sign, reader.field(node, "right"))


def _type_alias(reader: StatementReader, node: Tree) -> Statement:
    left, right = named(node)[0], named(node)[-1]
    name = reader.expression(left)
    target = name.value if isinstance(name, Subscript) else name
    generic = next((child for child in named(left) if child.type == "generic_type"), None)
    parameters = _type_parameters(reader, named(generic)[-1] if generic is not None else None)
    return Assign(*reader.span(node), (target,), reader.expression(right), None, parameters)


def _import(reader: StatementReader, node: Tree) -> Statement:
    return Import(*reader.span(node), _aliases(reader, node))


def _import_from(reader: StatementReader, node: Tree) -> Statement:
    source = node.child_by_field_name("module_name")
    text = "__future__" if source is None else _unbroken(reader.text(source))
    module = text.lstrip(".")
    names = _aliases(reader, node)
    star = next((child for child in node.children if child.type == "wildcard_import"), None)
    if star is not None:
        names = (Alias(*reader.span(star), "*", None),)
    return ImportFrom(*reader.span(node), module, len(text) - len(module), names)


def _aliases(reader: StatementReader, node: Tree) -> tuple[Alias, ...]:
    found: list[Alias] = []
    for child in node.children_by_field_name("name"):
        name, asname = child, None
        if child.type == "aliased_import":
            name = child.child_by_field_name("name") or child
            asname = child.child_by_field_name("alias")
        text = "".join(reader.text(name).split())
        found.append(Alias(*reader.span(child), text, reader.text(asname) if asname else None))
    return tuple(found)


def _unbroken(name: str) -> str:
    """A dotted name without what it may be broken by."""
    return "".join(name.replace("\\", "").split())


def _if(reader: StatementReader, node: Tree) -> Statement:
    clauses = [node, *(child for child in node.children if child.type == "elif_clause")]
    branches = [
        Branch(
            *reader.span(clause),
            reader.field(clause, "condition"),
            reader.block(clause.child_by_field_name("consequence")),
        )
        for clause in clauses
    ]
    return If(*reader.span(node), tuple(branches), reader.alternative(node, "else_clause"))


def _for(reader: StatementReader, node: Tree) -> Statement:
    return For(
        *reader.span(node),
        reader.field(node, "left"),
        reader.field(node, "right"),
        reader.block(node.child_by_field_name("body")),
        reader.alternative(node, "else_clause"),
        node.children[0].type == "async",
    )


def _while(reader: StatementReader, node: Tree) -> Statement:
    test, body = reader.field(node, "condition"), reader.block(node.child_by_field_name("body"))
    return While(*reader.span(node), test, body, reader.alternative(node, "else_clause"))


def _with(reader: StatementReader, node: Tree) -> Statement:
    clause = next((child for child in node.children if child.type == "with_clause"), None)
    items = tuple([_with_item(reader, child) for child in named(clause) if child.type == "with_item"])
    body = reader.block(node.child_by_field_name("body"))
    return With(*reader.span(node), items, body, node.children[0].type == "async")


def _with_item(reader: StatementReader, node: Tree) -> WithItem:
    value = node.child_by_field_name("value") or node
    while value.type == "parenthesized_expression" and named(value):
        value = named(value)[0]
    if value.type != "as_pattern":
        return WithItem(*reader.span(node), reader.expression(value), None)
    target = reader.optional(value.child_by_field_name("alias"))
    return WithItem(*reader.span(node), reader.expression(value.named_children[0]), target)


def _try(reader: StatementReader, node: Tree) -> Statement:
    handlers = [child for child in node.children if child.type in {"except_clause", "except_group_clause"}]
    if not handlers and not any(child.type == "finally_clause" for child in node.children):
        reader.doubtful.append(node)
    return Try(
        *reader.span(node),
        reader.block(node.child_by_field_name("body")),
        tuple([_handler(reader, handler) for handler in handlers]),
        reader.alternative(node, "else_clause"),
        reader.alternative(node, "finally_clause"),
    )


def _handler(reader: StatementReader, node: Tree) -> ExceptHandler:
    name: str | None = None
    types: list[Expression] = []
    for value in node.children_by_field_name("value"):
        if value.type == "as_pattern":
            alias = value.child_by_field_name("alias")
            name = reader.text(alias) if alias else None
            value = value.named_children[0]  # noqa: PLW2901 - the type under the `as`
        types.append(reader.expression(value))
    kinds = types[0] if len(types) == 1 else None
    if len(types) > 1:
        kinds = Sequence(types[0].start, types[-1].end - types[0].start, "tuple", tuple(types))
    return ExceptHandler(*reader.span(node), kinds, name, reader.clause_block(node))


def _match(reader: StatementReader, node: Tree) -> Statement:
    body = node.child_by_field_name("body")
    cases = tuple([_case(reader, child) for child in named(body) if child.type == "case_clause"])
    return Match(*reader.span(node), _subject(reader, node), cases)


def _subject(reader: StatementReader, node: Tree) -> Expression:
    """`match a, b:` is a match of the tuple."""
    subjects = reader.expressions(node.children_by_field_name("subject"))
    if len(subjects) < 2:
        return reader.field(node, "subject")
    return Sequence(subjects[0].start, subjects[-1].end - subjects[0].start, "tuple", subjects)


def _case(reader: StatementReader, node: Tree) -> MatchCase:
    pattern = [child for child in named(node) if child.type == "case_pattern"]
    opaque = Operator(*reader.span(node), "opaque", reader.expressions(pattern))
    guard = next((reader.expression(named(c)[0]) for c in named(node) if c.type == "if_clause"), None)
    return MatchCase(*reader.span(node), opaque, guard, reader.block(node.child_by_field_name("consequence")))


def _return(reader: StatementReader, node: Tree) -> Statement:
    children = named(node)
    return Return(*reader.span(node), reader.expression(children[0]) if children else None)


def _raise(reader: StatementReader, node: Tree) -> Statement:
    cause = node.child_by_field_name("cause")
    values = [child for child in named(node) if cause is None or child.start_byte != cause.start_byte]
    return Raise(*reader.span(node), reader.expression(values[0]) if values else None, reader.optional(cause))


def _simple(reader: StatementReader, node: Tree) -> Statement:
    return Simple(*reader.span(node), node.children[0].type, reader.parts(node))


def _python2(reader: StatementReader, node: Tree) -> Statement:
    reader.doubtful.append(node)
    return _simple(reader, node)


def _decorated(reader: StatementReader, node: Tree) -> Statement:
    decorators = [reader.expression(named(c)[0]) for c in node.children if c.type == "decorator" and named(c)]
    definition = node.child_by_field_name("definition") or node.children[-1]
    read = _class if definition.type == "class_definition" else _function
    return read(reader, definition, tuple(decorators))


def _function(reader: StatementReader, node: Tree, decorators: tuple[Expression, ...] = ()) -> Statement:
    start, length = reader.span(node)
    name, returns = node.child_by_field_name("name"), node.child_by_field_name("return_type")
    parameters = node.child_by_field_name("parameters")
    header = returns or parameters or name or node
    return FunctionDef(
        start,
        length,
        reader.text(name) if name else "",
        reader.bounds(name)[0] if name else start,
        reader.bounds(header)[1],
        reader.parameters(parameters),
        reader.optional(returns),
        decorators,
        reader.block(node.child_by_field_name("body")),
        node.children[0].type == "async",
    )


def _class(reader: StatementReader, node: Tree, decorators: tuple[Expression, ...] = ()) -> Statement:
    start, length = reader.span(node)
    name = node.child_by_field_name("name")
    bases, keywords = reader.arguments(node.child_by_field_name("superclasses"))
    return ClassDef(
        start,
        length,
        reader.text(name) if name else "",
        reader.bounds(name)[0] if name else start,
        bases,
        keywords,
        decorators,
        reader.block(node.child_by_field_name("body")),
        _type_parameters(reader, node.child_by_field_name("type_parameters")),
    )


def _type_parameters(reader: StatementReader, node: Tree | None) -> tuple[str, ...]:
    """The names in the brackets behind the name of a class or of a `type` statement (PEP 695)."""
    if node is None:
        return ()
    texts = (reader.text(child) for child in named(node) if child.type == "type")
    return tuple(re.split(r"[:=\s]", text.lstrip("*"), maxsplit=1)[0] for text in texts)


_STATEMENTS: dict[str, Callable[[Any, Tree], Statement]] = {
    "expression_statement": _evaluate,
    "type_alias_statement": _type_alias,
    "import_statement": _import,
    "import_from_statement": _import_from,
    "future_import_statement": _import_from,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "with_statement": _with,
    "try_statement": _try,
    "match_statement": _match,
    "return_statement": _return,
    "raise_statement": _raise,
    "pass_statement": _simple,
    "break_statement": _simple,
    "continue_statement": _simple,
    "delete_statement": _simple,
    "global_statement": _simple,
    "nonlocal_statement": _simple,
    "assert_statement": _simple,
    "print_statement": _python2,
    "exec_statement": _python2,
    "decorated_definition": _decorated,
    "function_definition": _function,
    "class_definition": _class,
}
