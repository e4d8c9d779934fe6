"""Text that the source itself fixes: literals, and names that are given one literal and nothing else."""

from __future__ import annotations

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    FString,
    Name,
    Operator,
)
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope, Symbol, Symbols

_MAX_DEPTH = 10


class Literals:
    """Answers for one service; what configuration may replace is never a literal."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols

    def text(self, module: Module, expression: Expression, scope: Scope = (), depth: int = 0) -> str | None:
        """The string that an expression always is; None where anything else may decide."""
        if depth > _MAX_DEPTH:
            return None
        match expression:
            case Constant(value=str(text)):
                return text
            case Constant(value=int() | float() as number) if depth and not isinstance(number, bool):
                return str(number)
            case FString(parts=parts) | Operator(operator="+", parts=parts):
                texts = [self.text(module, part, scope, depth + 1) for part in parts]
                return None if None in texts else "".join(text for text in texts if text is not None)
            case Call(func=func, args=(value,), keywords=()):
                known = self._symbols.resolve(module, func, scope).qualified in names_of(
                    "secret type", "URL type", "URL text"
                )
                return self.text(module, value, scope, depth + 1) if known else None
            case Call(func=Attribute(attr="upper" | "lower" as method, value=inner), args=(), keywords=()):
                found = self.text(module, inner, scope, depth + 1)
                return None if found is None else found.upper() if method == "upper" else found.lower()
            case Name() | Attribute():
                return self._named_text(module, expression, scope, depth)
        return None

    def _named_text(self, module: Module, name: Name | Attribute, scope: Scope, depth: int) -> str | None:
        """What a constant holds, or a member of an enumeration that is text or is asked for its value."""
        found = self.constant(module, name, scope) or self._member(module, name, scope)
        value = found.node.value if found is not None and isinstance(found.node, Assign) else None
        if found is None or found.module is None or value is None:
            return None
        return self.text(found.module, value, self._symbols.scope_of(found), depth + 1)

    def _member(self, module: Module, name: Name | Attribute, scope: Scope) -> Symbol | None:
        """`Prefix.SHOP.value` of an `Enum`, `Prefix.SHOP` of a `StrEnum`, an attribute of a bare class."""
        is_value = isinstance(name, Attribute) and name.attr == "value"
        asked = name.value if isinstance(name, Attribute) and is_value else name
        found = self._symbols.resolve(module, asked, scope)
        around = self._symbols.scope_of(found)
        if not isinstance(found.node, Assign) or not around or not isinstance(around[-1], ClassDef):
            return None
        owner = self._symbols.resolve(found.module, around[-1].name, around[:-1]) if found.module else found
        bases = {base.qualified for base in self._symbols.bases(owner)}
        is_plain = bases <= {"object"} and not around[-1].decorators
        is_member = "enum.Enum" in bases or "enum.StrEnum" in bases
        if (is_value and is_member) or (not is_value and (is_plain or "enum.StrEnum" in bases)):
            return found
        return None

    def is_number(self, module: Module, expression: Expression, scope: Scope = ()) -> bool:
        """Whether an expression is always the same number."""
        match expression:
            case Constant(value=int() | float() as value):
                return not isinstance(value, bool)
            case Operator(operator="+" | "-" | "*" | "/" | "//" | "**", parts=parts):
                return all(self.is_number(module, part, scope) for part in parts)
            case Name() | Attribute():
                found = self.constant(module, expression, scope)
                given = found.node.value if found is not None and isinstance(found.node, Assign) else None
                return isinstance(given, Constant) and self.is_number(module, given)
        return False

    def constant(self, module: Module, expression: Expression, scope: Scope = ()) -> Symbol | None:
        """What a name means, where the source gives it one value and settings are not asked."""
        found = self._symbols.resolve(module, expression, scope)
        if not isinstance(found.node, Assign) or found.module is None or self._is_rebound(found):
            return None
        around = self._symbols.scope_of(found)
        classes = [one for one in around if isinstance(one, ClassDef)]
        return None if classes else found

    def _is_rebound(self, found: Symbol) -> bool:
        """Whether the module gives the name a value more than once, in whatever branch."""
        assert found.module is not None
        name = found.qualified.rpartition(".")[2]
        assigned = [
            statement
            for statement in found.module.source.nodes.of(Assign)
            if any(isinstance(target, Name) and target.id == name for target in statement.targets)
        ]
        return len(assigned) != 1
