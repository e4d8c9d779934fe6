"""Carries out edits of one file with libcst, in the worker's process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from archlint.fixes.arguments import with_argument, without_argument
from archlint.fixes.edits import (
    AwaitCall,
    CallInstead,
    DropArgument,
    Edit,
    Instead,
    MakeAsync,
    SetArgument,
    SetReturn,
    Span,
    ThroughClient,
)
from archlint.fixes.imports import with_imports, with_names

_CALLS = (AwaitCall, CallInstead, DropArgument, SetArgument, ThroughClient)


def rewrite(data: bytes, edits: Sequence[Edit]) -> tuple[bytes, frozenset[Edit]]:
    """The file after `edits`, and those of them that could not be made where they wanted to be.

    Raises ValueError where libcst does not give the file back byte for byte, and what libcst raises.
    """
    module = cst.parse_module(data)
    if module.bytes != data:
        raise ValueError("libcst would change more of it than the fix")
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    codemod = _Codemod(wrapper.resolve(PositionProvider), edits)
    changed = module.visit(codemod)
    done = codemod.done
    changed = with_imports(changed, {(e.module, e.replaces) for e in done if isinstance(e, CallInstead)})
    changed = with_imports(changed, {("httpx", e.replaces) for e in done if isinstance(e, ThroughClient)})
    changed = with_names(changed, {(e.package, e.name) for e in done if isinstance(e, Instead) and e.package})
    return changed.bytes, frozenset(edits) - done


class _Codemod(cst.CSTTransformer):
    """Notes the edits that were `done`; the others found no call, or one where `await` must not stand."""

    def __init__(self, positions: Mapping[cst.CSTNode, object], edits: Iterable[Edit]) -> None:
        super().__init__()
        self._positions = positions
        self._functions = {(e.span.line, e.span.column): e for e in edits if isinstance(e, MakeAsync)}
        self._returns = {(e.span.line, e.span.column): e for e in edits if isinstance(e, SetReturn)}
        self._expressions = {e.span: e for e in edits if isinstance(e, Instead)}
        self._calls: dict[Span, list[Edit]] = {}
        for edit in dict.fromkeys(edits):
            if isinstance(edit, _CALLS):
                self._calls.setdefault(edit.span, []).append(edit)
        self._around: list[bool] = []
        """For each function, lambda and generator around: whether `await` may stand in it."""
        self._parents: list[cst.CSTNode] = []
        self._clients: dict[cst.CSTNode, ThroughClient] = {}
        self.done: set[Edit] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        self._parents.append(node)
        if isinstance(node, cst.FunctionDef):
            self._around.append(node.asynchronous is not None or self._start(node) in self._functions)
        elif isinstance(node, cst.Lambda | cst.GeneratorExp | cst.ClassDef):
            self._around.append(False)
        return super().on_visit(node)

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.FlattenSentinel[cst.CSTNode] | cst.RemovalSentinel:
        self._parents.pop()
        if isinstance(original_node, cst.FunctionDef | cst.Lambda | cst.GeneratorExp | cst.ClassDef):
            self._around.pop()
        match updated_node:
            case cst.FunctionDef():
                return self._function(original_node, updated_node)
            case cst.BaseExpression() if self._span(original_node) in self._expressions:
                return self._instead(updated_node, self._expressions[self._span(original_node)])
            case cst.Call():
                return self._call(original_node, updated_node)
            case cst.SimpleStatementLine() if original_node in self._clients:
                return _in_client(updated_node, self._clients[original_node])
        return updated_node

    def _instead(self, updated: cst.BaseExpression, edit: Instead) -> cst.BaseExpression:
        """The expression in the same parentheses, which its span leaves out."""
        bare = updated.with_changes(lpar=(), rpar=())
        if edit in self.done or cst.Module([]).code_for_node(bare) != edit.before:
            return updated
        self.done.add(edit)
        after = cst.parse_expression(edit.after)
        return after.with_changes(lpar=[*updated.lpar, *after.lpar], rpar=[*after.rpar, *updated.rpar])

    def _function(self, original: cst.CSTNode, updated: cst.FunctionDef) -> cst.CSTNode:
        returning = self._returns.get(self._start(original))
        if returning is not None and updated.returns is None:
            self.done.add(returning)
            updated = updated.with_changes(returns=cst.Annotation(cst.parse_expression(returning.annotation)))
        edit = self._functions.get(self._start(original))
        if edit is None or updated.asynchronous is not None:
            return updated
        self.done.add(edit)
        return updated.with_changes(asynchronous=cst.Asynchronous())

    def _call(self, original: cst.CSTNode, updated: cst.Call) -> cst.CSTNode:
        result: cst.BaseExpression = updated
        for edit in self._calls.get(self._span(original), ()):
            changed = self._changed(original, result, edit) if isinstance(result, cst.Call) else None
            if changed is not None:
                self.done.add(edit)
                result = changed
        return result

    def _changed(self, original: cst.CSTNode, call: cst.Call, edit: Edit) -> cst.BaseExpression | None:
        """The call after one edit; None where that cannot be made."""
        if isinstance(edit, DropArgument):
            return without_argument(call, edit.name)
        if isinstance(edit, SetArgument):
            return with_argument(call, edit.name, edit.value)
        if not (self._around and self._around[-1]) or isinstance(
            self._parents[-1], cst.Await | cst.Decorator
        ):
            return None
        if isinstance(edit, CallInstead):
            call = call.with_changes(func=_dotted(f"{edit.module}.{edit.function}", call.func))
        elif isinstance(edit, ThroughClient):
            statement = self._whole_statement(original)
            if statement is None or statement in self._clients:
                return None
            self._clients[statement] = edit
            call = call.with_changes(func=_dotted(f"{edit.name}.{edit.method}", call.func))
        return self._awaited(original, call)

    def _awaited(self, original: cst.CSTNode, call: cst.Call) -> cst.BaseExpression:
        """`await call`, in parentheses where an attribute, an index or a call follows."""
        awaited = cst.Await(call.with_changes(lpar=(), rpar=()), lpar=call.lpar, rpar=call.rpar)
        parent = self._parents[-1]
        followed = (isinstance(parent, cst.Attribute | cst.Subscript) and parent.value is original) or (
            isinstance(parent, cst.Call) and parent.func is original
        )
        if followed and not awaited.lpar:
            awaited = awaited.with_changes(lpar=(cst.LeftParen(),), rpar=(cst.RightParen(),))
        return awaited

    def _whole_statement(self, original: cst.CSTNode) -> cst.SimpleStatementLine | None:
        """The statement that only assigns, returns or makes the call, alone on its line."""
        *_, line, small = [None, None, *self._parents]
        if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1:
            match small:
                case cst.Assign(value=value) | cst.Return(value=value) | cst.Expr(value=value):
                    return line if value is original else None
        return None

    def _span(self, node: cst.CSTNode) -> Span:
        found = self._positions[node]
        assert isinstance(found, cst.metadata.CodeRange)
        return Span(found.start.line, found.start.column, found.end.line, found.end.column)

    def _start(self, node: cst.CSTNode) -> tuple[int, int]:
        span = self._span(node)
        return span.line, span.column


def _dotted(name: str, replaced: cst.BaseExpression) -> cst.BaseExpression:
    """`name` as an expression, in the parentheses of what it replaces."""
    owner, _, attribute = name.partition(".")
    return cst.Attribute(cst.Name(owner), cst.Name(attribute), lpar=replaced.lpar, rpar=replaced.rpar)


def _in_client(statement: cst.SimpleStatementLine, edit: ThroughClient) -> cst.With:
    """The statement in the block of a client, which follows redirects as requests does."""
    opened = cst.parse_expression("httpx.AsyncClient(follow_redirects=True)")
    item = cst.WithItem(opened, cst.AsName(cst.Name(edit.name)))
    return cst.With(
        [item],
        cst.IndentedBlock([statement.with_changes(leading_lines=())]),
        asynchronous=cst.Asynchronous(),
        leading_lines=statement.leading_lines,
    )
