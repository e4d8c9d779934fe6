"""The variables of settings, held to what pydantic-settings itself reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from textwrap import dedent
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archlint.service.configuration.settings import SettingsClass
from tests.service.small import service_of

HEAD = """
from dataclasses import dataclass
from typing import Annotated, Optional

from pydantic import AliasChoices, AliasPath, BaseModel, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SHOP_"
COMMON = SettingsConfigDict(env_prefix=f"{PREFIX}X_", env_nested_delimiter="__")
"""
SET = "from the environment"


def read(folder: Path, source: str) -> SettingsClass:
    """The class `Settings` of a module, as archlint reads it."""
    classes = service_of(folder, {"app/config.py": HEAD + dedent(source)}).settings.classes
    return next(one for one in classes if one.name == "Settings")


def found(one: SettingsClass, variable: str) -> set[str]:
    """The dotted fields that archlint says are set by a variable."""

    def walk(fields: Iterable[Any], outer: str) -> Iterable[str]:
        for field in fields:
            if not field.parts and field.is_set_by([variable]):
                yield outer + field.name
            yield from walk(field.parts, f"{outer}{field.name}.")

    return set(walk(one.top_fields, ""))


def made(source: str) -> Any:
    """The class `Settings` of a module that is run."""
    namespace: dict[str, Any] = {"__name__": "config"}
    exec(compile(HEAD + dedent(source), "config.py", "exec", dont_inherit=True), namespace)
    return namespace["Settings"]


def really(settings_class: Any, variable: str) -> set[str] | None:
    """The dotted fields that pydantic-settings sets when a variable alone is given; None where it refuses."""
    with mock.patch.dict(os.environ, {variable: SET}, clear=True):
        try:
            values = settings_class().model_dump()
        except ValueError:  # the variable gives the whole model, which is no JSON
            return None
    return set(leaves(values))


def leaves(values: Mapping[str, Any], outer: str = "") -> Iterable[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{outer}{name}.")
        elif value == SET:
            yield outer + name


CASES = {
    "prefix of a constant": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix=PREFIX)
            url: str = ""
    """,
    "prefix of a whole constant": """
        class Settings(BaseSettings):
            model_config = COMMON
            url: str = ""
    """,
    "prefix unpacked": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(**COMMON)
            url: str = ""
    """,
    "prefix of a dict": """
        class Settings(BaseSettings):
            model_config = {"env_prefix": "SHOP_"}
            url: str = ""
    """,
    "prefix of a merged dict": """
        class Settings(BaseSettings):
            model_config = COMMON | {"env_prefix": "SHOP_"}
            url: str = ""
    """,
    "prefix as keyword": """
        class Settings(BaseSettings, env_prefix="SHOP_"):
            url: str = ""
    """,
    "prefix of a base": """
        class Base(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")
            url: str = ""
        class Settings(Base):
            key: str = ""
    """,
    "inherited fields have the new prefix": """
        class Base(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="X_")
            url: str = ""
        class Settings(Base):
            model_config = SettingsConfigDict(env_prefix="SHOP_")
            key: str = ""
    """,
    "of two bases the later decides": """
        class A(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="X_")
            url: str = ""
        class B(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")
        class Settings(A, B):
            key: str = ""
    """,
    "options of another class": """
        class Base(BaseSettings):
            model_config = COMMON
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(**{**Base.model_config, "env_prefix": "SHOP_"})
            url: str = ""
    """,
    "alias has no prefix": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")
            url: str = Field("", alias="dsn")
    """,
    "validation_alias goes first": """
        class Settings(BaseSettings):
            url: str = Field("", alias="key", validation_alias="dsn")
    """,
    "alias with prefix": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", env_prefix_target="alias")
            url: str = Field("", alias="dsn")
            key: str = ""
    """,
    "all with prefix": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", env_prefix_target="all")
            url: str = Field("", alias="dsn")
            key: str = ""
    """,
    "choices": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")
            url: str = Field("", validation_alias=AliasChoices("dsn", "key"))
    """,
    "by name, too": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", populate_by_name=True)
            url: str = Field("", alias="dsn")
    """,
    "validate by name": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(validate_by_name=True, validate_by_alias=False)
            url: str = Field("", alias="dsn")
    """,
    "annotated": """
        class Settings(BaseSettings):
            url: Annotated[str, Field(alias="dsn")] = ""
    """,
    "annotated inside of a union, which Pydantic does not hear": """
        class Settings(BaseSettings):
            url: Optional[Annotated[str, Field(alias="dsn")]] = None
    """,
    "a class variable in quotes": """
        from typing import ClassVar
        class Settings(BaseSettings):
            url: "ClassVar[str]" = ""
            key: str = ""
    """,
    "alias of a constant": """
        DSN = "dsn"
        class Settings(BaseSettings):
            url: str = Field("", alias=DSN)
    """,
    "case counts": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(case_sensitive=True)
            url: str = ""
            KEY: str = ""
    """,
    "nested": """
        class Db(BaseModel):
            url: str = ""
            key: str = Field("", alias="dsn")
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
            db: Db = Db()
    """,
    "nested behind aliases": """
        class Db(BaseModel):
            url: str = ""
        Part = Annotated[Db, Field(description="where the data is")]
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
            db: Part = Db()
            key: Optional[Part] = None
    """,
    "nested without delimiter": """
        class Db(BaseModel):
            url: str = ""
        class Settings(BaseSettings):
            db: Db = Db()
    """,
    "nested by name": """
        class Db(BaseModel):
            model_config = {"populate_by_name": True}
            url: str = Field("", alias="dsn")
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_nested_delimiter="__")
            db: Db = Db()
    """,
    "nested under an alias": """
        class Db(BaseModel):
            url: str = ""
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
            db: Db = Field(Db(), alias="key")
    """,
    "nested dataclass": """
        @dataclass
        class Db:
            url: str = ""
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_nested_delimiter="__")
            db: Optional[Db] = None
    """,
    "nested settings": """
        class Db(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="X_")
            url: str = ""
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_nested_delimiter="__")
            db: Db | None = None
    """,
    "nested with the delimiter in a name": """
        class Db(BaseModel):
            url_key: str = ""
            url: str = ""
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_nested_delimiter="_")
            db: Db = Db()
    """,
    "nested with a split limit": """
        class Db(BaseModel):
            url_key: str = ""
            url: str = ""
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_nested_delimiter="_", env_nested_max_split=1)
            db: Db = Db()
    """,
    "two levels": """
        class Url(BaseModel):
            key: str = ""
        class Db(BaseModel):
            url: Url = Url()
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_nested_delimiter="__")
            db: Db = Db()
    """,
    "generated aliases": """
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", alias_generator=str.upper)
            url: str = ""
    """,
}
CASES |= {
    "prefix of a bare class": """
        class Names:
            SHOP = "SHOP_"
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix=Names.SHOP)
            url: str = ""
    """,
    "prefix of a member's value": """
        from enum import Enum
        class Names(Enum):
            SHOP = "SHOP_"
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix=Names.SHOP.value)
            url: str = ""
    """,
    "prefix of a member that is text": """
        from enum import StrEnum
        class Names(StrEnum):
            SHOP = "SHOP_"
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix=Names.SHOP)
            url: str = ""
    """,
    "prefix in capitals": """
        NAME = "shop"
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix=NAME.upper() + "_")
            url: str = ""
    """,
    "a later base has the defaults for what it does not say": """
        class Db(BaseModel):
            url: str = ""
        class A(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")
        class B(BaseSettings):
            model_config = SettingsConfigDict(env_nested_delimiter="__")
        class Settings(A, B):
            db: Db = Db()
            key: str = ""
    """,
    "a plain base says nothing": """
        class Mixin(BaseModel):
            key: str = ""
        class A(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")
        class Settings(A, Mixin):
            url: str = ""
    """,
    "an alias that gives way to the generator": """
        from pydantic.alias_generators import to_camel
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(alias_generator=to_camel)
            url: str = Field("", alias="dsn", alias_priority=1)
            key: str = Field("", alias="url_a", alias_priority=2)
    """,
    "a class variable in place of an inherited field": """
        from typing import ClassVar
        class Base(BaseSettings):
            url: str = ""
            key: str = ""
        class Settings(Base):
            key: ClassVar[str] = "x"
    """,
    "choices that fields share": """
        NAMES = AliasChoices("dsn", "key")
        class Settings(BaseSettings):
            url: str = Field("", validation_alias=NAMES)
    """,
}
PARTS = ("url", "key", "dsn", "db", "url_key", "url_a", "key_a", "db_a")


def universe() -> Iterable[str]:
    names = [
        *PARTS,
        *(f"db{d}{p}" for d in ("__", "_") for p in PARTS),
        "db__url__key",
        "key__url",
        "db_a__url_a",
        "db__x_url",
    ]
    yield from (prefix + name for prefix, name in product(("", "SHOP_", "X_", "SHOP_X_"), names))
    yield from ("URL", "KEY")


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
def test_the_variables_are_those_of_the_library(tmp_path: Path, source: str) -> None:
    one = read(tmp_path, source)
    truth = made(source)
    assert not one.is_open
    expected = {variable: really(truth, variable) for variable in universe()}
    assert {v: found(one, v) for v in universe() if expected[v] is not None} == {
        v: fields for v, fields in expected.items() if fields is not None
    }


@pytest.mark.parametrize(
    "source",
    [
        """
            import os
            class Settings(BaseSettings):
                model_config = SettingsConfigDict(env_prefix=os.name)
                url: str = ""
        """,
        """
            class Settings(BaseSettings):
                model_config = make()
                url: str = ""
        """,
        """
            class Settings(BaseSettings):
                model_config = SettingsConfigDict(alias_generator=lambda n: "A_" + n)
                url: str = ""
        """,
        """
            class Settings(BaseSettings):
                url: str = Field("", alias=name())
        """,
        """
            class Settings(BaseSettings):
                url: str = ""
            settings = Settings(_env_prefix="X_")
        """,
        """
            class Settings(BaseSettings):
                url: str = ""
                @classmethod
                def settings_customise_sources(cls, settings_cls, init_settings, env_settings, **k):
                    return (init_settings, Vault(settings_cls))
        """,
        """
            def env(name):
                return Field("", validation_alias=name)
            class Settings(BaseSettings):
                url: str = env("dsn")
        """,
        """
            from functools import partial
            Env = partial(Field, "")
            class Settings(BaseSettings):
                url: str = Env(alias="dsn")
        """,
        """
            import os
            class Settings(BaseSettings):
                if os.name == "nt":
                    model_config = SettingsConfigDict(env_prefix="SHOP_")
                url: str = ""
        """,
        """
            import os
            class Settings(BaseSettings):
                url: str = ""
                if os.name == "nt":
                    key: str = ""
        """,
        """
            class Settings(BaseSettings):
                url: str = ""
            Settings.model_config["env_prefix"] = "SHOP_"
        """,
        """
            class Settings(BaseSettings):
                model_config = SettingsConfigDict(case_sensitive=False)
                model_config.update(env_prefix="SHOP_")
                url: str = ""
        """,
    ],
    ids=[
        "prefix",
        "options",
        "generator",
        "alias",
        "call",
        "sources",
        "made",
        "partial",
        "tested",
        "field",
        "item",
        "update",
    ],
)
def test_what_is_computed_is_open(tmp_path: Path, source: str) -> None:
    assert read(tmp_path, source).is_open


@pytest.mark.parametrize("annotation", ["dict[str, str]", "Keys"])
def test_a_variable_may_set_a_key_of_a_mapping(tmp_path: Path, annotation: str) -> None:
    source = f"""
        from typing import TypedDict
        class Keys(TypedDict, total=False):
            url: str
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
            db: {annotation} = {{}}
    """
    (field,) = read(tmp_path, source).top_fields
    assert field.is_set_by(["SHOP_DB__URL"])
    assert not field.is_set_by(["DB__URL", "SHOP_DB_URL"])


def test_sources_in_another_order_are_known(tmp_path: Path) -> None:
    source = """
        class Settings(BaseSettings):
            url: str = ""
            @classmethod
            def settings_customise_sources(
                cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings
            ):
                return dotenv_settings, env_settings, init_settings
    """
    assert not read(tmp_path, source).is_open


OLD = """
from pydantic import BaseSettings, Field
class Settings(BaseSettings):
    url: str = Field("", alias="dsn")
    key: str = Field("", env="TOKEN")
    both: str = Field("", env=["A", "B"])
    told: str = ""
    class Config:
        env_prefix = "SHOP_"
        fields = {"told": {"env": "TOLD"}}
"""


def test_pydantic_1_has_env_and_no_aliases(tmp_path: Path) -> None:
    """`Config.prepare_field` of Pydantic 1.10: aliases name no variables, `env` takes no prefix."""
    one = next(iter(service_of(tmp_path, {"app/config.py": OLD}).settings.classes))
    assert {field.name: field.environment for field in one.top_fields} == {
        "url": ("shop_url",),
        "key": ("token",),
        "both": ("a", "b"),
        "told": ("told",),
    }


ALIASES = st.sampled_from(
    ["", ', alias="{0}_a"', ', validation_alias="{0}_a"', ', validation_alias=AliasChoices("{0}_a", "X_{0}")']
)
OPTIONS = st.sampled_from(
    [
        "",
        "env_prefix=PREFIX",
        'env_prefix="X_"',
        'env_prefix_target="alias"',
        'env_prefix_target="all"',
        "populate_by_name=True",
        'env_nested_delimiter="__"',
        'env_nested_delimiter="_"',
        "env_nested_max_split=1",
        "case_sensitive=True",
        "validate_by_alias=False",
    ]
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A settings class with a nested model, any options and aliases."""
    options = {o.partition("=")[0]: o for o in draw(st.lists(OPTIONS, max_size=4)) if o}
    if "validate_by_alias" in options:  # without names Pydantic refuses the class
        options.pop("populate_by_name", None)
    inner = "".join(f'    {n}: str = Field(""{draw(ALIASES).format(n)})\n' for n in ("url", "url_key"))
    own = "".join(f'    {n}: str = Field(""{draw(ALIASES).format(n)})\n' for n in ("url", "key"))
    db = f"    db: Db = Field(default_factory=Db{draw(ALIASES).format('db')})\n"
    config = f"    model_config = SettingsConfigDict({', '.join(options.values())})\n"
    return f"class Db(BaseModel):\n{inner}class Settings(BaseSettings):\n{config}{own}{db}"


@given(source=sources())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_class_reads_what_the_library_reads(
    tmp_path_factory: pytest.TempPathFactory, source: str
) -> None:
    one = read(tmp_path_factory.mktemp("service"), source)
    truth = made(source)
    for variable in universe():
        expected = really(truth, variable)
        assert expected is None or found(one, variable) == expected, (variable, source)
