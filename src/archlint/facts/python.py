"""Reads a Python file of any grammar from 3.8 to 3.15 into `PythonSource`, whichever interpreter runs.

The reader is tree-sitter's grammar, which also reads on behind a syntax error. `docs/decisions/parser.md`
has the figures that chose it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate, count
from operator import add
from typing import TYPE_CHECKING

import msgspec

from archlint.discover import decode_python, why_no_text
from archlint.facts.outline import mentions_in, outline_of
from archlint.facts.source import Comment, PythonSource, SyntaxProblem
from archlint.facts.statements import StatementReader
from archlint.facts.syntax import Constant, Evaluate, Expression, Name
from archlint.facts.tree_reader import TreeReader

if TYPE_CHECKING:
    from tree_sitter import Node as Tree
    from tree_sitter import Parser


_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile(r"\r\n|\r|\n")


class UndecodableError(Exception):
    """The bytes are not text in the encoding that the file declares (PEP 263)."""


def read_python(data: bytes) -> PythonSource:
    """The facts of a Python file's content.

    Raises UndecodableError when the bytes are not text. A syntax error raises nothing: it is in `problems`,
    and what can be read before and behind it is read.
    """
    text = decode(data)
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
    encoded = text.encode()
    root = _parser().parse(encoded).root_node
    reader = StatementReader(encoded, text, is_whole=not root.has_error)
    body = reader.block(root)
    problems = tuple(_problems(reader, root, text))
    starts = array("I", _line_starts(text)).tobytes()
    mentions = mentions_in(body)
    named, statements = (msgspec.Raw(msgspec.msgpack.encode(one)) for one in (mentions, body))
    comments = tuple(_comments(reader, root, text))
    outline = outline_of(body, text, mentions)
    source = PythonSource(starts, outline, named, statements, comments, problems)
    vars(source)["raw_body"] = body
    return source


def _line_starts(text: str) -> Iterable[int]:
    """The offset of each line's first code point."""
    if "\r" in text:
        return (0, *(match.end() for match in _LINE_END.finditer(text)))
    *lines, _ = text.split("\n")
    return map(add, accumulate(map(len, lines), initial=0), count())


@cache
def read_expression(text: str) -> Expression:
    """The expression in a text, as in an annotation that is a string; `...` where it is none."""
    match read_python(text.strip().encode()).body:
        case (Evaluate(value=value),):
            return value
    return Name(0, 0, "...")


def unquoted(annotation: Expression) -> Expression:
    """What an annotation in quotes says; any other as it is."""
    match annotation:
        case Constant(value=str(text)):
            return read_expression(text)
    return annotation


def decode(data: bytes) -> str:
    """The text of a Python file by its BOM and coding cookie (PEP 263). Raises UndecodableError."""
    try:
        return decode_python(data)
    except (SyntaxError, UnicodeError, LookupError) as error:
        raise UndecodableError(why_no_text(error)) from error


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_python

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))


def _comments(reader: TreeReader, root: Tree, text: str) -> Iterator[Comment]:
    """Only the comments that name archlint; most files have none, so the tree is seldom searched."""
    if "archlint:" not in text:
        return
    for node in _walk(root):
        if node.type == "comment" and "archlint:" in reader.text(node):
            start, _ = reader.bounds(node)
            line = text[:start].rpartition("\n")[2]
            yield Comment(start, reader.text(node), not line.strip())


def _walk(root: Tree) -> Iterator[Tree]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(node.children))


def _problems(reader: StatementReader, root: Tree, text: str) -> Iterator[SyntaxProblem]:
    """Where the grammar found an error, unless Python itself reads the file or the grammar lags behind it.

    The grammar gives up on all that a broken block holds. If the interpreter refuses something in there, or
    an indentation, its own place and words say more; else that may be syntax newer than itself.
    """
    if not root.has_error and not reader.doubtful:
        return
    nodes = [n for n in _walk(root) if (n.is_error or n.is_missing) and not _newer_syntax(reader, n)]
    if not nodes + reader.doubtful or (refusal := _refusal(text)) is None:
        return
    for node in nodes[:1] or reader.doubtful[:1]:
        start, end = reader.bounds(node)
        told, last = _told(refusal, text), end if nodes else len(text)
        if told is not None and (isinstance(refusal, IndentationError) or start <= told.start <= last):
            yield told
            return
        shown = reader.text(node).strip().partition("\n")[0][:40]
        message = f"missing `{node.type}`" if node.is_missing else f"unexpected `{shown}`"
        yield SyntaxProblem(start, min(end, start + max(len(shown), 1)), message)


def _newer_syntax(reader: TreeReader, node: Tree) -> bool:
    """Type-parameter defaults (PEP 696) and `lazy import` (PEP 810), which the grammar does not know."""
    if node.parent is not None and node.parent.type == "type_parameter":
        return True
    following = node.next_sibling
    return (
        reader.text(node) == "lazy"
        and following is not None
        and following.type in {"import_statement", "import_from_statement"}
    )


def _refusal(text: str) -> Exception | None:
    """Why the running interpreter refuses a file; if it does not, the grammar's error is the grammar's."""
    import ast
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as refusal:
        return refusal
    return None


def _told(refusal: Exception, text: str) -> SyntaxProblem | None:
    """What a SyntaxError says, at its place up to the end of the line; None where it has no place."""
    if not isinstance(refusal, SyntaxError) or not refusal.lineno or not refusal.offset:
        return None
    starts = tuple(_line_starts(text))
    line = text[starts[min(refusal.lineno, len(starts)) - 1] :]
    content = _LINE_END.split(line, maxsplit=1)[0]
    start = len(text) - len(line) + min(refusal.offset - 1, len(content))
    end = len(text) - len(line) + len(content.rstrip())
    start = max(min(start, len(text) - 1), 0)
    return SyntaxProblem(start, min(max(end, start + 1), len(text)), refusal.msg)
