"""Reads one expression of tree-sitter's Python grammar into the records of `archlint.facts.syntax`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    Comprehension,
    ComprehensionClause,
    Constant,
    Dict,
    Expression,
    FString,
    Lambda,
    Name,
    Operator,
    Sequence,
    Starred,
    Subscript,
    Walrus,
)
from archlint.facts.tree_reader import SKIPPED, TreeReader, named, opaque

if TYPE_CHECKING:
    from tree_sitter import Node as Tree


_ESCAPES = re.compile(
    r"\\(\r\n|[\n\r]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\}|[\\'\"abfnrtv])"
)
_SIMPLE_ESCAPES = {
    "\n": "",
    "\r": "",
    "\r\n": "",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


def _name(reader: TreeReader, node: Tree) -> Expression:
    return Name(*reader.span(node), reader.text(node))


def _dotted_name(reader: TreeReader, node: Tree) -> Expression:
    start, _ = reader.bounds(node)
    first, *rest = named(node)
    found: Expression = _name(reader, first)
    for child in rest:
        found = Attribute(start, reader.bounds(child)[1] - start, found, reader.text(child))
    return found


def _attribute(reader: TreeReader, node: Tree) -> Expression:
    if (own := reader.children(node, 3)) is not None:
        (start, end), (first, last) = reader.bounds(node), reader.bounds(own[2])
        return Attribute(start, end - start, reader.expression(own[0]), reader.source[first:last])
    attr = node.child_by_field_name("attribute")
    return Attribute(*reader.span(node), reader.field(node, "object"), reader.text(attr) if attr else "")


def _call(reader: TreeReader, node: Tree) -> Expression:
    span = reader.span(node)
    arguments: Tree | None
    if (own := reader.children(node, 2)) is not None:
        func, arguments = reader.expression(own[0]), own[1]
    else:
        func, arguments = reader.field(node, "function"), node.child_by_field_name("arguments")
    if arguments is not None and arguments.type == "generator_expression":
        return Call(*span, func, (reader.expression(arguments),), ())
    return Call(*span, func, *reader.arguments(arguments))


def _constant(value: bool | None) -> Callable[[TreeReader, Tree], Expression]:
    return lambda reader, node: Constant(*reader.span(node), value)


def _number(reader: TreeReader, node: Tree) -> Expression:
    text = reader.text(node).replace("_", "")
    try:
        value = int(text, 0) if node.type == "integer" else float(text)
    except ValueError:
        return Operator(*reader.span(node), "opaque", ())
    if isinstance(value, int) and value.bit_length() > 63:
        return Operator(*reader.span(node), "opaque", ())
    return Constant(*reader.span(node), value)


def _string(reader: TreeReader, node: Tree) -> Expression:
    match node.children:
        case [_, content, _] if content.type == "string_content":
            (start, end), (inner, _) = reader.bounds(node), reader.bounds(content)
            if reader.source[start:inner] in _QUOTES:
                return Constant(start, end - start, _content(reader, content, ""))
    return _joined(reader, node, [node])


_QUOTES = frozenset({'"', "'", '"""', "'''"})


def _concatenated(reader: TreeReader, node: Tree) -> Expression:
    return _joined(reader, node, [child for child in named(node) if child.type == "string"])


def _joined(reader: TreeReader, node: Tree, strings: list[Tree]) -> Expression:
    parts: list[Expression] = []
    plain = True
    formatted = False
    for string in strings:
        prefix = reader.text(string.children[0]).rstrip("\"'`").lower() if string.children else ""
        if "b" in prefix:
            return Operator(
                *reader.span(node), "bytes", (), ("".join(_written(reader, one) for one in strings),)
            )
        formatted = formatted or "f" in prefix or "t" in prefix
        if "r" in prefix and len(string.children) == 2:  # the grammar sees no content in r"\\"
            text = reader.text(string)[len(prefix) :].strip("\"'")
            parts.append(Constant(*reader.span(string), text))
        for child in string.named_children:
            if child.type == "string_content":
                parts.append(Constant(*reader.span(child), _content(reader, child, prefix)))
            elif child.type == "interpolation":
                parts.append(reader.field(child, "expression"))
                plain = plain and not _converted(child)
    if formatted:
        return FString(*reader.span(node), tuple(parts), plain)
    text = "".join(str(part.value) for part in parts if isinstance(part, Constant))
    return Constant(*reader.span(node), text)


def _converted(interpolation: Tree) -> bool:
    return any(c.type in {"type_conversion", "format_specifier", "="} for c in interpolation.children)


