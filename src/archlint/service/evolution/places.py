"""Where in an operation or a component a change was found."""

from __future__ import annotations

from dataclasses import dataclass, replace

from archlint.service.evolution.change import Direction


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schema stands: what the message calls it, and the component and path of names that it is in.

    `subject` is `body`, `property`, `parameter` or `parameter-property`.
    """

    direction: Direction
    subject: str
    label: str
    schema: str = ""
    field: str = ""
    loose: bool = False
    """Whether values are texts, as in a query: there a number is a string, too."""

    def inner(self, name: str) -> Place:
        """The place of a property."""
        path = f"{self.field}/{name}" if self.field else name
        subject = "parameter-property" if self.subject.startswith("parameter") else "property"
        return replace(self, subject=subject, field=path)

    def inside(self, component: str) -> Place:
        """The place of a component's own schema."""
        return replace(self, schema=component, field="") if component else self

    @property
    def shown(self) -> str:
        """What the message calls the thing."""
        where = f" of {self.schema}" if self.schema else f" of the {self.label}"
        return f"`{self.field}`{where}" if self.field else self.schema or f"the {self.label}"


@dataclass(frozen=True, slots=True)
class Found:
    """A change of a schema, before the operations that it reaches are known."""

    id: str
    text: str
    place: Place
