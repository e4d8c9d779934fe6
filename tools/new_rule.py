"""Start a rule: its page and its module, from which only the case and the predicate are missing.

uv run python -m tools.new_rule layers service-knows-http --clause BA05.2.2
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from archlint.spec import Requirement
from archlint.standard import bundled_standard
from archlint.standard_files import read_pages

ROOT = Path(__file__).parents[1]

PAGE = """+++
code = "{code}"
severity = "error"
clauses = ["{clause}"]
message = "`{{name}}` breaks the rule"
help = "Say here what to do about `{{name}}`"
+++
# {name}

## Why
What goes wrong in a service that breaks this rule, told to somebody who has not met it yet.

## How to fix
The smallest change that mends it.

## Bad: what the rule reports
```python title="app/example.py"
NAME = "wrong"  # error: {code}
```

## Good: what looks like it and is fine
```python title="app/example.py"
NAME = "right"
```
"""

MODULE = '''"""{code} {name}: what it looks for, and where it stops looking."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.model import Service
from archlint.standard_files import read_pages


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Say what is reported, and of what it cannot decide."""
    yield from ()
'''


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Write the two files, or say what is wrong with the request."""
    families = {requirement.family: requirement for requirement in bundled_standard().spec.requirements}
    parser = argparse.ArgumentParser(prog="new_rule", description="Start a rule: its page and its module.")
    parser.add_argument("family", choices=sorted(families), help="whose requirement the rule enforces")
    parser.add_argument("name", type=_name, help="the rule's name, as in router-bypasses-service")
    parser.add_argument("--clause", help="the clause that it decides, as in BA05.2.1")
    parser.add_argument("--code", help="its code, where the catalogue has one; else the family's next")
    asked = parser.parse_args(arguments)
    requirement = families[asked.family]
    clauses = [clause.id for clause in requirement.clauses]
    if asked.clause not in (None, *clauses):
        parser.error(f"{requirement.id} has no clause {asked.clause}; it has {', '.join(clauses)}")
    try:
        code = _code(asked.code, requirement, asked.name, root)
    except ValueError as error:
        parser.error(str(error))
    for path in _write(root, asked.family, asked.name, code, asked.clause or clauses[0]):
        print(path.relative_to(root).as_posix())
    return 0


def _name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a name like router-bypasses-service")
    return text


def _code(wanted: str | None, requirement: Requirement, name: str, root: Path) -> str:
    """The rule's code. Raises ValueError when the code or the name is taken or not the requirement's."""
    pages = read_pages(root / "rules")
    taken = {page.code: page.name for page in pages}
    if name in taken.values():
        raise ValueError(f"there is a rule {name} already")
    last = max([code for code in taken if code.startswith(requirement.id)], default=f"{requirement.id}00")
    code = wanted or f"{last[:-2]}{int(last[-2:]) + 1:02}"
    if not re.fullmatch(rf"{requirement.id}\d\d", code) or code in taken:
        raise ValueError(f"{code} is no free code of {requirement.id} {requirement.title}")
    return code


def _write(root: Path, family: str, name: str, code: str, clause: str) -> list[Path]:
    page = root / "rules" / family / f"{name}.md"
    module = root / "src/archlint/rules" / family / f"{name.replace('-', '_')}.py"
    for path, template in ((page, PAGE), (module, MODULE)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template.format(code=code, name=name, clause=clause), encoding="utf-8")
    package = module.parent / "__init__.py"
    if not package.exists():
        package.write_text(f'"""The rules of the {family} family."""\n', encoding="utf-8")
    _drop_excuse(root / "rules/unchecked.toml", clause)
    return [page, module]


def _drop_excuse(unchecked: Path, clause: str) -> None:
    """A clause that a rule decides is excused no longer."""
    lines = unchecked.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(f'"{clause}" =')]
    unchecked.write_text("".join(kept), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