def _written(reader: TreeReader, string: Tree) -> str:
    """What stands between the quotes."""
    opening, closing = string.children[0], string.children[-1]
    return reader.text(string)[len(reader.text(opening)) :].removesuffix(reader.text(closing))


def _content(reader: TreeReader, node: Tree, prefix: str) -> str:
    text = reader.text(node)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "f" in prefix or "t" in prefix:
        text = text.replace("{{", "{").replace("}}", "}")
    return text if "r" in prefix or "\\" not in text else _ESCAPES.sub(_unescape, text)


def _unescape(match: re.Match[str]) -> str:
    """One escape sequence, as https://docs.python.org/3/reference/lexical_analysis.html lists them."""
    escape = match.group(1)
    if escape in _SIMPLE_ESCAPES:
        return _SIMPLE_ESCAPES[escape]
    if escape[0] == "N":
        import unicodedata

        try:
            return unicodedata.lookup(escape[2:-1])
        except KeyError:
            return match.group(0)
    code = int(escape[1:], 16) if escape[0] in "xuU" else int(escape, 8)
    is_text = code < 0xD800 or 0xE000 <= code < 0x110000  # half of a surrogate pair has no encoding
    return chr(code) if is_text else match.group(0)


def _sequence(kind: str) -> Callable[[TreeReader, Tree], Expression]:
    return lambda reader, node: Sequence(*reader.span(node), kind, reader.parts(node))


def _tuple_pattern(reader: TreeReader, node: Tree) -> Expression:
    if len(named(node)) == 1 and not any(child.type == "," for child in node.children):
        return _inner(reader, node)
    return _sequence("tuple")(reader, node)


def _dict(reader: TreeReader, node: Tree) -> Expression:
    items: list[tuple[Expression | None, Expression]] = []
    for child in named(node):
        if child.type == "pair":
            items.append((reader.field(child, "key"), reader.field(child, "value")))
        else:
            items.append((None, reader.expression(child.named_children[-1])))
    return Dict(*reader.span(node), tuple(items))


def _subscript(reader: TreeReader, node: Tree) -> Expression:
    if (own := reader.children(node, 4)) is not None:
        value, _, index, _ = own
        return Subscript(*reader.span(node), reader.expression(value), reader.expression(index))
    value, *_ = children = named(node)
    return Subscript(*reader.span(node), reader.expression(value), _index(reader, node, children[1:]))


def _generic_type(reader: TreeReader, node: Tree) -> Expression:
    children = named(node)
    value = reader.expression(children[0])
    return Subscript(*reader.span(node), value, _index(reader, node, named(children[-1])))


def _index(reader: TreeReader, node: Tree, indices: list[Tree]) -> Expression:
    if len(indices) == 1 and not any(child.type == "," for child in node.children):
        return reader.expression(indices[0])
    items = reader.expressions(indices)
    start = items[0].start if items else reader.bounds(node)[0]
    return Sequence(start, items[-1].end - start if items else 0, "tuple", items)


def _slice(reader: TreeReader, node: Tree) -> Expression:
    bounds: list[Expression] = []
    empty = Constant(*reader.span(node), None)
    current: Expression = empty
    for child in node.children:
        if child.type == ":":
            bounds.append(current)
            current = empty
        elif child.is_named and child.type not in SKIPPED:
            current = reader.expression(child)
    return Operator(*reader.span(node), "slice", (*bounds, current))


def _inner(reader: TreeReader, node: Tree) -> Expression:
    if (own := reader.children(node, 1)) is not None:
        return reader.expression(own[0])
    children = named(node)
    return reader.expression(children[0]) if children else opaque(reader, node)


def _await(reader: TreeReader, node: Tree) -> Expression:
    return Await(*reader.span(node), _inner(reader, node))


def _starred(reader: TreeReader, node: Tree) -> Expression:
    reader.has_stars = True
    return Starred(*reader.span(node), _inner(reader, node))


def _walrus(reader: TreeReader, node: Tree) -> Expression:
    name = node.child_by_field_name("name")
    return Walrus(*reader.span(node), reader.text(name) if name else "", reader.field(node, "value"))


def _lambda(reader: TreeReader, node: Tree) -> Expression:
    parameters = reader.parameters(node.child_by_field_name("parameters"))
    return Lambda(*reader.span(node), parameters, reader.field(node, "body"))


def _comprehension(kind: str) -> Callable[[TreeReader, Tree], Expression]:
    def read(reader: TreeReader, node: Tree) -> Expression:
        body = node.child_by_field_name("body")
        key = None
        if kind == "dict" and body is not None and body.type == "pair":
            key, value = reader.field(body, "key"), reader.field(body, "value")
        else:
            value = reader.field(node, "body")
        return Comprehension(*reader.span(node), kind, key, value, _clauses(reader, node))

    return read


