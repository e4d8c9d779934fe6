"""Where in an operation or a component a change was found."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from archlint.service.evolution.change import Direction


class SchemaPlace(Struct, frozen=True):
    """Where a schema stands: what the message calls it, and the component and path of names that it is in.

    `base_schema` is what the base calls the component, where it has another name there.
    `subject` is `body`, `property`, `parameter`, `parameter-property` or `header`.
    """

    direction: Direction
    subject: str
    label: str
    schema: str = ""
    base_schema: str = ""
    field: str = ""
    loose: bool = False
    """Whether values are texts, as in a query: there a number is a string, too."""

    def inner(self, name: str) -> SchemaPlace:
        """The place of a property."""
        path = f"{self.field}/{name}" if self.field else name
        subject = "parameter-property" if self.subject.startswith("parameter") else "property"
        return replace(self, subject=subject, field=path)

    def inside(self, component: str, base: str) -> SchemaPlace:
        """The place of a component's own schema, under its name in the head and in the base.

        Where the head has no component, it is the same place, at which the base had one.
        """
        if not component:
            return self if self.schema or not base else replace(self, base_schema=base)
        return replace(self, schema=component, base_schema=base or component, field="")

    @property
    def shown(self) -> str:
        """What the message calls the thing."""
        where = f" of {self.schema}" if self.schema else f" of the {self.label}"
        return f"`{self.field}`{where}" if self.field else self.schema or f"the {self.label}"


class Found(Struct, frozen=True):
    """A change of a schema, before the operations that it reaches are known."""

    id: str
    text: str
    place: SchemaPlace


def of_operation(identifier: str, text: str) -> Found:
    """A change of what an operation says of itself."""
    return Found(identifier, text, SchemaPlace("request", "", ""))
