"""`archlint schema`: tables side by side, JSON as programs want it, and a diagram."""

from __future__ import annotations

import json
from pathlib import Path

from archlint.loading import load
from archlint.report.schema_table import table
from tests.cli.command_line import Run, write

MODELS = """\
    from sqlalchemy import ForeignKey, String
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class Base(DeclarativeBase):
        pass


    class Shelf(Base):
        __tablename__ = "shelves"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(40), unique=True)


    class Item(Base):
        __tablename__ = "items"

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(80), index=True)
        shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id", ondelete="CASCADE"))
    """
FILES: dict[str, str | bytes] = {
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "app/models.py": MODELS,
    "alembic.ini": "[alembic]\nscript_location = alembic\n",
    "alembic/env.py": """\
        from alembic import context

        from app.models import Base

        context.configure(connection=None, target_metadata=Base.metadata)
        """,
    "alembic/versions/a1.py": """\
        import sqlalchemy as sa
        from alembic import op

        revision = "a1"
        down_revision = None


        def upgrade():
            op.create_table(
                "shelves",
                sa.Column("id", sa.Integer(), primary_key=True),
                sa.Column("name", sa.String(40), nullable=False),
                sa.UniqueConstraint("name"),
            )
            op.create_table(
                "items",
                sa.Column("id", sa.Integer(), primary_key=True),
                sa.Column("name", sa.String(60), nullable=False),
                sa.Column("shelf_id", sa.Integer(), sa.ForeignKey("shelves.id")),
                sa.Column("price", sa.Numeric(8, 2), server_default="1"),
            )
            op.create_index("ix_items_name", "items", ["name"])


        def downgrade():
            op.drop_table("shelves")
            op.drop_table("items")
        """,
}


def test_text(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    result = run("schema")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "Service at the repository's root",
        "  alembic: 1 revision, head a1",
        "    items                     models                          migrations",
        "      id                      INTEGER NOT NULL PRIMARY KEY    INTEGER NOT NULL PRIMARY KEY",
        "    ! name                    VARCHAR(80) NOT NULL            VARCHAR(60) NOT NULL",
        "      shelf_id                INTEGER                         INTEGER",
        "    ! price                   -                               NUMERIC(8, 2) DEFAULT '1'",
        "    ! foreign key (shelf_id)  shelves (id) ON DELETE CASCADE  shelves (id)",
        "      index ix_items_name     (name)                          (name)",
        "    shelves          models                        migrations",
        "      id             INTEGER NOT NULL PRIMARY KEY  INTEGER NOT NULL PRIMARY KEY",
        "      name           VARCHAR(40) NOT NULL          VARCHAR(40) NOT NULL",
        "      unique (name)  by its columns                shelves_name_key",
        "2 tables, 4 differences, 0 unknown",
    ]


def test_what_differs_is_red_and_green(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (service,) = load([tmp_path]).services
    styles = {
        line[0][0].strip(): [style for _, style in line[1:]] for line in table(service) if len(line) > 1
    }
    assert styles["! price"] == ["added", "removed"]
    assert styles["shelf_id"] == ["", "faint"]


def test_json(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    result = run("schema", "--format", "json")
    said = json.loads(result.out)
    assert {(entry["kind"], entry["name"]) for entry in said["drift"]} == {
        ("modify_type", "items.name"),
        ("remove_column", "items.price"),
        ("remove_foreign_key", "(shelf_id)(id) on table items"),
        ("add_foreign_key", "(shelf_id)(id) on table items"),
    }
    assert {key: said[key] for key in ("heads", "blind", "unknown")} == {
        "heads": ["a1"],
        "blind": [],
        "unknown": [],
    }
    assert [(entry["revision"], entry["line"]) for entry in said["downgrade"]] == [("a1", 26)]


def test_mermaid(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert run("schema", "--format", "mermaid").out.splitlines() == [
        "erDiagram",
        "    items {",
        "        INTEGER id PK",
        '        VARCHAR(80) name "not null"',
        "        INTEGER shelf_id FK",
        "    }",
        "    shelves {",
        "        INTEGER id PK",
        '        VARCHAR(40) name UK "not null"',
        "    }",
        '    shelves |o--o{ items : "shelf_id"',
    ]


def test_a_table_of_one_side_and_one_that_is_unknown(run: Run, tmp_path: Path) -> None:
    revision = """\
        import os

        import sqlalchemy as sa
        from alembic import op

        revision = "a1"
        down_revision = None


        def upgrade():
            op.create_table("old", sa.Column("id", sa.Integer(), primary_key=True))
            if os.environ.get("SHELVES"):
                op.create_table("shelves", sa.Column("id", sa.Integer(), primary_key=True))
        """
    write(tmp_path, {**FILES, "alembic/versions/a1.py": revision})
    lines = run("schema").out.splitlines()
    assert [line.split() for line in lines if "only in" in line] == [
        ["!", "items", "only", "in", "the", "models"],
        ["!", "old", "only", "in", "the", "migrations"],
    ]
    assert "    shelves  unknown" in lines
    assert lines[-2].startswith("  unknown: table `shelves`: a condition that the source does not decide")


def test_a_model_that_env_py_does_not_load(run: Run, tmp_path: Path) -> None:
    loan = MODELS.partition("    class Shelf")[0].replace(
        "    class Base(DeclarativeBase):\n        pass\n", ""
    )
    loan += """\
    from app.models import Base


    class Loan(Base):
        __tablename__ = "loans"

        id: Mapped[int] = mapped_column(primary_key=True)
    """
    write(tmp_path, {**FILES, "app/loans.py": loan})
    assert "  blind: env.py does not load model Loan of table loans (app/loans.py:10:7)" in run("schema").out
    assert json.loads(run("schema", "--format", "json").out)["blind"] == ["loans"]


def test_models_alone(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {name: text for name, text in FILES.items() if name.startswith("app/")})
    lines = run("schema").out.splitlines()
    assert lines[1] == "  no Alembic environment: what the models declare"
    assert lines[-1] == "2 tables"


def test_no_service_is_an_error(run: Run, tmp_path: Path) -> None:
    result = run("schema", "nowhere")
    assert result.code == 2
    assert "nowhere" in result.err