def _clauses(reader: TreeReader, node: Tree) -> tuple[ComprehensionClause, ...]:
    groups: list[tuple[Tree, list[Tree]]] = []
    for child in named(node):
        if child.type == "for_in_clause":
            groups.append((child, []))
        elif child.type == "if_clause" and groups:
            groups[-1][1].append(child)
    return tuple([_clause(reader, loop, conditions) for loop, conditions in groups])


def _clause(reader: TreeReader, node: Tree, conditions: list[Tree]) -> ComprehensionClause:
    tests = tuple([_inner(reader, condition) for condition in conditions])
    target, iterable = reader.field(node, "left"), reader.field(node, "right")
    return ComprehensionClause(*reader.span(node), target, iterable, tests, node.children[0].type == "async")


def _chain(reader: TreeReader, node: Tree) -> Expression:
    """`a + b + c` nests to the left; one operator's chain becomes one flat operation."""
    operator = _operator(node)
    operands: list[Tree] = []
    current: Tree | None = node
    while current is not None and current.type == node.type and _operator(current) == operator:
        right = current.child_by_field_name("right")
        operands.extend([right] if right is not None else [])
        current = current.child_by_field_name("left")
    operands.extend([current] if current is not None else [])
    return Operator(*reader.span(node), operator, reader.expressions(reversed(operands)))


def _operator(node: Tree) -> str:
    child = node.child_by_field_name("operator")
    return child.type if child is not None else "opaque"


def _unary(reader: TreeReader, node: Tree) -> Expression:
    operator = "not" if node.type == "not_operator" else _operator(node)
    return Operator(*reader.span(node), operator, (reader.field(node, "argument"),))


def _comparison(reader: TreeReader, node: Tree) -> Expression:
    if (own := reader.children(node, 3)) is not None:
        return Operator(*reader.span(node), "compare", reader.expressions(own[::2]), (own[1].type,))
    operators = tuple([child.type for child in node.children_by_field_name("operators")])
    return Operator(*reader.span(node), "compare", reader.parts(node), operators)


def _conditional(reader: TreeReader, node: Tree) -> Expression:
    return Operator(*reader.span(node), "if", reader.parts(node))


def _yield(reader: TreeReader, node: Tree) -> Expression:
    operator = "yield from" if any(child.type == "from" for child in node.children) else "yield"
    return Operator(*reader.span(node), operator, reader.parts(node))


def _union(reader: TreeReader, node: Tree) -> Expression:
    parts: list[Expression] = []
    for part in reader.parts(node):
        is_chain = isinstance(part, Operator) and part.operator == "|" and part.start == reader.span(node)[0]
        parts.extend(part.parts if is_chain and isinstance(part, Operator) else [part])
    return Operator(*reader.span(node), "|", tuple(parts))


_READERS: dict[str, Callable[[TreeReader, Tree], Expression]] = {
    "identifier": _name,
    "ellipsis": _name,
    "_": _name,
    "dotted_name": _dotted_name,
    "attribute": _attribute,
    "member_type": _dotted_name,
    "call": _call,
    "true": _constant(True),
    "false": _constant(False),
    "none": _constant(None),
    "integer": _number,
    "float": _number,
    "string": _string,
    "concatenated_string": _concatenated,
    "list": _sequence("list"),
    "list_pattern": _sequence("list"),
    "set": _sequence("set"),
    "tuple": _sequence("tuple"),
    "tuple_pattern": _tuple_pattern,
    "pattern_list": _sequence("tuple"),
    "expression_list": _sequence("tuple"),
    "dictionary": _dict,
    "subscript": _subscript,
    "generic_type": _generic_type,
    "slice": _slice,
    "parenthesized_expression": _inner,
    "type": _inner,
    "as_pattern_target": _inner,
    "await": _await,
    "list_splat": _starred,
    "list_splat_pattern": _starred,
    "parenthesized_list_splat": _inner,
    "splat_type": _starred,
    "named_expression": _walrus,
    "lambda": _lambda,
    "list_comprehension": _comprehension("list"),
    "set_comprehension": _comprehension("set"),
    "dictionary_comprehension": _comprehension("dict"),
    "generator_expression": _comprehension("generator"),
    "binary_operator": _chain,
    "boolean_operator": _chain,
    "unary_operator": _unary,
    "not_operator": _unary,
    "comparison_operator": _comparison,
    "conditional_expression": _conditional,
    "yield": _yield,
    "union_type": _union,
}


class ExpressionReader(TreeReader):
    """Reads expressions, types and patterns."""

    readers = _READERS
