"""A report made by hand: two services, both severities, a chain, what could not be decided, a broken rule."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from archlint.discover import Repository
from archlint.findings import Finding, Link, Location, Severity, Unknown
from archlint.report.formats import FORMATS, Rendering
from archlint.report.styled import plain, verbatim
from archlint.results import Failure, Report, Undecided
from tests.example_pages import PAGES, STANDARD

HANDLER, ROUTER, _, VERSION = PAGES
FILES = {
    "shop/app/routers/users.py": '''\
        """Users."""

        from app.crud import users
        from app.crud import carts
        ''',
    "shop/app/wide.py": "名前 = \"Ünï\"; \tcrud.delete('\x1b[2J')\n",
    "blog/a b,c.py": "x = 1\n",
}


def finding(place: Location, service: str = "shop", imported: str = "app.crud", **changes: object) -> Finding:
    keys: dict[str, object] = {
        "code": ROUTER.code,
        "rule": ROUTER.name,
        "requirement": ROUTER.requirement,
        "clauses": ROUTER.clauses,
        "severity": Severity.ERROR,
        "message": f"`app.routers` imports `{imported}`",
        "help": "Call a service instead",
        "service": service,
        "location": place,
        "fingerprint": "0123456789abcdef" * 2,
    }
    return Finding(**(keys | changes))  # type: ignore[arg-type]


def example(root: Path) -> Report:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    users = "shop/app/routers/users.py"
    chain = (
        Link(Location(users, 3, 1, 3, 27), "`app.routers.users` imports `app.helpers`"),
        Link(Location("shop/app/helpers.py", 11, 5, 11, 20), "`app.helpers` imports `app.crud`"),
    )
    warning = {"severity": Severity.WARNING, "code": "BA0801", "rule": VERSION.name, "requirement": "BA08"}
    findings = (
        finding(
            Location("blog/a b,c.py", 1, 1, 1, 6),
            "blog",
            message="100% wrong:\nyes, really",
            clauses=(),
            **warning,
        ),
        finding(Location(users, 3, 1, 3, 27), chain=chain),
        finding(Location(users, 4, 1, 4, 27), chain=chain),
        finding(Location("shop/app/wide.py", 1, 14, 1, 34)),
    )
    unknown = Unknown("the prefix of `router`", Location(users, 2), "it is read from a file")
    return Report(
        Repository(root, tuple(FILES), None),
        STANDARD,
        pages=PAGES,
        services=("blog", "shop"),
        files=3,
        findings=findings,
        unknowns=(Undecided(VERSION, "shop", unknown), Undecided(VERSION, "blog", unknown)),
        failures=(Failure(HANDLER, "shop", "KeyError: 'users'", "Traceback"),),
        suppressed=1,
    )


def rendered(form: str, report: Report, **how: Any) -> str:
    """The report in a format, without colours."""
    lines = FORMATS[form].render(report, Rendering(**how))
    return plain(lines) if FORMATS[form].for_people else verbatim(lines)
