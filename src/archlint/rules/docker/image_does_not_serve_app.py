"""BA1002: the service's image starts no ASGI server, or one for an app that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said, Unknown
from archlint.service.deployment.command import Command
from archlint.service.deployment.image_starts import Starts, app_of, is_server, is_wsgi
from archlint.service.model import Service
from archlint.service.semantics.modules import Module


def check(service: Service) -> Iterator[Said]:
    """Yield the image when none of the service's starts a server, and each server without its app."""
    if not service.routes.apps:
        yield NotApplicable("it makes no app")
    images = service.images.serving if service.routes.apps else ()
    starts = {service.images.starts(image) for image in images}
    if starts == {Starts.NO_SERVER} and not service.deployment.compose_problems:
        yield Hit(images[0].location, {"dockerfile": images[0].path, "problem": "starts no ASGI server"})
    elif images and Starts.A_SERVER not in starts:
        open_ = service.images.is_left_open(images[0])
        why = "whoever runs it gives the command" if open_ else "a program that it does not know"
        yield Unknown(f"what `{images[0].path}` starts", images[0].location, why)
    broken: dict[tuple[str, str, str], list[Location]] = {}
    for image in images:
        for command in service.commands.started.get(image.path, ()):
            problem = _problem(service, command) if is_server(command) else None
            if problem is not None:
                key = (image.path, command.location.file, problem)
                broken.setdefault(key, []).append(command.location)
            elif is_server(command) and app_of(command) is not None:
                yield Met(command.location)
    for (dockerfile, _, problem), (first, *others) in broken.items():
        chain = tuple(Link(place, f"this {problem}, too") for place in others)
        yield Hit(first, {"dockerfile": dockerfile, "problem": problem}, chain)


def _problem(service: Service, command: Command) -> str | None:
    """What is wrong with a server's command, where that is certain."""
    app = app_of(command)
    if app is None:
        return None
    if command.runs("gunicorn") and is_wsgi(command, service.repository):
        return f"serves `{app}` by gunicorn's WSGI workers, which no FastAPI app understands"
    name, _, attribute = app.partition(":")
    if not _exists(service, name):
        return f"serves `{app}`, and there is no module `{name}`"
    if not _has(service, name, attribute.partition(".")[0].removesuffix("()")):
        return f"serves `{app}`, and `{name}` has no `{attribute}`"
    return None


def _exists(service: Service, name: str) -> bool:
    """Whether the repository may have the module, wherever the server starts, or a dependency."""
    top = canonicalize_name(name.partition(".")[0])
    declared = (canonicalize_name(one.requirement.name) for one in service.project.declared)
    files = service.repository.files
    is_own = name in service.modules.by_name or any(_is_named(file, name) for file in files)
    return is_own or any(one == top or one.startswith(f"{top}-") for one in declared)


def _has(service: Service, name: str, attribute: str) -> bool:
    """Whether a module of that name may have the attribute."""
    found = [one for one in service.modules if one.name == name or _is_named(one.path, name)]
    return not found or any(_defines(service, module, attribute) for module in found)


def _defines(service: Service, module: Module, attribute: str) -> bool:
    namespace = service.symbols.namespace(module)
    return bool(namespace.stars) or "__getattr__" in namespace.names or attribute in namespace.names


def _is_named(file: str, name: str) -> bool:
    path = name.replace(".", "/")
    return f"/{file}".endswith((f"/{path}.py", f"/{path}/__init__.py"))
