"""Which environment variables a field of a settings class is read from.

As pydantic-settings builds the names (`EnvSettingsSource` and `_extract_field_info` of its
`sources/base.py`), and as Pydantic 1 did (`BaseSettings.Config.prepare_field`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    Constant,
    Dict,
    Expression,
    FunctionDef,
    Name,
    Sequence,
)
from archlint.facts.traversal import all_nodes, is_none
from archlint.service.api.class_options import ClassOptions
from archlint.service.interpreter.values import Written
from archlint.service.semantics.constants import Literals
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbol

MAX_PARTS = 2_000
_GENERATORS: Mapping[str, Callable[[str], str]] = {
    "to_camel": lambda name: name.replace("_", ""),
    "to_pascal": lambda name: name.replace("_", ""),
    "to_snake": lambda name: name,
    "upper": lambda name: name,
    "lower": lambda name: name,
}
"""Generators of aliases by name, but for letters' case: `pydantic.alias_generators`, and methods of `str`."""


class FieldName(Struct, frozen=True):
    """A name under which a model takes a field's value: the field's own, or an alias."""

    text: str
    is_alias: bool


class VariablePath(Struct, frozen=True):
    """The name of a variable in parts: that of the outermost field, and those of fields in models below."""

    top: str
    inner: tuple[str, ...] = ()


