"""Takes an argument out of a call, with its comma and its line; what others wrote around it stays."""

from __future__ import annotations

import libcst as cst


def without_argument(call: cst.Call, name: str) -> cst.Call | None:
    """The call without its keyword argument `name`; None where it has none, or a comment above it."""
    index = next((i for i, arg in enumerate(call.args) if arg.keyword and arg.keyword.value == name), None)
    if index is None:
        return None
    dropped, others = call.args[index], [*call.args[:index], *call.args[index + 1 :]]
    is_last = index == len(others)
    gap = _gap(_before(call, index), _after(dropped), is_last)
    if gap is None:
        return None
    if index == 0:
        return call.with_changes(args=others, whitespace_before_args=gap)
    previous, comma = others[index - 1], others[index - 1].comma
    assert isinstance(comma, cst.Comma)
    if is_last and not isinstance(dropped.comma, cst.Comma) and isinstance(gap, cst.SimpleWhitespace):
        others[index - 1] = previous.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=gap)
    else:
        others[index - 1] = previous.with_changes(comma=comma.with_changes(whitespace_after=gap))
    return call.with_changes(args=others)


def _before(call: cst.Call, index: int) -> cst.BaseParenthesizableWhitespace:
    comma = call.args[index - 1].comma if index else None
    return comma.whitespace_after if isinstance(comma, cst.Comma) else call.whitespace_before_args


def _after(argument: cst.Arg) -> cst.BaseParenthesizableWhitespace:
    comma = argument.comma
    return comma.whitespace_after if isinstance(comma, cst.Comma) else argument.whitespace_after_arg


def _gap(
    before: cst.BaseParenthesizableWhitespace, after: cst.BaseParenthesizableWhitespace, is_last: bool
) -> cst.BaseParenthesizableWhitespace | None:
    """What stands between the neighbours: the end of the line before, and what led to what follows."""
    if not isinstance(before, cst.ParenthesizedWhitespace):
        return after if is_last or isinstance(after, cst.ParenthesizedWhitespace) else before
    if any(line.comment for line in before.empty_lines):
        return None
    if isinstance(after, cst.ParenthesizedWhitespace):
        return before.with_changes(
            empty_lines=after.empty_lines, indent=after.indent, last_line=after.last_line
        )
    return after if is_last and before.first_line.comment is None else before
