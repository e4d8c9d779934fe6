# Everything a developer runs; `just` alone lists it.

default:
    @just --list --unsorted

# All that CI runs before a merge, quickest first
check: lint types contracts test-all

# Style and likely mistakes, and the format
lint:
    uv run ruff check
    uv run ruff format --check

# mypy, strictly
types:
    uv run mypy

# archlint's own architecture
contracts:
    uv run lint-imports

# The quick tests, or some of them: just test tests/test_cases.py -k BA0511
test *arguments:
    uv run pytest -m "not slow" {{arguments}}

# Every test, the random histories of migrations on a real PostgreSQL too
test-all *arguments:
    uv run pytest {{arguments}}

# Rewrite what can be rewritten by machine
format:
    uv run ruff check --fix
    uv run ruff format

# Start a rule: just new-rule layers service-knows-http --clause BA05.2.2
new-rule family name *options:
    uv run python -m tools.new_rule {{family}} {{name}} {{options}}

# The README's picture of archlint's output, and the configuration's JSON schema, made again
readme:
    uv run python -m tools.readme
    uv run python -m tools.config_schema

# What a clean machine runs
ci:
    .ci/run
