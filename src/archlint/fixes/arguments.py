"""Puts arguments into calls and takes them out, with comma and line; what others wrote around them stays."""

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


def with_argument(call: cst.Call, name: str, value: str) -> cst.Call | None:
    """The call with the keyword argument, on a line of its own where the others are; None beside `**`."""
    expression = cst.parse_expression(value)
    index = next((i for i, arg in enumerate(call.args) if arg.keyword and arg.keyword.value == name), None)
    if index is not None:
        changed = call.args[index].with_changes(value=expression)
        return call.with_changes(args=[*call.args[:index], changed, *call.args[index + 1 :]])
    if any(arg.star == "**" for arg in call.args):
        return None
    argument = cst.Arg(expression, cst.Name(name), equal=cst.AssignEqual(_NOTHING, _NOTHING))
    if not call.args:
        return call.with_changes(args=[argument])
    *others, last = call.args
    gap = _gap_after(call)
    if isinstance(last.comma, cst.Comma):
        argument = argument.with_changes(comma=last.comma)
    before = last.with_changes(comma=cst.Comma(whitespace_after=gap))
    if not isinstance(last.comma, cst.Comma):
        argument = argument.with_changes(whitespace_after_arg=last.whitespace_after_arg)
        before = before.with_changes(whitespace_after_arg=_NOTHING)
    return call.with_changes(args=[*others, before, argument])


_NOTHING = cst.SimpleWhitespace("")


def _gap_after(call: cst.Call) -> cst.BaseParenthesizableWhitespace:
    """What stands between two of its arguments: a line's end where each has its own line."""
    if len(call.args) > 1:
        comma = call.args[-2].comma
        if isinstance(comma, cst.Comma):
            return comma.whitespace_after
    first = call.whitespace_before_args
    return first if isinstance(first, cst.ParenthesizedWhitespace) else cst.SimpleWhitespace(" ")


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
