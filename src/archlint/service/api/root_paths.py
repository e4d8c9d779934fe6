"""What an app's `root_path` puts before its paths: the part that a proxy takes away again.

A client sends it, the routes do not have it (`fastapi.tiangolo.com/advanced/behind-a-proxy`).
"""

from __future__ import annotations

from archlint.facts.syntax import Call, Expression, Keyword
from archlint.findings import Location, Unknown
from archlint.service.api.exemptions import version_in
from archlint.service.api.routes import App, Endpoint
from archlint.service.interpreter.values import (
    UNTOLD,
    Choice,
    Configured,
    Unresolved,
    Value,
    options,
    text,
)


def unknown_root(app: App) -> Unknown | None:
    """Says that nothing tells what comes before the paths of an app; None where the source does."""
    found = options(app.router.keywords.get("root_path"))
    untold = next((one for one in found if one is not None and text(one) is None), None)
    if untold is None:
        return None
    why = untold.why if isinstance(untold, Unresolved) else UNTOLD.why
    return Unknown(f"the `root_path` of `{app.title}`", argument_place(app, "root_path"), why)


def client_version(endpoint: Endpoint) -> int | None:
    """The N of `/api/v<N>` in an endpoint's path, or in that after the `root_path` of its app; None without.

    FastAPI answers under both, and documents the one with the `root_path`. A setting's default counts.
    """
    return version_in(client_path(endpoint))


def client_path(endpoint: Endpoint) -> str:
    """The path by which clients know the version: the endpoint's, or that behind the root path of its app.

    The root path counts where all that it can be leads to one version.
    """
    if version_in(endpoint.path) is not None:
        return endpoint.path
    roots = map(text, options(endpoint.root.router.keywords.get("root_path")))
    found = [root.rstrip("/") + endpoint.path if root else endpoint.path for root in roots]
    versions = {version_in(path) for path in found}
    return found[0] if len(versions) == 1 and None not in versions else endpoint.path


def path_setting(endpoint: Endpoint) -> str | None:
    """The setting or variable that a prefix before an endpoint, or its app's `root_path`, is read from.

    None where all of them stand in the source.
    """
    given = [keywords.get("prefix") for keywords in endpoint.defaults]
    return next(filter(None, map(_setting, (*given, endpoint.root.router.keywords.get("root_path")))), None)


def _setting(value: Value) -> str | None:
    if isinstance(value, Configured):
        return value.source.lstrip("$")
    values = value.values if isinstance(value, Choice) else ()
    return next(filter(None, map(_setting, values)), None)


def argument_place(app: App, argument: str) -> Location:
    """The argument, where the call that makes the app names it."""
    named = _keyword(app, argument)
    return app.router.place.module.location(named) if named is not None else app.location


def given_argument(app: App, argument: str) -> Expression | None:
    """What the call that makes the app gives by that name."""
    named = _keyword(app, argument)
    return None if named is None else named.value


def _keyword(app: App, argument: str) -> Keyword | None:
    call = app.router.place.node
    keywords = call.keywords if isinstance(call, Call) else ()
    return next((one for one in keywords if one.name == argument), None)
