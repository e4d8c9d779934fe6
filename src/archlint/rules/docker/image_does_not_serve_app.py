"""BA1002: the service's image starts no ASGI server, or one for an app that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.images import Starts, app_of, is_server
from archlint.service.model import Service
from archlint.service.scripts import Command


def check(service: Service) -> Iterator[Hit]:
    """Yield the image when none of the service's starts a server, and each server without its app."""
    images = service.images.serving
    if not service.routes.apps:
        return
    if images and all(service.images.starts(image) is Starts.NO_SERVER for image in images):
        yield Hit(images[0].location, {"dockerfile": images[0].path, "problem": "starts no ASGI server"})
    for image in images:
        for command in service.commands.started.get(image.path, ()):
            problem = _problem(service, command) if is_server(command) else None
            if problem is not None:
                yield Hit(command.location, {"dockerfile": image.path, "problem": problem})


def _problem(service: Service, command: Command) -> str | None:
    """What is wrong with a server's command, where that is certain."""
    app = app_of(command)
    if command.runs("gunicorn") and app is not None and _is_wsgi(command):
        return f"serves `{app}` by gunicorn's WSGI workers, which no FastAPI app understands"
    if app is not None and not _exists(service, app.partition(":")[0]):
        return f"serves `{app}`, and there is no such module"
    return None


def _is_wsgi(command: Command) -> bool:
    """Whether gunicorn is told nothing of its workers: neither by options, nor by a file or a variable."""
    told = any(word.startswith(("-k", "--worker-class", "-c", "--config")) for word in command.words)
    return not told and "GUNICORN_CMD_ARGS" not in command.environment


def _exists(service: Service, module: str) -> bool:
    """Whether a file of the repository may be the module, from whichever folder the server starts."""
    path = module.replace(".", "/")
    tails = (f"{path}.py", f"{path}/__init__.py")
    return any(f"/{file}".endswith(f"/{tail}") for file in service.repository.files for tail in tails)
