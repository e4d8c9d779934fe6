"""Which endpoints a request's path means, `VALUE` and `GAP` standing for what the source does not tell.

The order is Starlette's: the first route that fits is the one that answers. See its documentation, "Routing".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from archlint.service.api.routes import Endpoint
from archlint.service.testing.paths import GAP, VALUE

_PARAMETER = re.compile(r"\{[^}]*\}")
_REST = re.compile(r"\{[^}]*:path\}")
_NUMBER = re.compile(r"\{[^}:]*:(int|float)\}")
_UUID = re.compile(r"\{[^}:]*:uuid\}")
_OWN = re.compile(r"\{[^}:]*:(?!(?:float|int|path|str|uuid)\})[^}]*\}")
"""A convertor that the service registers: which texts it takes, only its own expression says."""


_HOST = re.compile(rf"^[a-z]+://([^/?#]*(?=[/?#])|[^/?#]*:{GAP}$|[^/?#{GAP}]*)")
"""With a hole in it where more follows; one that ends the text is the path, or else a port."""


class Matches(Struct, frozen=True):
    """The endpoints that a request means for certain or in all likelihood, and those that it may mean."""

    sure: tuple[Endpoint, ...]
    maybe: tuple[Endpoint, ...]


def matches(template: str, endpoints: Sequence[Endpoint]) -> Matches:
    """The endpoints behind one text; `endpoints` are those of the request's method, in the routes' order."""
    path = normalized(template)
    if GAP in path:
        return _open(path, endpoints)
    fits = [(one, _fit(_segments(one.path), _segments(path))) for one in endpoints]
    exact = [one for one, fit in fits if fit is True]
    exact = _spelled(exact, path)
    if exact and VALUE not in path:
        first = next((one.path for one in exact if not _OWN.search(one.path)), exact[0].path)
        exact = [one for one in exact if one.path == first or _OWN.search(one.path)]
    if any(_has_static(_segments(one.path)) for one in exact) or not _segments(path):
        return Matches(tuple(exact), ())
    # A route of parameters alone takes everything, also what is meant for an app that is mounted.
    tails = [one for one in _by_tail(_segments(path), endpoints) if one not in exact]
    maybe = [] if exact or tails else [one for one, fit in fits if fit is None]
    others = maybe or [one for one in _by_router(_segments(path), endpoints) if one not in tails]
    return Matches((*exact, *tails), tuple(others))


def _spelled(fitting: list[Endpoint], path: str) -> list[Endpoint]:
    """Those with or without the slash at the end that the request has; FastAPI redirects where none has."""
    if path.endswith(VALUE):
        return fitting
    ends = path.endswith("/")
    alike = [one for one in fitting if one.path.endswith("/") == ends or one.path.endswith(":path}")]
    return alike or fitting


def _by_router(path: Sequence[str], endpoints: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """Those whose router an app of the tests' own may serve under another prefix."""
    for one in endpoints:
        route = _segments(one.path.removeprefix("".join(one.prefixes)))
        tail = path[len(path) - len(route) :]
        if len(route) < len(path) and _has_static(route) and _fit(route, tail) is True:
            yield one


def normalized(template: str) -> str:
    """The path of a text: without scheme, host, query and fragment, with a slash in front."""
    path = _HOST.sub("", template)
    # A value that a path starts with is a prefix, of any length or none.
    path = re.sub(f"^{VALUE}", GAP, path)
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    return path if path.startswith(("/", GAP)) else f"/{path}"


def _open(path: str, endpoints: Iterable[Endpoint]) -> Matches:
    """For a path with a hole: what comes before and after it must fit, anything may be in it."""
    before, after = path.split(GAP, 1)[0], path.rsplit(GAP, 1)[1]
    sure: list[Endpoint] = []
    maybe: list[Endpoint] = []
    for endpoint in endpoints:
        route = _segments(endpoint.path)
        head = _segments(before) if before.endswith("/") else _segments(before)[:-1]
        tail = _segments(after)
        known = tail if after.startswith("/") else tail[1:]
        if len(head) + len(known) > len(route) or not _begins(route, head, before):
            continue
        end = _fit(route[len(route) - len(known) :], known) if known else None
        if end is False:
            continue
        plain = _segments(path.replace(GAP, VALUE))
        fixed = _has_static(known) and _has_static(route[len(route) - len(known) :])
        likely = (not before and end is True and fixed) or _fit(route, plain) is True
        (sure if likely else maybe).append(endpoint)
    return Matches(tuple(sure), () if sure and not before else tuple(maybe))


def _begins(route: Sequence[str], head: Sequence[str], before: str) -> bool:
    if _fit(route[: len(head)], head) is False:
        return False
    rest = before.rsplit("/", 1)[-1]
    following = route[len(head)] if len(route) > len(head) else ""
    return not rest or VALUE in rest or bool(_PARAMETER.search(following)) or following.startswith(rest)


def _by_tail(path: Sequence[str], endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Where a client's base URL, a root path or an app of the tests' own hides a prefix from one side."""
    return [one for one in endpoints if _shares_tail(_segments(one.path), path)]


def _shares_tail(route: Sequence[str], path: Sequence[str]) -> bool:
    size = min(len(route), len(path))
    ends = route[-size:], path[-size:]
    return size > 0 and len(route) != len(path) and all(map(_has_static, ends)) and _fit(*ends) is True


def _has_static(segments: Iterable[str]) -> bool:
    return any(not _PARAMETER.search(one) and VALUE not in one for one in segments)


@lru_cache(maxsize=4096)
def _segments(path: str) -> tuple[str, ...]:
    return tuple(one for one in path.split("/") if one)


def _fit(route: Sequence[str], path: Sequence[str]) -> bool | None:
    """Whether a path is one of a route's; None where a value would have to be a fixed word of the route."""
    if route and _REST.search(route[-1]) and len(path) >= len(route) - 1:
        route, path = route[:-1], path[: len(route) - 1]
    if len(route) != len(path):
        return False
    answers = [_segment_fits(one, given) for one, given in zip(route, path, strict=True)]
    return False if False in answers else None if None in answers else True


@lru_cache(maxsize=1 << 14)
def _segment_fits(route: str, given: str) -> bool | None:
    if _PARAMETER.search(route):
        if _NUMBER.fullmatch(route) and VALUE not in given:
            return re.fullmatch(r"-?[\d.]+", given) is not None
        if _UUID.fullmatch(route) and VALUE not in given:
            return re.fullmatch(r"[\da-fA-F]{8}(-?[\da-fA-F]{4}){3}-?[\da-fA-F]{12}", given) is not None
        pieces = [re.escape(piece) for piece in _PARAMETER.split(route)]
        return VALUE in given or re.fullmatch(".+".join(pieces), given) is not None
    if VALUE not in given:
        return route == given
    pieces = [re.escape(piece) for piece in given.split(VALUE)]
    return None if re.fullmatch(".*".join(pieces), route) else False


def looks_like_path(text: str, *, known_client: bool) -> bool:
    """Whether a text may be a URL; of a word without any slash only a client can make one."""
    if re.search(r"[\s<>\"']", text):
        return False
    return known_client or text.startswith(("/", "http", "ws:", f"{GAP}/", f"{VALUE}/"))


def under(base: str, path: str) -> str:
    """A path as a client with this base URL takes it: a whole URL stands for itself."""
    if not base or "://" in path:
        return path
    return f"{base}/{path.removeprefix('/')}"
