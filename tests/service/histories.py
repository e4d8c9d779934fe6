"""Random small services: models, and revisions that build about these, with downgrades that about undo them.

What a step does is right most of the time; in between something is left out, in the wrong order, or said of
what is not there, as people's migrations do.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.service.history_tables import Column, Constraint, State, Table
from tests.service.migrated import History, Step

TYPES = (
    *(
        "sa.Integer()",
        "sa.BigInteger()",
        "sa.SmallInteger()",
        "sa.String()",
        "sa.String(20)",
        "sa.String(50)",
    ),
    *("sa.Text()", "sa.Boolean()", "sa.Date()", "sa.DateTime()", "sa.DateTime(timezone=True)", "sa.Time()"),
    *("sa.Numeric()", "sa.Numeric(10, 2)", "sa.Float()", "sa.Double()", "sa.JSON()", "postgresql.JSONB()"),
    *("sa.Uuid()", "sa.LargeBinary()", "sa.Interval()", "postgresql.ARRAY(sa.Integer())", "sa.CHAR(3)"),
    *("postgresql.ARRAY(sa.String())", "postgresql.INET()", "sa.Numeric(10)"),
)
KEYS = ("sa.Integer()", "sa.BigInteger()", "sa.Uuid()", "sa.String(20)")
DEFAULTS = {
    "sa.Integer()": "sa.text('0')",
    "sa.String(20)": "'none'",
    "sa.Boolean()": "sa.text('false')",
    "sa.DateTime()": "sa.text('now()')",
    "sa.Text()": "''",
    "sa.Numeric(10, 2)": "sa.text('1.5')",
}
TABLES = ("author", "book", "loan", "Shelf", "user")
COLUMNS = ("name", "size", "kind", "due", "Order", "note", "owner_id")
ENUMS = ("mood", "Grade", "state")


@dataclass
class Maker:
    """Makes one history; `mischief` is how likely a step is made wrong."""

    random: Random
    mischief: float = 0.06
    state: State = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    up: list[str] = field(default_factory=list)
    down: list[str] = field(default_factory=list)
    names: int = 0

    def history(self) -> History:
        """The history, with models near to what it builds."""
        for _ in range(self.random.randint(1, 4)):
            self.up, self.down = [], []
            for _ in range(self.random.randint(1, 4)):
                self._operation()
            self._muddle()
            down = list(reversed(self.down))
            self.steps.append(Step("\n".join(self.up), "\n".join(down)))
        return History(tuple(self.steps), self._models())

    def _chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def _muddle(self) -> None:
        """Forget or reorder an operation of the downgrade, or do one twice."""
        if self.down and self._chance(self.mischief):
            del self.down[self.random.randrange(len(self.down))]
        if self.down and self._chance(self.mischief):
            self.random.shuffle(self.down)
        if self.down and self._chance(self.mischief / 3):
            self.down.append(self.random.choice(self.down))

    def _operation(self) -> None:
        choices: list[tuple[Callable[[], None], int]] = [(self._create_table, 4)]
        if self.state:
            choices += [
                (self._add_column, 4),
                (self._drop_column, 2),
                (self._alter_type, 2),
                (self._alter_nullable, 2),
                (self._rename_column, 1),
                (self._add_index, 2),
                (self._add_unique, 2),
                (self._add_check, 1),
                (self._add_foreign_key, 3),
                (self._drop_constraint, 2),
                (self._drop_table, 1),
                (self._rename_table, 1),
                (self._sql, 1),
            ]
        actions, weights = zip(*choices, strict=True)
        self.random.choices(actions, weights)[0]()

    def _do(self, up: str, *down: str) -> None:
        """An operation and, in the order in which they are written, what undoes it."""
        self.up.append(up)
        self.down.extend(reversed(down))

    # The operations

    def _create_table(self) -> None:
        free = [name for name in TABLES if name not in self.state]
        if not free:
            return self._add_column()
        name = self.random.choice(free)
        table = Table({"id": Column(self.random.choice(KEYS), nullable=False)})
        for column in self.random.sample(COLUMNS, self.random.randint(0, 3)):
            table.columns[column] = self._column()
        self.state[name] = table
        items = [_rendered(n, c, primary=n == "id") for n, c in table.columns.items()]
        items += self._inner_constraints(name, table)
        enums = [c.enum for c in table.columns.values() if c.enum]
        down = [f'op.drop_table("{name}")']
        down += [
            f'sa.Enum(name="{e}").drop(op.get_bind())' for e in dict.fromkeys(enums) if self._chance(0.8)
        ]
        self._do(f'op.create_table("{name}", {", ".join(items)})', *down)
        return None

    def _inner_constraints(self, name: str, table: Table) -> list[str]:
        items = []
        plain = [c for c in table.columns if c != "id"]
        if plain and self._chance(0.25):
            columns = self._some(plain)
            made = Constraint("unique", f"uq_{name}_{self._number()}", columns)
            if self._indexable(table, columns):
                table.constraints.append(made)
                items.append(f"sa.UniqueConstraint({_words(columns)}, name={made.name!r})")
        if plain and self._chance(0.15):
            column = self.random.choice(plain)
            made = Constraint("check", f"ck_{name}_{self._number()}", (column,))
            table.constraints.append(made)
            items.append(f"sa.CheckConstraint('\"{column}\" IS NOT NULL', name={made.name!r})")
        targets = self._targets(table)
        if targets and self._chance(0.3):
            column, target = self.random.choice(targets)
            given = self.random.choice([None, f"fk_{name}_{self._number()}"])
            made = Constraint("foreign", given or f"{name}_{column}_fkey", (column,), (target, ("id",)))
            table.constraints.append(made)
            words = "" if given is None else f", name={given!r}"
            items.append(f"sa.ForeignKeyConstraint(['{column}'], ['{target}.id']{words})")
        return items

    def _column(self) -> Column:
        if self._chance(0.15):
            enum = self.random.choice(ENUMS)
            labels = {"mood": "'a', 'b'", "Grade": "'x'", "state": "'on', 'off'"}[enum]
            return Column(f"sa.Enum({labels}, name='{enum}')", self._chance(0.5), None, enum)
        type_ = self.random.choice(TYPES)
        default = DEFAULTS.get(type_) if self._chance(0.4) else None
        return Column(type_, self._chance(0.6), default)

    def _add_column(self) -> None:
        name, table = self._table()
        free = [c for c in COLUMNS if c not in table.columns]
        if not free:
            return
        column, made = self.random.choice(free), self._column()
        if made.enum and self._chance(0.7):
            create = f"{made.type}.create(op.get_bind(), checkfirst={self._chance(0.7)})"
            self._do(create, *([f"{made.type}.drop(op.get_bind())"] if self._chance(0.7) else []))
        table.columns[column] = made
        down = f'op.drop_column("{name}", "{column}")'
        if self._chance(self.mischief / 3):
            down = f'op.drop_column("{name}")'
        self._do(f'op.add_column("{name}", {_rendered(column, made)})', down)

    def _drop_column(self) -> None:
        name, table = self._table()
        plain = [c for c in table.columns if c not in {"id"}]
        if not plain:
            return
        column = self.random.choice(plain)
        if self._pointed(name, column) and not self._chance(0.1):
            return
        gone = table.columns.pop(column)
        lost = [c for c in table.constraints if column in c.columns]
        table.constraints = [c for c in table.constraints if column not in c.columns]
        down = [f'op.add_column("{name}", {_rendered(column, gone)})']
        if not self._chance(0.3):
            down += [self._creation(name, c) for c in lost]
        self._do(f'op.drop_column("{name}", "{column}")', *down)

    def _alter_type(self) -> None:
        name, table = self._table()
        column = self.random.choice([*table.columns])
        old = table.columns[column]
        new = self.random.choice(TYPES)
        if old.enum or (column == "id" and not self._chance(0.2)):
            return
        using, back = self._using(column, old.type, new), self._using(column, new, old.type)
        table.columns[column] = Column(new, old.nullable, old.default)
        self._do(
            f'op.alter_column("{name}", "{column}", type_={new}{using})',
            f'op.alter_column("{name}", "{column}", type_={old.type}, existing_type={new}{back})',
        )

    def _using(self, column: str, old: str, new: str) -> str:
        """Texts can be converted to anything, if it is asked for."""
        words = {
            "sa.Integer()": "integer",
            "sa.Text()": "text",
            "sa.Date()": "date",
            "sa.String(20)": "varchar",
        }
        if new not in words or old not in {"sa.Text()", "sa.String()", "sa.String(50)"} or self._chance(0.3):
            return ""
        return f", postgresql_using='\"{column}\"::{words[new]}'"

    def _alter_nullable(self) -> None:
        name, table = self._table()
        column = self.random.choice([*table.columns])
        if column == "id" and not self._chance(0.2):
            return
        old = table.columns[column].nullable
        table.columns[column].nullable = not old
        self._do(
            f'op.alter_column("{name}", "{column}", nullable={not old})',
            f'op.alter_column("{name}", "{column}", nullable={old})',
        )

    def _rename_column(self) -> None:
        name, table = self._table()
        free = [c for c in COLUMNS if c not in table.columns]
        old = self.random.choice([*table.columns])
        if not free or old == "id":
            return
        new = self.random.choice(free)
        table.columns = {new if c == old else c: v for c, v in table.columns.items()}
        for constraint in table.constraints:
            constraint.columns = tuple(new if c == old else c for c in constraint.columns)
        self._retarget(lambda t, cs: (t, tuple(new if t == name and c == old else c for c in cs)))
        self._do(
            f'op.alter_column("{name}", "{old}", new_column_name="{new}")',
            f'op.alter_column("{name}", "{new}", new_column_name="{old}")',
        )

    def _retarget(self, change: Callable[[str, tuple[str, ...]], tuple[str, tuple[str, ...]]]) -> None:
        for table in self.state.values():
            for constraint in table.constraints:
                constraint.target = change(*constraint.target)

    def _add_index(self) -> None:
        name, table = self._table()
        columns = self._some([*table.columns])
        if not self._indexable(table, columns):
            return
        unique = self._chance(0.3)
        made = Constraint("index", f"ix_{name}_{self._number()}", columns, unique=unique)
        table.constraints.append(made)
        self._do(self._creation(name, made), self._dropping(name, made))

    def _add_unique(self) -> None:
        name, table = self._table()
        columns = self._some([*table.columns])
        if not self._indexable(table, columns):
            return
        given = self.random.choice([None, f"uq_{name}_{self._number()}"])
        default = f"{name}_{'_'.join(columns)}_key"
        made = Constraint("unique", given or default, columns)
        up = f'op.create_unique_constraint({given!r}, "{name}", {[*columns]})'
        down = self._dropping(name, made)
        if given is None and self._chance(0.2):
            down = f'op.drop_constraint(None, "{name}", type_="unique")'
        table.constraints.append(made)
        self._do(up, down)

    def _add_check(self) -> None:
        name, table = self._table()
        column = self.random.choice([*table.columns])
        made = Constraint("check", f"ck_{name}_{self._number()}", (column,))
        table.constraints.append(made)
        self._do(self._creation(name, made), self._dropping(name, made))

    def _add_foreign_key(self) -> None:
        name, table = self._table()
        targets = self._targets(table)
        if not targets:
            return
        column, target = self.random.choice(targets)
        given = self.random.choice([None, f"fk_{name}_{self._number()}"])
        made = Constraint("foreign", given or f"{name}_{column}_fkey", (column,), (target, ("id",)))
        if any(made.name == c.name for c in table.constraints):
            return
        table.constraints.append(made)
        down = self._dropping(name, made)
        if given is None and self._chance(0.2):
            down = f'op.drop_constraint(None, "{name}", type_="foreignkey")'
        self._do(f'op.create_foreign_key({given!r}, "{name}", "{target}", ["{column}"], ["id"])', down)

    def _drop_constraint(self) -> None:
        name, table = self._table()
        if not table.constraints:
            return
        made = self.random.choice(table.constraints)
        table.constraints.remove(made)
        self._do(self._dropping(name, made), self._creation(name, made))

    def _drop_table(self) -> None:
        name, table = self._table()
        used = any(c.target[0] == name for n, t in self.state.items() if n != name for c in t.constraints)
        if used and not self._chance(0.1):
            return
        del self.state[name]
        items = [_rendered(n, c, primary=n in table.primary, created=False) for n, c in table.columns.items()]
        down = [f'op.create_table("{name}", {", ".join(items)})']
        down += [self._creation(name, c) for c in table.constraints]
        self._do(f'op.drop_table("{name}")', *down)

    def _rename_table(self) -> None:
        name, _ = self._table()
        free = [n for n in TABLES if n not in self.state]
        if not free:
            return
        new = self.random.choice(free)
        self.state = {new if n == name else n: t for n, t in self.state.items()}
        self._retarget(lambda t, cs: (new if t == name else t, cs))
        self._do(f'op.rename_table("{name}", "{new}")', f'op.rename_table("{new}", "{name}")')

    def _sql(self) -> None:
        """The same as some operation, as raw SQL."""
        name, table = self._table()
        free = [c for c in COLUMNS if c not in table.columns]
        plain = [c for c in table.columns if c != "id"]
        match self.random.randrange(5):
            case 0 if free:
                column = self.random.choice(free)
                table.columns[column] = Column("sa.Integer()")
                self._execute(
                    f'ALTER TABLE "{name}" ADD COLUMN "{column}" integer',
                    f'ALTER TABLE "{name}" DROP COLUMN "{column}"',
                )
            case 1 if plain:
                column = self.random.choice(plain)
                made = Constraint("index", f"ix_{name}_{self._number()}", (column,))
                if self._indexable(table, (column,)):
                    table.constraints.append(made)
                    self._execute(
                        f'CREATE INDEX {made.name.lower() if made.name else ""} ON "{name}" ("{column}")',
                        f"DROP INDEX {made.name.lower() if made.name else ''}",
                    )
                    made.name = made.name and made.name.lower()
            case 2 if plain:
                column = self.random.choice(plain)
                old = table.columns[column].nullable
                table.columns[column].nullable = not old
                words = ("DROP NOT NULL", "SET NOT NULL")
                self._execute(
                    f'ALTER TABLE "{name}" ALTER COLUMN "{column}" {words[old]}',
                    f'ALTER TABLE "{name}" ALTER COLUMN "{column}" {words[not old]}',
                )
            case 3:
                self._execute(f'UPDATE "{name}" SET "id" = "id"', f'DELETE FROM "{name}"')
            case 4:
                enum = self.random.choice(ENUMS)
                exists = self.random.choice(["", "IF EXISTS "])
                self._execute(f"CREATE TYPE \"{enum}\" AS ENUM ('a', 'b')", f'DROP TYPE {exists}"{enum}"')

    def _execute(self, up: str, down: str) -> None:
        self._do(f"op.execute({up!r})", f"op.execute({down!r})")

    # What operations need

    def _table(self) -> tuple[str, Table]:
        name = self.random.choice([*self.state])
        return name, self.state[name]

    def _some(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.random.sample(names, min(len(names), self.random.choice([1, 1, 2]))))

    def _number(self) -> int:
        self.names += 1
        return self.names

    def _indexable(self, table: Table, columns: Sequence[str]) -> bool:
        """JSON has no order, and what is refused for that is not what this is about."""
        return not any(table.columns[c].type == "sa.JSON()" for c in columns)

    def _targets(self, table: Table) -> list[tuple[str, str]]:
        """Columns with tables whose `id` has their type."""
        return [
            (column, target)
            for column, made in table.columns.items()
            for target, other in self.state.items()
            if made.type == other.columns["id"].type and column != "id"
        ]

    def _pointed(self, name: str, column: str) -> bool:
        found = [c.target for t in self.state.values() for c in t.constraints]
        return any(target == name and column in columns for target, columns in found)

    def _creation(self, name: str, made: Constraint) -> str:
        match made.kind:
            case "index":
                return f'op.create_index("{made.name}", "{name}", {[*made.columns]}, unique={made.unique})'
            case "unique":
                return f'op.create_unique_constraint("{made.name}", "{name}", {[*made.columns]})'
            case "check":
                sql = f'"{made.columns[0]}" IS NOT NULL'
                return f'op.create_check_constraint("{made.name}", "{name}", {sql!r})'
        target, columns = made.target
        return f'op.create_foreign_key("{made.name}", "{name}", "{target}", {[*made.columns]}, {[*columns]})'

    def _dropping(self, name: str, made: Constraint) -> str:
        wrong = self._chance(self.mischief / 3)
        constraint = "no_such_name" if wrong else made.name
        if made.kind == "index":
            return f'op.drop_index("{constraint}", table_name="{name}")'
        kind = {"unique": "unique", "check": "check", "foreign": "foreignkey"}[made.kind]
        return f'op.drop_constraint("{constraint}", "{name}", type_="{kind}")'

    # Models

    def _models(self) -> str:
        """The state as models, with some differences."""
        state = copy.deepcopy(self.state)
        for name in [*state]:
            if self._chance(self.mischief):
                del state[name]
        parts = [self._model(name, table, state) for name, table in state.items()]
        return "\n\n".join(parts)

    def _model(self, name: str, table: Table, state: State) -> str:
        lines = [f"class Model{name.title()}(Base):", f'    __tablename__ = "{name}"']
        for number, (column, made) in enumerate(table.columns.items()):
            if column not in table.primary and self._chance(self.mischief / 2):
                continue
            if self._chance(self.mischief / 2) and not made.enum:
                made = Column(self.random.choice(TYPES), made.nullable)  # noqa: PLW2901
            words = f"{column!r}, {made.type}{', primary_key=True' if column in table.primary else ''}"
            words += f", nullable={made.nullable ^ self._chance(self.mischief / 2)}"
            default = "" if made.default is None else f", server_default={made.default}"
            lines.append(f"    c{number} = orm.mapped_column({words}{default})")
        kept = {c for n, c in enumerate(table.columns) if any(f"    c{n} =" in line for line in lines)}
        items = [self._item(c) for c in table.constraints if set(c.columns) <= kept and self._known(c, state)]
        found = [item for item in items if not self._chance(self.mischief / 2)]
        if found:
            lines.append(f"    __table_args__ = ({', '.join(found)},)")
        return "\n".join(lines)

    def _known(self, made: Constraint, state: State) -> bool:
        return made.kind != "foreign" or made.target[0] in state

    def _item(self, made: Constraint) -> str:
        words = _words(made.columns)
        match made.kind:
            case "index":
                return f"sa.Index({made.name!r}, {words}, unique={made.unique})"
            case "unique":
                return f"sa.UniqueConstraint({words}, name={made.name!r})"
            case "check":
                return f"sa.CheckConstraint('\"{made.columns[0]}\" IS NOT NULL', name={made.name!r})"
        target, columns = made.target
        targets = [f"{target}.{column}" for column in columns]
        return f"sa.ForeignKeyConstraint({[*made.columns]}, {targets}, name={made.name!r})"


def _words(columns: Sequence[str]) -> str:
    return ", ".join(repr(column) for column in columns)


def _rendered(name: str, made: Column, *, primary: bool = False, created: bool = True) -> str:
    type_ = made.type
    if made.enum and not created:
        type_ = type_.replace("sa.Enum(", "postgresql.ENUM(").replace(")", ", create_type=False)")
    words = ", primary_key=True" if primary else made.options
    return f"sa.Column({name!r}, {type_}{words})"
