"""Types as annotations mean them: their parts, and how they are put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from archlint.service.interpreter.values import Value
from archlint.service.semantics.symbols import Symbol

UNION = "typing.Union"
LITERAL = "typing.Literal"
VARIABLE = "typing.TypeVar"


class NamedAlias(Struct, frozen=True):
    """The `type` statement, or `TypeAliasType(…)`, by which an annotation names a type.

    `value` is what it stands for, without what an annotation adds; the alias within itself has none.
    """

    name: str
    args: tuple[Type, ...]
    value: Type


class Type(Struct, frozen=True, eq=False):
    """A resolved type.

    `name` is a library's public name (`builtins.list`, `typing.Any`), the qualified name of a class of the
    service, `"None"`, or empty where the source does not tell. A union's `args` are its members, a literal's
    `values` its alternatives. `symbol` is the class of the service, `metadata` what `Annotated` adds, and
    `choices` are a literal's evaluated alternatives in the order of the source. These tell no types apart.
    """

    name: str
    args: tuple[Type, ...] = ()
    values: tuple[str, ...] = ()
    symbol: Symbol | None = None
    metadata: tuple[Value, ...] = ()
    choices: tuple[Value, ...] = ()
    alias: NamedAlias | None = None

    def __eq__(self, other: object) -> bool:
        """Whether this is the same type, whatever its annotation adds to it."""
        if not isinstance(other, Type):
            return NotImplemented
        return (self.name, self.args, self.values) == (other.name, other.args, other.values)

    def __hash__(self) -> int:
        return hash((self.name, self.args, self.values))

    def __str__(self) -> str:
        """As an annotation with qualified names; `?` for what is not known."""
        if self.name == UNION:
            return " | ".join(map(str, self.args))
        name = (self.name or "?").removeprefix("builtins.")
        inner = [*map(str, self.args), *self.values]
        return f"{name}[{', '.join(inner)}]" if inner else name

    def walk(self) -> Iterator[Type]:
        """The type itself and all in it, outermost first."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    @property
    def members(self) -> tuple[Type, ...]:
        """The alternatives of a union, without `None`; of any other type itself."""
        if self.name != UNION:
            return () if self == NONE else (self,)
        return tuple(member for arg in self.args for member in arg.members)

    @property
    def optional(self) -> bool:
        """Whether `None` is one of its alternatives."""
        return self == NONE or (self.name == UNION and NONE in self.args)


UNKNOWN = Type("")
NONE = Type("None")
ANY = Type("typing.Any")


def substitute(found: Type, variables: Mapping[str, Type]) -> Type:
    """The type with type variables replaced; `variables` has them by their qualified names."""
    if found.name == VARIABLE:
        # One that is made on the spot, `Page[TypeVar("T")]`, has no name that arguments could stand for.
        given = variables.get(found.values[0]) if found.values else None
        return found if given is None else replace(given, metadata=(*given.metadata, *found.metadata))
    alias = found.alias
    if not found.args and alias is None:
        return found
    if alias is not None:
        args = tuple(substitute(arg, variables) for arg in alias.args)
        alias = NamedAlias(alias.name, args, substitute(alias.value, variables))
    return replace(found, args=tuple(substitute(arg, variables) for arg in found.args), alias=alias)


def union_of(args: tuple[Type, ...]) -> Type:
    """Flat, each once, `None` last; order says nothing else."""
    flat = [m for arg in args for m in (arg.args if _is_bare_union(arg) else (arg,))]
    once = list({(member, member.alias, *map(id, member.metadata)): member for member in flat}.values())
    nulls = [member for member in once if member == NONE and not member.metadata]
    ordered = [*(member for member in once if member not in nulls or member.metadata), *nulls]
    return ordered[0] if len(ordered) == 1 else Type(UNION, tuple(ordered))


def _is_bare_union(found: Type) -> bool:
    return found.name == UNION and not found.metadata and found.alias is None
