"""What pipelines, tasks, hooks and scripts run: the command, where it stands, and how it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.findings import Hit, Unknown
from archlint.rules.alembic import upgrade_not_run
from archlint.rules.docker import image_does_not_serve_app
from archlint.rules.uv import competing_manager, pip_install, venv_without_uv
from archlint.service.deployment.command import Command
from archlint.service.deployment.readme_commands import documented
from tests.service.small import service_of


def ran(folder: Path, files: dict[str, str], program: str = "pip") -> list[str]:
    """`file:line:column words` of the commands of a program."""
    return [shown(c) for c in service_of(folder, files).commands if c.program == program]


def shown(command: Command) -> str:
    return f"{command.location} {' '.join(command.words[2:])}"


def test_github_steps_shells_and_expressions(tmp_path: Path) -> None:
    workflow = """\
        on: push
        env: {UV_FROZEN: "1"}
        defaults:
          run: {working-directory: backend, shell: bash}
        jobs:
          test:
            steps:
              - uses: ./.github/actions/setup
              - run: pip install one
              - run: |
                  echo "pip install no"
                  pip install two
              - shell: python
                run: |
                  pip install no
              - run: >-
                  pip install
                  three
              - run: "pip install four"
                working-directory: ./other
              - run: pip install ${{ matrix.package || 'x' }}
              - run: bash -c 'pip install five'
          reuse:
            uses: ./.github/workflows/reused.yml
        """
    action = """\
        runs:
          using: composite
          steps:
            - run: pip install composite
              shell: bash
        """
    files = {".github/workflows/ci.yml": workflow, ".github/actions/setup/action.yml": action}
    assert ran(tmp_path, files) == [
        ".github/actions/setup/action.yml:4:12 composite",
        ".github/workflows/ci.yml:9:14 one",
        ".github/workflows/ci.yml:12:11 two",
        ".github/workflows/ci.yml:17:11 three",
        ".github/workflows/ci.yml:19:15 four",
        f".github/workflows/ci.yml:21:14 ${'_' * 27}",
        ".github/workflows/ci.yml:22:14 five",
    ]
    found = {c.words[2]: c for c in service_of(tmp_path, files).commands if c.program == "pip"}
    assert [found[name].folder for name in ("one", "four", "composite")] == ["backend", "other", "."]
    assert found["one"].environment == {"UV_FROZEN": "1"}


def test_a_step_that_may_fail(tmp_path: Path) -> None:
    workflow = """\
        jobs:
          test:
            steps:
              - run: pip install one | tee log
              - shell: bash
                run: pip install two | tee log
              - run: pip install three
                continue-on-error: true
              - run: pip install four
                continue-on-error: ${{ matrix.experimental }}
        """
    found = service_of(tmp_path, {".github/workflows/ci.yml": workflow}).commands
    assert {c.words[2]: c.hidden for c in found if c.program == "pip"} == {
        "one": "only the last command of its pipe counts",
        "two": None,
        "three": "`continue-on-error: true` lets the job succeed",
        "four": None,
    }


def test_gitlab_anchors_includes_and_failures(tmp_path: Path) -> None:
    pipeline = """\
        include:
          - local: /ci/*.yml
          - local: /ci/extra.yml
          - https://example.com/x.yml
        variables: {UV_LOCKED: "1"}
        .base: &base
          before_script:
            - pip install anchored
        test:
          <<: *base
          script:
            - |
              pip install one || true
            - !reference [.other, script]
            - [pip install nested]
        allowed:
          script: pip install allowed
          allow_failure: true
        """
    files = {".gitlab-ci.yml": pipeline, "ci/extra.yml": "job:\n  script: [pip install included]\n"}
    assert ran(tmp_path, files) == [
        ".gitlab-ci.yml:8:7 anchored",
        ".gitlab-ci.yml:13:7 one",
        ".gitlab-ci.yml:15:8 nested",
        ".gitlab-ci.yml:17:11 allowed",
        "ci/extra.yml:2:12 included",
    ]
    hidden = {c.words[2]: c.hidden for c in service_of(tmp_path, files).commands if c.program == "pip"}
    assert [name for name, why in hidden.items() if why] == ["one", "allowed"]


def test_makefiles(tmp_path: Path) -> None:
    makefile = """\
        PIP ?= pip
        define HELP
        pip install no
        endef
        deps: other ; pip install inline
        \t@$(PIP) install one
        \t-pip install ignored
        \tcd backend && pip install two
        \t@echo "pip install no"
        \tpip install \\
        \t  three
        """
    files = {"Makefile": makefile}
    assert ran(tmp_path, files) == [
        "Makefile:5:15 inline", "Makefile:6:3 one", "Makefile:7:3 ignored", "Makefile:8:16 two",
        "Makefile:10:2 three",
    ]  # fmt: skip
    found = {c.words[2]: c for c in service_of(tmp_path, files).commands if c.program == "pip"}
    assert (found["two"].folder, found["ignored"].hidden) == (
        "backend",
        "the leading `-` ignores its failure",
    )


def test_two_dollars_of_a_makefile_are_one_of_the_shell(tmp_path: Path) -> None:
    makefile = """\
        BASE := base
        deps: ; pip install $$INLINE $(BASE)
        \tPYTHONPATH=../lib:$$PYTHONPATH pip install one
        \tpip install $$(pip freeze $(BASE)) $${LAST} $$$$
        """
    found = [c.words for c in service_of(tmp_path, {"Makefile": makefile}).commands]
    assert sorted(found) == [
        ("pip", "freeze", "base"),
        ("pip", "install", "$(pip freeze base)", "${LAST}", "$$"),
        ("pip", "install", "$INLINE", "base"),
        ("pip", "install", "one"),
    ]


def test_justfiles(tmp_path: Path) -> None:
    justfile = """\
        set shell := ["bash", "-c"]
        name := "x"
        @quiet first second="a b" +rest='c':
            pip install {{name}}
        python:
            #!/usr/bin/env python3
            "pip install no"
        script target: quiet
            #!/usr/bin/env bash
            set -e
            pip install one
        """
    assert ran(tmp_path, {"justfile": justfile}) == ["justfile:4:5 $_______", "justfile:11:5 one"]


def test_tox_and_nox(tmp_path: Path) -> None:
    tox = """\
        [testenv]
        deps = -r requirements.txt
        commands_pre = pip install pre
        commands =
            - pip install ignored
            pip install {posargs} \\
                continued
            {envpython} -m pip install by-python
        """
    nox = """\
        import nox

        @nox.session
        def tests(session):
            session.install("-e", ".")
            session.run("pip", "install", "run")
            session.run_install("pip", "install", "once")
            session.log("pip install no")
            if session.posargs:
                session.run_always("uvicorn", "app")
        """
    files = {"tox.ini": tox, "noxfile.py": nox}
    found = [shown(c) for c in service_of(tmp_path, files).commands if c.runs("pip", "install")]
    assert found == [
        "noxfile.py:5:5 -e .", "noxfile.py:6:5 run", "noxfile.py:7:5 once", "tox.ini:3:16 pre",
        "tox.ini:5:5 ignored", "tox.ini:6:5 {posargs} continued", "tox.ini:8:5 pip install by-python",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ['@nox.session(venv_backend="uv")', 'nox.options.default_venv_backend = "uv|virtualenv"\n@nox.session'],
)
def test_nox_sessions_that_uv_fills(tmp_path: Path, line: str) -> None:
    nox = f'import nox\n{line}\ndef tests(session):\n    session.install("x")\n'
    assert ran(tmp_path, {"noxfile.py": nox}) == []


def test_task_tables_of_pyproject(tmp_path: Path) -> None:
    pyproject = """\
        [tool.poe.tasks]
        a = "pip install one"
        b = { shell = "pip install two; ls" }
        c = { sequence = ["a", { cmd = "pip install three" }] }
        d = ["a", "b"]
        e = { expr = "1 + 1" }
        f = 3
        [tool.hatch.envs.default.scripts]
        g = ["pip install four", "ls"]
        [tool.tox]
        legacy_tox_ini = \"\"\"
        [testenv]
        commands = pip install five
        \"\"\"
        """
    assert ran(tmp_path, {"pyproject.toml": pyproject}) == [
        "pyproject.toml:2:1 one", "pyproject.toml:3:7 two", "pyproject.toml:4:26 three",
        "pyproject.toml:9:6 four", "pyproject.toml:13:12 five",
    ]  # fmt: skip


def test_hooks_of_pre_commit(tmp_path: Path) -> None:
    config = """\
        repos:
          - repo: https://example.com/hooks
            hooks: [{id: other, language: system, entry: pip install no}]
          - repo: local
            hooks:
              - id: one
                language: system
                entry: bash -c 'pip install one'
              - id: two
                language: script
                entry: pip install
                args: [two]
              - id: own
                language: python
                entry: pip install no
              - id: none
                language: system
        """
    files = {".pre-commit-config.yaml": config}
    assert ran(tmp_path, files) == [".pre-commit-config.yaml:8:16 one", ".pre-commit-config.yaml:11:16 two"]


def test_scripts_are_followed_from_what_starts_them(tmp_path: Path) -> None:
    files = {
        "Dockerfile": 'FROM python:3.13\nCOPY . /srv\nENTRYPOINT ["/srv/scripts/start.sh"]\nCMD ["serve"]\n',
        "scripts/start.sh": '#!/bin/sh\n. ./scripts/lib.sh\npip install one\nexec "$@"\n',
        "scripts/lib.sh": "pip install two\n",
        "other.sh": "pip install three\n",
        "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    }
    found = [c for c in service_of(tmp_path, files).commands if c.program == "pip"]
    assert [(c.words[2], c.context.value) for c in found] == [
        ("three", "script"), ("two", "container start"), ("one", "container start")
    ]  # fmt: skip


def test_documents(tmp_path: Path) -> None:
    readme = """\
        Run `pip install no`.
        ```console
        $ pip install one
        pip install this is printed
        (venv) $ pip install two
        ```
        ```python
        pip install no
        ```
        - then
          ~~~sh
          pip install three
          ~~~
        ```
        pip install no
        ```
        """
    files = {"README.md": readme, "notes/README.md": readme, "CHANGELOG.md": readme}
    found = documented(service_of(tmp_path, files).deployment, ".")
    assert [shown(c) for c in found] == ["README.md:3:3 one", "README.md:5:10 two", "README.md:12:3 three"]


def test_a_pipeline_is_a_services_own_when_it_installs_what_its_image_does(tmp_path: Path) -> None:
    files = {
        "api/pyproject.toml": "",
        "api/app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "api/Dockerfile": "FROM python\nCOPY api/app app\nRUN uv pip install -r lists/all.txt\n",
        "lists/all.txt": "fastapi\n",
        "lists/tools.txt": "ruff\n",
        ".github/workflows/lists.yml": """\
            jobs:
              install:
                steps:
                  - run: pip install -r lists/tools.txt
                  - run: pip install -r ./lists/all.txt
            """,
    }
    commands = [c for c in service_of(tmp_path, files, "api").commands if c.program == "pip"]
    assert [(c.location.line, c.words[-1]) for c in commands] == [(5, "./lists/all.txt")]


@pytest.mark.parametrize(
    ("above", "files"), [("", ["README.md", "api/docs/SETUP.md"]), ("x", ["api/docs/SETUP.md"])]
)
def test_documents_above_a_service_speak_of_it_unless_they_are_another_projects(
    tmp_path: Path, above: str, files: list[str]
) -> None:
    text = "```sh\npip install x\n```\n"
    manifest = {"pyproject.toml": "[project]\nname = 'x'\n"} if above else {}
    own = {"README.md": text, "api/docs/SETUP.md": text, "api/pyproject.toml": ""}
    found = documented(service_of(tmp_path, {**own, **manifest}, "api").deployment, "api")
    assert sorted(command.location.file for command in found) == files


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", "[tool.poe.tasks]\na = [[1], {}, {sequence = 3}]\n[tool.hatch]\nenvs = 3\n"),
        ("pyproject.toml", "[tool.hatch.envs]\ndefault = 3\n"),
        ("tox.ini", "[testenv]\ncommands = \\\n"),
        (".pre-commit-config.yaml", "repos: [3, {hooks: 3}, {repo: local, hooks: [{entry: [a]}]}]"),
        (".pre-commit-config.yaml", "- a"),
        (".gitlab-ci.yml", "include: {local: [a]}\njob: {script: {a: b}}\n"),
        (".github/workflows/x.yml", "jobs: {a: {steps: {run: x}}, b: 3}"),
        ("noxfile.py", "def ("),
        ("Makefile", "\t\n:\n\tx\n"),
        ("justfile", "a:\n    #!\n"),
    ],
)
def test_what_is_broken_raises_nothing(tmp_path: Path, name: str, text: str) -> None:
    assert isinstance(service_of(tmp_path, {name: text}).commands.all, tuple)


UNREAD = "cat <<E\nE\n" * 301
"""More here-documents than are read."""


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"run.sh": UNREAD}, "run.sh:1:1: the commands of `run.sh`"),
        ({"Makefile": f"go:\n\tsh -c '{')' * 40_000}'\n"}, "Makefile:2:2: the commands of target `go`"),
        ({"Procfile": f"web: {')' * 40_000}\n"}, "Procfile:1:6: the commands of process `web`"),
        (
            {"Dockerfile": f"FROM python\nCOPY . .\nRUN <<E\n{')' * 40_000}\nE\n"},
            "Dockerfile:4:1: the commands of the image's build",
        ),
        (
            {".github/workflows/ci.yml": f"jobs:\n  a:\n    steps:\n      - run: '{')' * 40_000}'\n"},
            ".github/workflows/ci.yml:4:15: the commands of job `a`",
        ),
    ],
)
def test_shell_that_cannot_be_read_is_unknown_where_it_stands(
    files: dict[str, str], place: str, tmp_path: Path
) -> None:
    commands = service_of(tmp_path, {"app/main.py": "x = 1\n", **files}).commands
    assert place in [f"{one.location}: {one.what}" for one in commands.unread]
    assert all(command.words for command in commands)


def test_rules_on_commands_claim_nothing_of_shell_that_cannot_be_read(tmp_path: Path) -> None:
    files = {
        "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "alembic.ini": "[alembic]\nscript_location = alembic\n",
        "alembic/env.py": "from alembic import context\n",
        "alembic/versions/1.py": "revision = '1'\ndown_revision = None\n",
        "Dockerfile": 'FROM python:3.13\nCOPY . .\nCMD ["./run.sh"]\n',
        "run.sh": UNREAD,
    }
    service = service_of(tmp_path, files)
    for rule in (upgrade_not_run, image_does_not_serve_app, pip_install, competing_manager, venv_without_uv):
        said = list(rule.check(service))
        assert not any(isinstance(one, Hit) for one in said), rule.__name__
        assert any(isinstance(one, Unknown) for one in said), rule.__name__
