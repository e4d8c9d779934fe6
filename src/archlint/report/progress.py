"""Says on a terminal what archlint is doing, once that takes longer than half a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

DELAY = 0.5


@contextmanager
def progress(enabled: bool = True, no_color: bool = False) -> Iterator[Callable[[str], None]]:
    """A function to call with each step's name; what it shows is on standard error and gone at the end."""
    if not enabled or not sys.stderr.isatty():
        yield lambda step: None
        return
    steps, done = ["starting"], Event()
    shower = Thread(target=_show, args=(steps, done, no_color or None), daemon=True)
    shower.start()
    try:
        yield lambda step: steps.__setitem__(0, step)
    finally:
        done.set()
        shower.join()


def _show(steps: list[str], done: Event, no_color: bool | None) -> None:
    if done.wait(DELAY):
        return
    from rich.console import Console
    from rich.markup import escape

    console = Console(file=sys.stderr, no_color=no_color)
    with console.status(escape(steps[0])) as status:
        while not done.wait(0.1):
            status.update(escape(steps[0]))
