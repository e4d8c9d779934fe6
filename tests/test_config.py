"""Configuration: what is not one's own is left alone, the nearest file counts, and mistakes are explained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.config import Config, configure, read_config, without_excluded
from archlint.discover import Repository
from archlint.facts.toml import read_toml
from archlint.findings import ArchlintError, Severity
from archlint.selectors import Selection, check_selectors
from tests.example_pages import PAGES, STANDARD, page, standard

HANDLER, ROUTER, SERVICE, VERSION = PAGES


def repository(root: Path, files: dict[str, str]) -> Repository:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return Repository(root, tuple(sorted(files)), None)


def read(text: str) -> Config:
    config = read_config(read_toml("archlint.toml", dedent(text).encode()), ".", STANDARD, is_pyproject=False)
    assert config is not None
    return config


def complaint(text: str) -> str:
    with pytest.raises(ArchlintError) as caught:
        read(text)
    return str(caught.value)


def test_without_a_file_every_rule_runs(tmp_path: Path) -> None:
    config = configure(repository(tmp_path, {"app/main.py": ""}), STANDARD)("app")
    assert config == Config(folder="app")
    assert all(config.selection.includes(page) for page in PAGES)


@pytest.mark.parametrize(
    "text", ["", "[project]\nname = 'x'\n", "[tool.ruff]\nselect = ['BA']\n", "not toml ["]
)
def test_a_pyproject_without_a_table_of_ours_is_none_of_our_business(text: str, tmp_path: Path) -> None:
    files = {"pyproject.toml": text, "archlint/pyproject.toml": "dependencies = 'archlint ["}
    configured = configure(repository(tmp_path, files), STANDARD)
    assert (configured("."), configured("archlint")) == (Config(), Config(folder="archlint"))


def test_the_nearest_file_counts_alone(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.archlint]\nignore = ['BA0102']\nseverity = {BA08 = 'warning'}\n",
        "a/pyproject.toml": "[tool.archlint]\nignore = ['BA0511']\n",
        "b/pyproject.toml": "[project]\nname = 'b'\n",
    }
    configured = configure(repository(tmp_path, files), STANDARD)
    assert configured("a/deep/down") == Config(folder="a", selection=Selection(ignore=("BA0511",)))
    assert configured("b") == configured(".")
    assert configured(".").severity == {"BA08": Severity.WARNING}


def test_archlint_toml_wins_over_pyproject_in_the_same_folder(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.archlint]\nignore = ['BA0102']\n",
        "archlint.toml": "ignore = ['BA0511']\n",
    }
    assert configure(repository(tmp_path, files), STANDARD)(".").selection.ignore == ("BA0511",)


def test_a_given_file_counts_everywhere(tmp_path: Path) -> None:
    files = {
        "a/archlint.toml": "ignore = ['BA0102']\n",
        "shared/strict.toml": "exclude = ['old/']\n",
        "shared/old/a.py": "",
    }
    repo = repository(tmp_path, files)
    configured = configure(repo, STANDARD, tmp_path / "shared/strict.toml")
    assert configured("a") == configured(".") == Config(folder="shared", exclude=("old/",))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("missing.toml", None, "missing.toml cannot be read: No such file or directory"),
        ("pyproject.toml", "[project]\nname = 'x'\n", "pyproject.toml has no [tool.archlint] table"),
        ("archlint.toml", "select = [", "archlint.toml:1:11: it is not valid TOML: Invalid value"),
    ],
)
def test_a_given_file_must_be_a_configuration(
    tmp_path: Path, name: str, text: str | None, message: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ArchlintError) as caught:
        configure(Repository(tmp_path, (), None), STANDARD, tmp_path / name)
    assert str(caught.value) == f"{tmp_path}/{message}"


def test_everything_that_can_be_set() -> None:
    config = read(
        """
        select = ["BA05", "versioning"]
        ignore = "router-bypasses-service"
        extend-select = ["BA0102"]
        exclude = ["legacy/"]
        type-checking-imports = true
        [per-file-ignores]
        "app/old/**" = ["BA05"]
        [severity]
        BA05 = "warning"
        router-bypasses-service = "error"
        [layers]
        routers = ["**/router.py", "app/api/"]
        crud = "app/repositories/"
        [rules.unversioned-endpoint]
        exempt = ["/", "/ready"]
        ratio = 1
        """
    )
    assert config == Config(
        selection=Selection(("BA05", "versioning"), ("router-bypasses-service",), ("BA0102",)),
        per_file_ignores={"app/old/**": ("BA05",)},
        exclude=("legacy/",),
        severity={"BA05": Severity.WARNING, "router-bypasses-service": Severity.ERROR},
        layers={"routers": ("**/router.py", "app/api/"), "crud": ("app/repositories/",)},
        type_checking_imports=True,
        options={"BA0801": {"exempt": ["/", "/ready"], "ratio": 1}},
    )
    assert config.options_of(VERSION)["depth"] == 3
    assert config.options_of(VERSION)["exempt"] == ["/", "/ready"]
    assert config.options_of(ROUTER) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "selct = ['BA05']",
            "archlint.toml:1:1: unknown key `selct` in archlint.toml; did you mean `select`?",
        ),
        (
            "[tool.archlint]\nselect = ['BA05']",
            "archlint.toml:1:2: unknown key `tool` in archlint.toml: write what is in `[tool.archlint]` "
            "without that heading, which is for pyproject.toml",
        ),
        (
            "[tool.ruff]",
            "archlint.toml:1:2: unknown key `tool` in archlint.toml; there are extend, select, ignore, "
            "extend-select, per-file-ignores, exclude, severity, layers, type-checking-imports, rules",
        ),
        ("\nselect = 3", "archlint.toml:2:1: `select` must be a list, not an integer"),
        (
            "select = ['BA05', 3]",
            "archlint.toml:1:19: each item of `select` must be a string, not an integer",
        ),
        ("select = ['BA59']", "archlint.toml:1:11: `BA59` selects no rule; did you mean `BA05`?"),
        ("ignore = ['layer']", "archlint.toml:1:11: `layer` selects no rule; did you mean `layers`?"),
        (
            "[severity]\nBA0511 = 'warn'",
            "archlint.toml:2:1: a severity is `error` or `warning`, not `warn`; did you mean `warning`?",
        ),
        ("[severity]\nBA0511 = 1", "archlint.toml:2:1: `BA0511` must be a string, not an integer"),
        (
            "[severity]\nBA9 = 'error'",
            "archlint.toml:2:1: `BA9` selects no rule; there are BA01 to BA08, and `archlint rules` "
            "lists all",
        ),
        ("severity = 'error'", "archlint.toml:1:1: [severity] must be a table, not a string"),
        (
            "[layers]\nrouter = 'x'",
            "archlint.toml:2:1: unknown key `router` in [layers]; did you mean `routers`?",
        ),
        (
            "type-checking-imports = 'yes'",
            "archlint.toml:1:1: `type-checking-imports` must be a boolean, not a string",
        ),
        (
            "[rules.unversioned-endpont]",
            "archlint.toml:1:8: no rule is named `unversioned-endpont`; did you mean `unversioned-endpoint`?",
        ),
        (
            "[rules.BA0801]\nexempt = []",
            "archlint.toml:1:8: no rule is named `BA0801`; did you mean `unversioned-endpoint`?",
        ),
        (
            "[rules.unversioned-endpoint]\nexmpt = []",
            "archlint.toml:2:1: unknown key `exmpt` in [rules.unversioned-endpoint]; did you mean `exempt`?",
        ),
        (
            "[rules.unversioned-endpoint]\ndepth = true",
            "archlint.toml:2:1: `depth` must be an integer, not a boolean",
        ),
        (
            "[rules.unversioned-endpoint]\nnames = [1]",
            "archlint.toml:2:10: each item of `names` must be a string, not an integer",
        ),
        ("[[per-file-ignores]]", "archlint.toml:1:3: [per-file-ignores] must be a table, not a list"),
        ("exclude = ['a'", "archlint.toml:1:15: it is not valid TOML: Unclosed array"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, message: str) -> None:
    assert complaint(text) == message


def test_a_mistake_in_a_service_names_the_services_file(tmp_path: Path) -> None:
    files = {"shop/pyproject.toml": "[project]\nname = 'shop'\n[tool.archlint]\nlayer = {}\n"}
    with pytest.raises(ArchlintError) as caught:
        configure(repository(tmp_path, files), STANDARD)("shop/app")
    assert str(caught.value) == (
        "shop/pyproject.toml:4:1: unknown key `layer` in [tool.archlint]; did you mean `layers`?"
    )


@settings(deadline=None)
@given(st.text())
def test_no_content_crashes_the_reader(text: str) -> None:
    try:
        read_config(
            read_toml("archlint.toml", text.encode("utf-8", "surrogatepass")),
            ".",
            STANDARD,
            is_pyproject=False,
        )
    except ArchlintError as error:
        assert str(error).startswith("archlint.toml:")


@pytest.mark.parametrize(
    ("selection", "codes"),
    [
        (Selection(), {"BA0102", "BA0511", "BA0512", "BA0801"}),
        (Selection(select=("BA05",)), {"BA0511", "BA0512"}),
        (Selection(select=("BA051",)), {"BA0511", "BA0512"}),
        (Selection(select=("layers",)), {"BA0511", "BA0512"}),
        (Selection(select=("sync-route-handler", "BA0801")), {"BA0102", "BA0801"}),
        (Selection(ignore=("BA05",)), {"BA0102", "BA0801"}),
        (Selection(ignore=("ALL",), extend_select=("BA0511",)), {"BA0511"}),
        (Selection(select=("BA05",), ignore=("BA0511",)), {"BA0512"}),
        (Selection(select=("BA0511",), ignore=("BA05",)), {"BA0511"}),
        (Selection(select=("BA05",), ignore=("BA05",)), set()),
        (Selection(select=("BA05",), extend_select=("BA0102",)), {"BA0102", "BA0511", "BA0512"}),
    ],
)
def test_the_more_specific_selector_wins(selection: Selection, codes: set[str]) -> None:
    assert {page.code for page in PAGES if selection.includes(page)} == codes


@pytest.mark.parametrize(
    ("command_line", "codes"),
    [
        (Selection(), {"BA0512"}),
        (Selection(select=("BA0511",)), {"BA0511"}),
        (Selection(extend_select=("BA0801",)), {"BA0512", "BA0801"}),
        (Selection(ignore=("BA0512",)), set()),
    ],
)
def test_the_command_line_comes_on_top(command_line: Selection, codes: set[str]) -> None:
    configured = Selection(select=("BA05",), ignore=("BA0511",))
    chosen = {page.code for page in PAGES if command_line.includes(page, configured.includes(page))}
    assert chosen == codes


def test_a_selector_that_means_nothing_is_an_error() -> None:
    check_selectors(("ALL", "BA", "BA0511", "BA05", "fastapi", "sync-route-handler"), PAGES)
    with pytest.raises(
        ArchlintError, match=r"^`BA9999` selects no rule; there are BA01 to BA08, and `archlint"
    ):
        check_selectors(("BA9999",), PAGES)
    for selector in ("BA0599", "BA059"):
        with pytest.raises(
            ArchlintError, match=rf"^`{selector}` selects no rule; there are BA05\d\d to BA05\d\d, "
        ):
            check_selectors((selector,), PAGES)
    with pytest.raises(ArchlintError, match=r"^`ba0511` selects no rule; did you mean `BA0511`\?$"):
        check_selectors(("ba0511",), PAGES)


def test_patterns_are_relative_to_their_file() -> None:
    config = Config(
        folder="shop", exclude=("/legacy/", "*.tmpl.py"), per_file_ignores={"app/old.py": ("BA05",)}
    )
    assert config.excludes("shop/legacy/a.py")
    assert config.excludes("shop/app/x.tmpl.py")
    assert not config.excludes("legacy/a.py")
    assert not config.excludes("shopping/legacy/a.py")
    assert config.ignores(ROUTER, "shop/app/old.py")
    assert not config.ignores(HANDLER, "shop/app/old.py")
    assert not config.ignores(ROUTER, "app/old.py")


def test_the_more_specific_severity_wins() -> None:
    config = Config(severity={"BA0511": Severity.ERROR, "BA05": Severity.WARNING})
    assert config.severity_of(ROUTER, Severity.WARNING) is Severity.ERROR
    assert config.severity_of(SERVICE, Severity.ERROR) is Severity.WARNING
    assert config.severity_of(HANDLER, Severity.ERROR) is Severity.ERROR


def test_excluded_folders_are_not_even_asked_for_their_configuration(tmp_path: Path) -> None:
    files = {
        "archlint.toml": "exclude = ['fixtures']\n",
        "app/main.py": "",
        "fixtures/archlint.toml": "nonsense = 1\n",
        "fixtures/app.py": "",
        "shop/archlint.toml": "exclude = ['old.py']\n",
        "shop/old.py": "",
        "shop/new.py": "",
    }
    repo = repository(tmp_path, files)
    left = without_excluded(repo, configure(repo, STANDARD), ["."])
    assert set(left.files) == {"archlint.toml", "app/main.py", "shop/archlint.toml", "shop/new.py"}


def test_a_mistake_elsewhere_in_the_repository_does_not_matter(tmp_path: Path) -> None:
    repo = repository(tmp_path, {"a/archlint.toml": "", "a/x.py": "", "b/archlint.toml": "nonsense = 1\n"})
    assert without_excluded(repo, configure(repo, STANDARD), ["a"]) == repo
    with pytest.raises(ArchlintError, match="unknown key `nonsense`"):
        without_excluded(repo, configure(repo, STANDARD), ["a", "b"])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('exclude = ["ok/", "!"]', "archlint.toml:1:19: `!`"),
        ('[per-file-ignores]\n"[z-a]" = ["ALL"]', "archlint.toml:2:1: `[z-a]`"),
        ('[layers]\nrouters = ["["]', "archlint.toml:2:12: `[`"),
    ],
)
def test_what_is_no_pattern_is_an_error_with_its_place(text: str, place: str) -> None:
    with pytest.raises(ArchlintError) as error:
        read(text)
    assert str(error.value) == f"{place} is no pattern as in .gitignore"


def test_a_bad_regular_expression_is_an_error_with_its_place() -> None:
    standard_ = standard([page(options={"exempt": ["/a"]})])
    option = standard_.pages[0].options["exempt"]
    regex = replace(standard_.pages[0], options={"exempt": replace(option, form="regex")})
    text = b'[rules.router-bypasses-service]\nexempt = ["/ok/.*", "/x("]'
    with pytest.raises(ArchlintError) as error:
        read_config(read_toml("archlint.toml", text), ".", standard([regex]), is_pyproject=False)
    assert str(error.value).startswith("archlint.toml:2:21: `/x(` is no regular expression: ")
    assert read_config(read_toml("archlint.toml", text), ".", standard_, is_pyproject=False) is not None


SHARED = """\
ignore = ["BA0102"]
exclude = ["generated/"]
[severity]
BA05 = "warning"
[layers]
crud = ["sql/**"]
[per-file-ignores]
"a.py" = ["BA05"]
"""


def test_an_installed_package_may_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "installed/acme_standards"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('nobody imports it')")
    (package / "service.toml").write_text("ignore = ['BA0102']\n[layers]\ncrud = ['sql/']\n")
    monkeypatch.syspath_prepend(package.parent)
    own = {"shop/archlint.toml": "extend = 'acme_standards:service.toml'\nselect = ['BA05']\n"}
    config = configure(repository(tmp_path / "repository", own), STANDARD)("shop")
    assert config.selection == Selection(("BA05",), ("BA0102",))
    assert (config.folder, config.layers) == ("shop", {"crud": ("sql/",)})


@pytest.mark.parametrize(
    ("extended", "said"),
    [
        (
            "acme_standards:a.toml",
            "shop/archlint.toml:1:1: the package `acme_standards` has no file `a.toml`",
        ),
        ("acme_standards:../a.toml", "has no file `../a.toml`"),
        ("acme_standards:/etc/hosts", "has no file `/etc/hosts`"),
        ("__main__:a.toml", "has no package `__main__` to extend"),
        ("no_such_standards:a.toml", "as in `uvx --with no_such_standards archlint check`"),
        ("acme.standards:a.toml", "archlint's environment has no package `acme.standards`"),
        ("acme_standards:b.toml", "acme_standards:b.toml:1:1: what a package has extends nothing"),
        ("acme_standards:c.toml", "acme_standards:c.toml:1:1: unknown key `ignor`"),
    ],
)
def test_a_package_that_does_not_have_it(
    extended: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "installed/acme_standards"
    package.mkdir(parents=True)
    (tmp_path / "installed/a.toml").touch()
    for name, text in {"__init__.py": "", "b.toml": "extend = 'c.toml'", "c.toml": "ignor = []"}.items():
        (package / name).write_text(text)
    monkeypatch.syspath_prepend(package.parent)
    own = {"shop/archlint.toml": f"extend = '{extended}'\n"}
    with pytest.raises(ArchlintError) as caught:
        configure(repository(tmp_path / "repository", own), STANDARD)("shop")
    assert said in str(caught.value)


def extending(root: Path, files: dict[str, str]) -> Config:
    return configure(repository(root, {"archlint.toml": SHARED, **files}), STANDARD)("shop")


def test_what_a_file_does_not_say_the_one_says_that_it_extends(tmp_path: Path) -> None:
    config = extending(tmp_path, {"shop/pyproject.toml": "[tool.archlint]\nextend = '../archlint.toml'\n"})
    assert (config.folder, config.selection.ignore, config.exclude) == ("shop", ("BA0102",), ("generated/",))
    assert config.matches(config.layers["crud"], "shop/sql/users.py")


def test_a_key_replaces_and_tables_are_put_together(tmp_path: Path) -> None:
    own = (
        'extend = "../archlint.toml"\nignore = []\n[severity]\nBA0511 = "error"\n[layers]\ncrud = ["db/**"]\n'
    )
    config = extending(tmp_path, {"shop/archlint.toml": own, "shop/db/users.py": ""})
    assert config.selection.ignore == ()
    assert config.severity == {"BA05": Severity.WARNING, "BA0511": Severity.ERROR}
    assert (config.layers, config.per_file_ignores) == ({"crud": ("db/**",)}, {"a.py": ("BA05",)})


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"shop/archlint.toml": "extend = '../arch.toml'"}, "has no file `arch.toml` to extend"),
        ({"shop/archlint.toml": "extend = '../../etc/passwd'"}, "has no file `../etc/passwd` to extend"),
        ({"shop/archlint.toml": "\nextend = 'archlint.toml'"}, "`extend` comes back to `shop/archlint.toml`"),
        (
            {"shop/archlint.toml": "extend = 'b.toml'", "shop/b.toml": "extend = 'archlint.toml'"},
            "shop/b.toml:1:1: `extend` comes back to `shop/archlint.toml`",
        ),
        (
            {
                "shop/archlint.toml": "extend = '../pyproject.toml'",
                "pyproject.toml": "[project]\nname = 'a'\n",
            },
            "`pyproject.toml` has no [tool.archlint] table to extend",
        ),
        ({"shop/archlint.toml": "extend = ['a.toml']"}, "`extend` must be a string, not a list"),
        (
            {"shop/archlint.toml": "extend = 'b.toml'", "shop/b.toml": "\nignor = []"},
            "shop/b.toml:2:1: unknown key",
        ),
    ],
)
def test_what_cannot_be_extended_is_an_error_with_its_place(
    files: dict[str, str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(ArchlintError) as caught:
        extending(tmp_path, files)
    assert said in str(caught.value)
    assert str(caught.value).startswith("shop/")
