"""Shell: the commands of a script with their words and places, and what becomes of each one's failure.

tree-sitter's Bash grammar says how commands are joined; what a failure then does is POSIX 2.8.1 and 2.9.3
(the exit status of lists and pipelines, and where `set -e` does not look) with Bash's `pipefail`.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.facts.shell_failures import ENDS_SCRIPTS, bails, only_speaks, swallowed
from archlint.facts.shell_heredocs import feeds_shell, last_of_each_line
from archlint.facts.shell_nodes import (
    UnreadShellError,
    expanded,
    flattened,
    outputs,
    pair,
    parsed,
    text_of,
    words_of,
)  # fmt: skip

STATEMENTS = frozenset({
    "case_statement", "command", "compound_statement", "declaration_command", "for_statement",
    "function_definition", "if_statement", "list", "negated_command", "pipeline", "redirected_statement",
    "subshell", "test_command", "unset_command", "variable_assignment", "variable_assignments",
    "while_statement",
})  # fmt: skip
_BRANCHES = frozenset({"elif_clause", "else_clause"})


class Options(Struct, frozen=True):
    """The options that a shell starts with."""

    errexit: bool = False
    pipefail: bool = False


class ShellCommand(Struct, frozen=True):
    """A simple command: its words without quotes, expansions as they are written.

    `assignments` are its own and the exported ones before it; what is unset is set to nothing. `written` are
    those that stand here: where they are a statement, there are no words. `outputs` are the files that it is
    redirected to.
    `hidden` says why the script does not fail when the command does, None where it fails too, or where
    that cannot be told. `folder` is where `cd` led, relative to the start, None when a variable decides.
    `instead_of` are the programs of the ways before the `else` or `||` that it stands behind, and what these
    ask for. Rows and columns count from 0, columns in code points. `unread` says why text of which nothing is
    known cannot be read; then there are no words.
    """

    words: tuple[str, ...]
    assignments: tuple[tuple[str, str], ...]
    start: tuple[int, int]
    end: tuple[int, int]
    hidden: str | None
    folder: str | None
    outputs: tuple[str, ...] = ()
    unread: str = ""
    instead_of: frozenset[str] = frozenset()
    written: tuple[tuple[str, str], ...] = ()


@lru_cache(maxsize=2048)
def read_shell(text: str, options: Options | None = None) -> tuple[ShellCommand, ...]:
    """The commands of a script in reading order; those in parts that are no shell are left out.

    Of a script that cannot be read there is one, without words.
    """
    data = last_of_each_line(text.encode(errors="replace"))
    try:
        root = parsed(data)
        walker = _Walker(data, _State(options or _shebang_options(text)))
        found = (*walker.block(root.children, None), *walker.uncalled())
    except UnreadShellError as error:
        return (_unread(str(error)),)
    except RecursionError:
        return (_unread("its commands are nested too deeply"),)
    return tuple(sorted(dict.fromkeys(found), key=lambda command: command.start))


def _unread(why: str) -> ShellCommand:
    return ShellCommand((), (), (0, 0), (0, 0), None, None, unread=why)


def _shebang_options(text: str) -> Options:
    first, _, _ = text.partition("\n")
    flags = [word for word in first.split()[1:] if word.startswith("-")] if first.startswith("#!") else []
    return Options(any("e" in flag and not flag.startswith("--") for flag in flags), "pipefail" in first)


class _State(Struct):
    """What commands change for those after them.

    `variables` are set by the script itself, `exported` are the names of those that commands get.
    `unchecked` is true where `set -e` does not look: in a condition, and left of `&&` and `||`.
    """

    options: Options
    folder: str | None = "."
    unchecked: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)
    exported: frozenset[str] = frozenset()
    exports_all: bool = False
    outputs: tuple[str, ...] = ()


class _Walker:
    def __init__(self, data: bytes, state: _State) -> None:
        self.lines = data.split(b"\n")
        self.state = state
        self.functions: dict[str, Any] = {}
        self.called: set[str] = set()

    def uncalled(self) -> Iterator[ShellCommand]:
        """What functions run that nothing in the script calls; whoever does may look at their status."""
        for name, body in self.functions.items():
            if name not in self.called:
                self.state = _State(Options(errexit=True, pipefail=self.state.options.pipefail), None)
                yield from self.block(body.children, None)

    @contextmanager
    def unchecked(self) -> Iterator[None]:
        """Where a failure does not end the script, whatever `set -e` says."""
        before, self.state.unchecked = self.state.unchecked, True
        yield
        self.state.unchecked = before

    def block(self, children: Sequence[Any], lost: str | None) -> Iterator[ShellCommand]:
        """Statements one after the other; `lost` says why nothing here can fail the script."""
        statements = [(i, child) for i, child in enumerate(children) if child.type in STATEMENTS]
        for number, (index, node) in enumerate(statements):
            following = statements[number + 1][1] if number + 1 < len(statements) else None
            if index + 1 < len(children) and children[index + 1].type == "&":
                yield from self.statement(node, lost or "it runs in the background")
            elif following is None:
                yield from self.statement(node, lost)
            elif b"$?" in following.text or b"PIPESTATUS" in following.text:
                answers = [one for _, one in statements[number + 1 :]]
                yield from self.statement(node, None if bails(answers, ENDS_SCRIPTS) else lost)
            else:
                ends = self.state.options.errexit and not self.state.unchecked
                failing = None if ends else "the commands after it decide the status"
                if ends and node.type == "list":
                    yield from self._list(node, lost, "`set -e` does not look left of `&&`")
                else:
                    yield from self.statement(node, lost or failing)

    def statement(self, node: Any, lost: str | None) -> Iterator[ShellCommand]:
        match node.type:
            case "command":
                yield from self._command(node, lost)
            case "declaration_command" | "unset_command" | "variable_assignment" | "variable_assignments":
                yield from self._set(node, lost)
            case "function_definition":
                name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
                if name is not None and body is not None:
                    self.functions[text_of(name)] = body
            case "list":
                yield from self._list(node, lost)
            case "pipeline":
                yield from self._pipeline(node, lost)
            case "if_statement":
                yield from self._if(node, lost)
            case "while_statement" | "for_statement":
                yield from self._loop(node, lost)
            case "subshell":
                before = replace(self.state)
                yield from self.block(node.children, lost)
                self.state = before
            case "negated_command":
                yield from self.block(node.children, lost)
            case "redirected_statement" | "compound_statement":
                outer, self.state.outputs = self.state.outputs, (*self.state.outputs, *outputs(node))
                yield from self.block(flattened(node), lost)
                self.state.outputs = outer
                yield from self._fed(node, lost)
            case "case_statement":
                for item in node.named_children:
                    yield from self.block(item.children, lost) if item.type == "case_item" else ()
            case _:
                yield from self._inner(node, lost)

    def _inner(self, node: Any, lost: str | None) -> Iterator[ShellCommand]:
        """The commands in `$(…)` below an assignment or a test."""
        for child in node.named_children:
            if child.type == "command_substitution":
                yield from self.block(child.children, lost)
            elif child.type not in STATEMENTS or child.type == "variable_assignment":
                yield from self._inner(child, lost)

    def _list(self, node: Any, lost: str | None, overlooked: str | None = None) -> Iterator[ShellCommand]:
        """`left && right` or `left || right`; `overlooked` says why a failure left of `&&` goes unseen."""
        left, operator, right = node.children[0], node.children[1].type, node.children[-1]
        with self.unchecked():
            if operator == "&&":
                yield from self.statement(left, lost or overlooked)
            else:
                yield from self.statement(left, None if bails([right]) else lost or swallowed(right))
        before = frozenset() if operator == "&&" else _programs([left])
        yield from (_instead(one, before) for one in self.statement(right, lost))

    def _pipeline(self, node: Any, lost: str | None) -> Iterator[ShellCommand]:
        parts = [child for child in node.named_children if child.type in STATEMENTS]
        for part in parts[:-1]:
            piped = None if self.state.options.pipefail else "only the last command of its pipe counts"
            yield from self.statement(part, lost or piped)
        for part in parts[-1:]:
            yield from self.statement(part, lost)

    def _if(self, node: Any, lost: str | None) -> Iterator[ShellCommand]:
        cut = next((i for i, child in enumerate(node.children) if child.type == "then"), len(node.children))
        going_on = "the script goes on when it fails" if only_speaks(node.children[cut:]) else None
        condition = None if bails(node.children[cut:]) else lost or going_on
        with self.unchecked():
            yield from self.block(node.children[:cut], condition)
        body = [child for child in node.children[cut:] if child.type not in _BRANCHES]
        yield from self.block(body, lost)
        branches = [child for child in node.children[cut:] if child.type in _BRANCHES]
        before = _programs([*node.children[:cut], *body]) if branches else frozenset()
        for branch in branches:
            yield from (_instead(one, before) for one in self.block(branch.children, lost))
            before |= _programs(branch.children)

    def _loop(self, node: Any, lost: str | None) -> Iterator[ShellCommand]:
        """A loop whose condition fails, or that a `break` ends, may be there to try again."""
        retries = b"break" in node.text
        for child in node.children:
            if child.type == "do_group":
                for command in self.block(child.children, None if retries else lost):
                    yield replace(command, hidden=None) if retries else command
            elif child.type in STATEMENTS:
                with self.unchecked():
                    yield from self.statement(child, None)

    def _command(self, node: Any, lost: str | None) -> Iterator[ShellCommand]:
        words = expanded(words_of(node), self.state.variables)
        pairs = [child for child in node.named_children if child.type == "variable_assignment"]
        assigned = (*self._exports(), *map(pair, pairs))
        end = max((child.end_point for child in node.named_children), default=node.end_point)
        start = self._point(node.start_point)
        yield ShellCommand(
            tuple(words), assigned, start, self._point(end), lost, self.state.folder, self.state.outputs,
            written=tuple(map(pair, pairs)),
        )  # fmt: skip
        self._remember(words)
        yield from self._inner(node, None)
        yield from self._call(words, lost)

    def _exports(self) -> Iterator[tuple[str, str]]:
        variables = self.state.variables
        return ((name, variables[name]) for name in sorted(self.state.exported & variables.keys()))

    def _set(self, node: Any, lost: str | None) -> Iterator[ShellCommand]:
        """A statement that sets variables: what it writes, and the commands whose output it takes."""
        pairs = [child for child in (node, *node.children) if child.type == "variable_assignment"]
        if pairs:
            start, end = self._point(node.start_point), self._point(node.end_point)
            set_here = tuple(map(pair, pairs))
            yield ShellCommand((), tuple(self._exports()), start, end, lost, None, written=set_here)
        if node.type == "unset_command":
            self._unset(node)
        elif node.type == "declaration_command":
            self._declare(node)
            lost = lost or f"the status of `{node.children[0].type}` counts instead"
        else:
            self._assign(node)
        yield from self._inner(node, lost)

    def _unset(self, node: Any) -> None:
        """`unset X`: commands get an empty one at most."""
        names = {text_of(child) for child in node.children if child.type == "variable_name"}
        self.state.variables = {**self.state.variables, **dict.fromkeys(names, "")}
        self.state.exported |= names

    def _assign(self, node: Any) -> None:
        pairs = [child for child in (node, *node.children) if child.type == "variable_assignment"]
        self.state.variables = {**self.state.variables, **(assigned := dict(map(pair, pairs)))}
        self.state.exported |= assigned.keys() if self.state.exports_all else set()

    def _declare(self, node: Any) -> None:
        """`export X=1`, `export X` of what is set already, `declare -x X=1`."""
        self._assign(node)
        words = [text_of(child) for child in node.named_children if child.type == "word"]
        if node.children[0].type == "export" or any(re.fullmatch(r"-\w*x\w*", word) for word in words):
            names = {text_of(child) for child in node.children if child.type == "variable_name"}
            pairs = {pair(child)[0] for child in node.children if child.type == "variable_assignment"}
            self.state.exported |= names | pairs

    def _call(self, words: Sequence[str], lost: str | None) -> Iterator[ShellCommand]:
        """What a function of the script runs, at its first call."""
        name = words[0] if words else ""
        if name in self.functions and name not in self.called:
            self.called.add(name)
            yield from self.block(self.functions[name].children, lost)

    def _fed(self, node: Any, lost: str | None) -> Iterator[ShellCommand]:
        """What a shell reads from a here-document; its status is that of the last command there."""
        bodies = [
            part
            for child in node.children
            if child.type == "heredoc_redirect"
            for part in child.children
            if part.type == "heredoc_body"
        ]
        for body in bodies if feeds_shell(node) else ():
            text = text_of(body)
            row = body.start_point[0]
            for command in read_shell(text, Options()):
                start, end = command.start, command.end
                yield replace(
                    command,
                    start=(start[0] + row, start[1]),
                    end=(end[0] + row, end[1]),
                    hidden=lost or command.hidden,
                    folder=None,
                )

    def _remember(self, words: Sequence[str]) -> None:
        if words[:1] == ["set"]:
            self.state.options = _changed(self.state.options, words[1:])
            flags = [word for word in words[1:] if re.fullmatch(r"[-+]\w*a\w*", word)]
            self.state.exports_all = flags[-1][0] == "-" if flags else self.state.exports_all
        elif words[:1] == ["trap"] and "ERR" in words:
            self.state.options = replace(self.state.options, errexit=True)
        elif words[:1] in (["cd"], ["pushd"]) and len(words) == 2:
            here, target = self.state.folder, words[1]
            if here is None or "$" in target or target.startswith(("-", "~", "`")):
                self.state.folder = None
            else:
                self.state.folder = posixpath.normpath(posixpath.join(here, target))

    def _point(self, point: Any) -> tuple[int, int]:
        return point[0], len(self.lines[point[0]][: point[1]].decode(errors="replace"))


def _changed(options: Options, words: Sequence[str]) -> Options:
    """The options after `set words`."""
    for index, word in enumerate(words):
        if word[:1] in {"-", "+"}:
            on = word[0] == "-"
            named = words[index + 1] if word.endswith("o") and index + 1 < len(words) else ""
            if "e" in word[1:] or named == "errexit":
                options = replace(options, errexit=on)
            if named == "pipefail":
                options = replace(options, pipefail=on)
    return options


def _programs(nodes: Iterable[Any]) -> frozenset[str]:
    """The programs that commands in the nodes run, and those that they ask for: `command -v uv`."""
    found: set[str] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if node.type == "command":
            words = words_of(node)
            found.update(words if words[:1] in (["command"], ["type"], ["which"]) else words[:1])
        pending += node.children
    return frozenset(found)


def _instead(command: ShellCommand, programs: frozenset[str]) -> ShellCommand:
    return replace(command, instead_of=command.instead_of | programs) if programs else command


def split_words(line: str) -> list[str]:
    """The words of a command; of one whose quotes do not close what spaces part."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()