class Naming:
    """How one settings class names the variables of its fields.

    `parts_left` counts down how many fields of models are read: models may hold one another without end.
    `is_known` is false where an option or an alias that counts is computed; it is final when the fields of
    the class have been read.
    """

    def __init__(self, options: ClassOptions, of_pydantic_1: bool) -> None:
        prefix, delimiter = options.text("env_prefix"), options.text("env_nested_delimiter")
        target = options.text("env_prefix_target") or "variable"
        self.prefix = prefix or ""
        self.delimiter = delimiter or None
        self.levels = options.number("env_nested_max_split") or None
        self.prefixed = {"variable": {False}, "alias": {True}, "all": {False, True}}.get(target, {False})
        self.is_case_sensitive = options.truth("case_sensitive") is True
        self.is_known = options.complete and prefix is not None and delimiter is not None
        self.of_pydantic_1 = of_pydantic_1
        self._options = options
        self.parts_left = MAX_PARTS

    def tops(self, name: str, keywords: Mapping[str, Written]) -> tuple[VariablePath, ...]:
        """The variables of a field of the settings class itself."""
        keys = (
            self._old_keys(name, keywords) if self.of_pydantic_1 else self.keys(name, keywords, self._options)
        )
        return tuple(
            VariablePath((self.prefix if key.is_alias in self.prefixed else "") + key.text) for key in keys
        )

    def inner(
        self,
        outer: tuple[VariablePath, ...],
        name: str,
        keywords: Mapping[str, Written],
        options: ClassOptions,
    ) -> tuple[VariablePath, ...]:
        """The variables of a field of a model that is the value of the field at `outer`."""
        if self.delimiter is None:
            return ()
        keys = self.keys(name, keywords, options)
        paths = (VariablePath(path.top, (*path.inner, key.text)) for path in outer for key in keys)
        return tuple(path for path in paths if self._is_reached(path))

    def variable(self, path: VariablePath) -> str:
        """The name of a variable, in lower case unless the class tells cases apart."""
        text = (self.delimiter or "").join((path.top, *path.inner))
        return text if self.is_case_sensitive else text.lower()

    def beginnings(self, paths: tuple[VariablePath, ...]) -> tuple[str, ...]:
        """How the variables begin that set keys of a mapping at these paths."""
        return tuple(self.variable(path) + (self.delimiter or "") for path in paths if self.delimiter)

    def _is_reached(self, path: VariablePath) -> bool:
        """Whether the name is taken apart into these parts again: a delimiter may be in a field's name."""
        assert self.delimiter is not None
        parts = [part if self.is_case_sensitive else part.lower() for part in path.inner]
        delimiter = self.delimiter if self.is_case_sensitive else self.delimiter.lower()
        return delimiter.join(parts).split(delimiter, (self.levels or 0) - 1) == parts

    def keys(
        self, name: str, keywords: Mapping[str, Written], options: ClassOptions
    ) -> tuple[FieldName, ...]:
        """The names under which a model of Pydantic 2 takes a field."""
        by_alias = options.truth("validate_by_alias") is not False
        by_name = options.truth("validate_by_name")
        by_name = options.truth("populate_by_name") if by_name is None else by_name
        by_name = not by_alias if by_name is None else by_name
        aliases = tuple(self._aliases(name, keywords, options)) if by_alias else ()
        own = (FieldName(name, False),) if by_name or not aliases else ()
        return (*(FieldName(alias, True) for alias in aliases), *own)

    def _aliases(self, name: str, keywords: Mapping[str, Written], options: ClassOptions) -> Iterator[str]:
        given = keywords.get("validation_alias") or keywords.get("alias")
        if "alias_generator" in options.given and _is_weak(keywords.get("alias_priority")):
            given = None
        if given is not None and not is_none(given.expression):
            yield from self._alias_texts(given, options.literals)
        elif (generator := options.given.get("alias_generator")) is not None:
            known = _GENERATORS.get(last_name(generator.expression))
            self.is_known = self.is_known and known is not None
            yield from [known(name)] if known else []

    def _alias_texts(self, alias: Written, literals: Literals) -> Iterator[str]:
        """A string, the choices of `AliasChoices`, the head of an `AliasPath`."""
        match alias.expression:
            case Call(func=func, args=args) if last_name(func) == "AliasChoices":
                for choice in args:
                    yield from self._alias_texts(Written(alias.module, alias.scope, choice), literals)
            case Call(func=func, args=(head, *_)) if last_name(func) == "AliasPath":
                yield from self._alias_texts(Written(alias.module, alias.scope, head), literals)
            case Name() | Attribute() if (made := self._constant(alias, literals)) is not None:
                yield from self._alias_texts(made, literals)
            case expression:
                text = literals.text(alias.module, expression, alias.scope)
                self.is_known = self.is_known and text is not None
                yield from [text] if text else []

    @staticmethod
    def _constant(named: Written, literals: Literals) -> Written | None:
        """The call that a constant holds, as with choices that several fields share."""
        found = literals.constant(named.module, named.expression, named.scope)
        value = found.node.value if found is not None and isinstance(found.node, Assign) else None
        if found is None or found.module is None or not isinstance(value, Call):
            return None
        return Written(found.module, (), value)

    def _old_keys(self, name: str, keywords: Mapping[str, Written]) -> tuple[FieldName, ...]:
        """Pydantic 1: `Field(env=…)` or `Config.fields`, without prefix; aliases name no variables."""
        given = self._of_config(name) or keywords.get("env")
        if given is None:
            return (FieldName(name, False),)
        items = given.expression.items if isinstance(given.expression, Sequence) else (given.expression,)
        texts = [self._options.literals.text(given.module, item, given.scope) for item in items]
        self.is_known = self.is_known and None not in texts
        return tuple(FieldName(text, True) for text in texts if text)

    def _of_config(self, name: str) -> Written | None:
        """What `Config.fields` says: `{"field": "NAME"}` or `{"field": {"env": …}}`."""
        fields = self._options.given.get("fields")
        value = _item(fields.expression, name) if fields else None
        value = _item(value, "env") if isinstance(value, Dict) else value
        return Written(fields.module, fields.scope, value) if fields and value is not None else None


def _is_weak(priority: Written | None) -> bool:
    """Whether `alias_priority=1` lets the model's generator have its way."""
    return (
        priority is not None and isinstance(priority.expression, Constant) and priority.expression.value == 1
    )


def is_computed(value: Expression | None, resolved: Callable[[Expression], Symbol]) -> bool:
    """Whether a function of the service's own makes the field that a call gives, and so may name it."""
    match value:
        case Call(func=func):
            made = resolved(func).node
            if isinstance(made, Assign) and isinstance(made.value, Call):
                return any(isinstance(one, Name) and one.id == "Field" for one in made.value.args)
            nodes = all_nodes(made) if isinstance(made, FunctionDef) else ()
            return any(isinstance(one, Call) and last_name(one.func) == "Field" for one in nodes)
    return False


def _item(mapping: Expression | None, name: str) -> Expression | None:
    for key, value in mapping.items if isinstance(mapping, Dict) else ():
        if isinstance(key, Constant) and key.value == name:
            return value
    return None
