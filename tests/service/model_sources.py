"""Ways to declare tables, each a module with `Base` or `metadata`."""

from __future__ import annotations

from textwrap import dedent

HEAD = """
import datetime
import decimal
import enum
import uuid
from typing import Annotated, Any, ClassVar, List, Literal, Optional, Union

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, UniqueConstraint, func
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import (
    DeclarativeBase, Mapped, MappedAsDataclass, column_property, declarative_base, declarative_mixin,
    declared_attr, deferred, mapped_column, registry, relationship, synonym,
)
"""
BASE = """

class Base(DeclarativeBase):
    pass

"""


def _module(body: str, base: str = BASE) -> str:
    return HEAD + base + dedent(body)


SOURCES = {
    "annotations of every kind": _module("""
        class Item(Base):
            __tablename__ = "items"
            id: Mapped[int] = mapped_column(primary_key=True)
            a: Mapped[str]
            b: Mapped[Optional[str]]
            c: Mapped["str | None"]
            d: Mapped[Union[int, None]]
            e: Mapped[datetime.datetime]
            f: Mapped[datetime.date]
            g: Mapped[datetime.time]
            h: Mapped[datetime.timedelta]
            i: Mapped[decimal.Decimal]
            j: Mapped[float] = mapped_column(sa.Float)
            k: Mapped[bool]
            m: Mapped[bytes]
            n: Mapped[uuid.UUID]
            o: "Mapped[int | None]"
            p: Mapped[str] = mapped_column(nullable=True)
            q: Mapped[Optional[str]] = mapped_column(nullable=False)
            r: Mapped[int] = mapped_column("renamed", sa.SmallInteger)
            s: ClassVar[int] = 3
            t: Mapped[dict] = mapped_column(JSONB)
            u: Mapped[List[str]] = mapped_column(ARRAY(String(20)))
            v: Mapped[Any] = mapped_column(sa.JSON, nullable=True)
        """),
    "types of the old style": _module(
        """
        class Item(Base):
            __tablename__ = "items"
            id = Column(sa.BigInteger, primary_key=True, autoincrement=True)
            a = Column(String)
            b = Column(String(length=30), nullable=False)
            c = Column("see", sa.Text, unique=True)
            d = Column(sa.Numeric(10, 2), index=True)
            e = Column(sa.Numeric(precision=5, scale=1))
            f = Column(sa.DateTime(timezone=True), server_default=func.now())
            g = Column(sa.TIMESTAMP)
            h = Column(sa.Float, default=1.0)
            i = Column(sa.Float(24))
            j = Column(sa.LargeBinary)
            k = Column(sa.Uuid)
            m = Column(postgresql.UUID(as_uuid=True))
            n = Column(sa.Enum("x", "y", name="letters"))
            o = Column(sa.Enum("x", "yyy", native_enum=False))
            p = Column(sa.Interval())
            q = Column(sa.Boolean(), nullable=False, server_default=sa.text("false"))
            r = Column(sa.CHAR(2))
            s = Column(sa.Unicode(5))
            t = Column(sa.JSON().with_variant(JSONB(), "postgresql"))
            u = Column(postgresql.TSVECTOR)
            v = Column(sa.Time(timezone=True))
            w = deferred(Column(sa.Text))
            x = Column(postgresql.DOUBLE_PRECISION)
            y = Column(postgresql.INET)
            z = Column(type_=Integer, name="zed")
        """,
        base="\nBase = declarative_base()\n",
    ),
    "enumerations": _module("""
        class Kind(enum.Enum):
            A = "a"
            B = "bb"

        class Level(enum.IntEnum):
            LOW = 1

        class Word(str, enum.Enum):
            X = "x"

        class Item(Base):
            __tablename__ = "items"
            id: Mapped[int] = mapped_column(primary_key=True)
            a: Mapped[Kind]
            b: Mapped[Optional[Word]]
            c: Mapped[Kind] = mapped_column(
                sa.Enum(Kind, name="kinds", values_callable=lambda kind: [m.value for m in kind])
            )
            d: Mapped[Level] = mapped_column(sa.Enum(Level, native_enum=False, length=12))
            e = mapped_column(postgresql.ENUM("p", "q", name="pq", create_type=False), nullable=False)
            f: Mapped[Literal["on", "off"]] = mapped_column(String(3))
        """),
    "constraints and indexes": _module("""
        class Owner(Base):
            __tablename__ = "owners"
            __table_args__ = {"comment": "who owns"}
            id: Mapped[int] = mapped_column(primary_key=True)
            kind: Mapped[int] = mapped_column(primary_key=True)

        class Item(Base):
            __tablename__ = "items"
            id: Mapped[int] = mapped_column(primary_key=True)
            a: Mapped[int] = mapped_column(index=True)
            b: Mapped[int] = mapped_column(unique=True)
            c: Mapped[int] = mapped_column(index=True, unique=True)
            owner_id: Mapped[int]
            owner_kind: Mapped[int]
            parent_id: Mapped[Optional[int]] = mapped_column(
                ForeignKey("items.id", ondelete="SET NULL", onupdate="CASCADE")
            )
            __table_args__ = (
                UniqueConstraint("a", "b", name="ab"),
                UniqueConstraint("b", "c"),
                Index("many", "a", "b", unique=True, postgresql_where=sa.text("a > 1")),
                Index("expression", sa.text("lower('x')"), "a"),
                Index(None, "b", "c"),
                sa.ForeignKeyConstraint(
                    ["owner_id", "owner_kind"], ["owners.id", "owners.kind"], ondelete="CASCADE"
                ),
                sa.CheckConstraint("a > 0", name="positive"),
                {"comment": "things"},
            )

        Index("lowered", func.lower(sa.cast(Item.a, String)), unique=True)
        """),
    "a naming convention": _module(
        """
        class Shelf(Base):
            __tablename__ = "shelves"
            id: Mapped[int] = mapped_column(primary_key=True)

        class Item(Base):
            __tablename__ = "items"
            id: Mapped[int] = mapped_column(primary_key=True)
            a: Mapped[int] = mapped_column(index=True)
            b: Mapped[int] = mapped_column(unique=True)
            shelf: Mapped[int] = mapped_column(ForeignKey(Shelf.id))
            a_very_long_name_for_a_column_that_is_cut_in_the_middle: Mapped[int] = mapped_column(index=True)
            __table_args__ = (UniqueConstraint("a", "b"), Index(None, "a", "b"), Index("given", "b"))
        """,
        base="""
class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix__%(table_name)s__%(column_0_N_name)s",
            "uq": "uq__%(table_name)s__%(column_0_N_name)s",
            "ck": "ck__%(table_name)s__%(constraint_name)s",
            "fk": "fk__%(table_name)s__%(column_0_name)s__%(referred_table_name)s",
            "pk": "pk__%(table_name)s",
        }
    )
""",
    ),
    "mixins and declared attributes": _module("""
        class Stamped:
            created: Mapped[datetime.datetime] = mapped_column(
                sa.DateTime(timezone=True), server_default=func.now()
            )
            updated: Mapped[Optional[datetime.datetime]]

        class Keyed:
            @declared_attr
            def id(cls) -> Mapped[int]:
                return mapped_column(primary_key=True)

            @declared_attr.directive
            def __tablename__(cls) -> str:
                return f"{cls.__name__.lower()}s"

        class Owned:
            owner_id = Column(Integer, nullable=False)

            @declared_attr
            def parent_id(cls):
                return Column(Integer, ForeignKey(f"{cls.__name__.lower()}s.id"), index=True)

            @declared_attr
            def __table_args__(cls):
                return (UniqueConstraint("owner_id", "id", name=f"uq_{cls.__name__}"),)

        class Item(Keyed, Stamped, Owned, Base):
            name: Mapped[str]

        class Loan(Stamped, Keyed, Base):
            updated: Mapped[Optional[datetime.datetime]] = mapped_column(sa.Date)
            item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
            item: Mapped[Item] = relationship()
        """),
    "inheritance": _module("""
        class Thing(Base):
            __tablename__ = "things"
            id: Mapped[int] = mapped_column(primary_key=True)
            kind: Mapped[str] = mapped_column(String(10))
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "thing"}

        class Tool(Thing):
            weight: Mapped[Optional[int]]
            __mapper_args__ = {"polymorphic_identity": "tool"}

        class Book(Thing):
            __tablename__ = "books"
            id: Mapped[int] = mapped_column(ForeignKey("things.id"), primary_key=True)
            pages: Mapped[int]
            __mapper_args__ = {"polymorphic_identity": "book"}

        class Abstract(Base):
            __abstract__ = True
            id: Mapped[int] = mapped_column(primary_key=True)
            note: Mapped[Optional[str]] = mapped_column(sa.Text)

        class Real(Abstract):
            __tablename__ = "real"
            size: Mapped[int]
        """),
    "annotated types and a type map": _module(
        """
        class Wide(Base):
            __tablename__ = "wide"
            id: Mapped[pk]
            name: Mapped[short]
            note: Mapped[Optional[short]]
            stamp: Mapped[datetime.datetime]
            big: Mapped[int]
            other: Mapped[plain] = mapped_column(index=True)
            own: Mapped[short] = mapped_column(String(7))
        """,
        base="""
pk = Annotated[int, mapped_column(primary_key=True)]
short = Annotated[str, 40]
plain = Annotated[str, mapped_column(String(11), unique=True)]


class Base(DeclarativeBase):
    type_annotation_map = {
        short: String(40),
        datetime.datetime: sa.DateTime(timezone=True),
        int: sa.BigInteger(),
    }
""",
    ),
    "tables without classes": HEAD
    + dedent("""
        metadata = MetaData(schema="shop")

        owners = Table(
            "owners",
            metadata,
            Column("id", Integer, primary_key=True),
            Column("name", String(9), unique=True),
        )
        items = Table(
            "items",
            metadata,
            Column("id", sa.Uuid, primary_key=True),
            Column("owner_id", ForeignKey("shop.owners.id", ondelete="CASCADE"), nullable=False),
            Column("other_id", Integer, ForeignKey(owners.c.id)),
            Column("code", String(3), index=True),
            UniqueConstraint("owner_id", "code", name="owner_code"),
            Index("by_code", "code", "owner_id"),
            schema="store",
        )
        """),
    "association tables and Table in classes": _module("""
        links = Table(
            "links",
            Base.metadata,
            Column("left_id", ForeignKey("nodes.id"), primary_key=True),
            Column("right_id", ForeignKey("nodes.id"), primary_key=True),
        )

        class Node(Base):
            __tablename__ = "nodes"
            id: Mapped[int] = mapped_column(primary_key=True)
            linked: Mapped[List["Node"]] = relationship(
                secondary=links, primaryjoin=id == links.c.left_id, secondaryjoin=id == links.c.right_id
            )

        class Old(Base):
            __table__ = Table(
                "old", Base.metadata, Column("id", Integer, primary_key=True), Column("x", sa.Text)
            )
        """),
    "generic aliases of annotated columns": _module("""
        from typing import TypeVar

        T = TypeVar("T")
        Indexed = Annotated[T, mapped_column(index=True)]
        Unique = Annotated[T, mapped_column(String(20), unique=True)]
        Key = Annotated[T, mapped_column(primary_key=True)]
        OwnerId = Annotated[int, mapped_column(ForeignKey("owners.id", ondelete="CASCADE"))]


        class Owner(Base):
            __tablename__ = "owners"
            id: Mapped[Key[int]]
            name: Mapped[Unique[str]]
            nick: Mapped[Unique[str] | None]


        class Item(Base):
            __tablename__ = "items"
            id: Mapped[Key[uuid.UUID]]
            first: Mapped[OwnerId]
            second: Mapped[Indexed[OwnerId]]
            third: Mapped[Optional[Indexed[OwnerId]]]
            count: Mapped[Indexed[int]]
    """),
    "columns of mixins that a class takes back": _module(
        """
        class Item(Base):
            __tablename__ = "items"
            id = None
            key = Column(Integer, primary_key=True)
            note = "x"
            made = None
            third = 3

            @property
            def other(self):
                return 1


        class Stamped:
            stamp = Column(String)
            typed: Mapped[str]

            @declared_attr
            def seen(cls):
                return Column(String)


        class Unstamped(Stamped):
            stamp = None


        class Thing(Unstamped, Base):
            __tablename__ = "things"
            seen = None
            typed = None
            other = Column(Integer)
    """,
        base="""
class Common:
    id = Column(Integer, primary_key=True)
    note = Column(String)
    other = Column(String)
    third = mapped_column(String)

    @declared_attr
    def made(cls):
        return Column(String)


Base = declarative_base(cls=Common)

""",
    ),
    "dataclasses and registries": _module("""
        class Item(MappedAsDataclass, Base):
            __tablename__ = "items"
            id: Mapped[int] = mapped_column(init=False, primary_key=True)
            name: Mapped[str] = mapped_column(String(12), default="x")
            plain: Mapped[Optional[int]] = mapped_column(default=None)

        mapper_registry = registry(metadata=Base.metadata)

        @mapper_registry.mapped
        class Other:
            __tablename__ = "others"
            id = Column(Integer, primary_key=True)

        Made = mapper_registry.generate_base()

        class Third(Made):
            __tablename__ = "thirds"
            id = Column(Integer, primary_key=True)
        """),
    "expressions, synonyms and computed columns": _module("""
        class Item(Base):
            __tablename__ = "items"
            id: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
            first: Mapped[str] = mapped_column()
            last: Mapped[str] = mapped_column()
            both = column_property(first + " " + last)
            alias = synonym("first")
            size: Mapped[int] = mapped_column(sa.Computed("id * 2"))
            counter: Mapped[int] = mapped_column(sa.Sequence("counting"))
        """),
    "a base with columns, and loops": _module(
        """
        class Item(Base):
            name: Mapped[str]

        def make(name):
            class Label(Base):
                __tablename__ = f"{name}_labels"
                key: Mapped[str] = mapped_column(String(20), index=True)

            return Label

        for name in ("item", "shelf"):
            make(name)
        """,
        base="""
class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower()
""",
    ),
    "composites": """
import dataclasses
from typing import Optional
from sqlalchemy import Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, composite, deferred, mapped_column

class Base(DeclarativeBase): pass

@dataclasses.dataclass
class Point:
    x: int
    y: Optional[int]

@dataclasses.dataclass
class Named(Point):
    label: str

class Pair:
    def __init__(self, one, two):
        self.one, self.two = one, two

    def __composite_values__(self):
        return self.one, self.two

class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[Point] = composite(mapped_column("start_x"), mapped_column("start_y"))
    end = composite(Point, mapped_column("end_x"), mapped_column("end_y", Integer, nullable=False))
    named: Mapped[Named] = composite(
        mapped_column("named_x"), mapped_column("named_y"), mapped_column("label", String(9))
    )
    a: Mapped[int]
    b: Mapped[Optional[str]] = mapped_column(String(5), index=True)
    by_name: Mapped[Pair] = composite(Pair, "a", "b")
    by_object: Mapped[Pair] = composite(Pair, b, "a")
    late: Mapped[str] = deferred(mapped_column(String(3)))
    doubled = column_property(mapped_column("twice", Integer))

class Bare(Base):
    __tablename__ = "bare"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Point] = composite()
    maybe: Mapped[Optional[Point]] = composite(mapped_column("maybe_x"), mapped_column("maybe_y"))
""",
    "types of foreign keys": """
import uuid
from sqlalchemy import UUID, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): pass

class Scan(Base):
    __tablename__ = "scans"
    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)

class Url(Base):
    __tablename__ = "urls"
    id: Mapped[int] = mapped_column(primary_key=True)
    scan_id: Mapped[str] = mapped_column(ForeignKey("scans.id"))
    other_id: Mapped[str | None] = mapped_column(ForeignKey("scans.id"))
    text_id: Mapped[str] = mapped_column(String(36))
""",
}
