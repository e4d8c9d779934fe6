"""`python -m archlint` and the console script: run a command, and never show a traceback to a user.

The working directory is that of code which nobody has looked at yet: nothing may be imported from it. Until
`_leave_working_directory` has run, this module therefore imports only what is built into the interpreter or
frozen, and so has no `from __future__ import annotations`.
"""

import gc
import os
import sys


def start() -> None:
    """Run the command line and end the process, for the console script and `-m`.

    What a run made is not freed object by object, which would take a twentieth of its time: all is written by
    then, and the system takes the memory back at once.
    """
    try:
        main()
    except SystemExit as leaving:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (AttributeError, OSError, ValueError):  # no such stream, or its reader has left
            raise leaving from None
        if isinstance(leaving.code, int | None):
            os._exit(leaving.code or 0)
        raise


def main() -> None:
    """Run the command line. Exits with 2 and one message where archlint cannot do its work."""
    _leave_working_directory()
    if sys.argv[1:] == ["--version"]:
        _print_version()
        sys.exit()
    _have_streams()
    try:
        _run()
    except Exception as error:
        from archlint.findings import ArchlintError

        if isinstance(error, ArchlintError):
            sys.exit(_failed(str(error)))
        if os.environ.get("ARCHLINT_DEBUG"):
            raise
        why = f"internal error: {type(error).__name__}: {error}"
        sys.exit(_failed(why, "please report this; ARCHLINT_DEBUG=1 shows where it happened"))


def _run() -> None:
    """Say again what was said, else run the command."""
    from archlint.recall import recall

    kept = recall(sys.argv[1:])
    if kept is not None:
        sys.exit(kept)
    gc.disable()  # What a run makes lives until it ends: looking for garbage took a fifth of its time.
    from archlint.cli import app

    app(prog_name="archlint")


def _have_streams() -> None:
    """Let nothing fail because the caller closed a stream: what is written to it goes nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _leave_working_directory() -> None:
    """Take the working directory off the path of this process and of those that it starts.

    `-m` puts it first, and `PYTHONPATH` often names it. The folder that archlint itself was found in stays.
    """
    here = os.path.realpath(os.curdir)
    own = os.path.realpath(os.path.join(os.path.dirname(__file__), os.pardir))  # noqa: PTH118, PTH120
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    unsafe = {"", here, *(os.path.realpath(path) for path in named if _is_inside(path, here))} - {own}
    sys.path[:] = [path for path in sys.path if path and os.path.realpath(path) not in unsafe]
    os.environ["PYTHONSAFEPATH"] = "1"
    if "PYTHONPATH" in os.environ:
        kept = [path for path in named if path and os.path.realpath(path) not in unsafe]
        os.environ["PYTHONPATH"] = os.pathsep.join(kept)


def _is_inside(path: str, folder: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(folder, ""))  # noqa: PTH118


def _print_version() -> None:
    """Without the command line, whose import would take ten times as long as all the rest."""
    from archlint import __version__

    sys.stdout.write(f"archlint {__version__}\n")


def _failed(problem: str, *notes: str) -> int:
    from archlint.cli.notes import tell

    tell([f"error: {problem}", *notes])
    return 2


if __name__ == "__main__":
    start()
