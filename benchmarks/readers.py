"""What reading Python costs, by parser, on the folders given.

    python benchmarks/readers.py FOLDER...

Prints a Markdown table: processor seconds, the ratio to `ast.parse`, and how many files each one refuses. The
garbage collector is off and nothing is kept, so that each reader pays for its own work alone.
"""

from __future__ import annotations

import argparse
import ast
import gc
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import libcst
import msgspec
import tree_sitter
import tree_sitter_python

from archlint.discover import find_repository
from archlint.facts.python import read_python
from archlint.facts.source import PythonSource

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_python.language()))


def main() -> int:
    """Measure each reader and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the best counts (default 3)")
    parser.add_argument("--without-libcst", action="store_true", help="leave the slow one out")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    contents = [content for folder in options.folders for content in sources(folder)]
    encoded = [msgspec.msgpack.encode(read_python(content)) for content in contents]
    decode = msgspec.msgpack.Decoder(PythonSource).decode
    readers: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
        "`ast.parse`": (ast.parse, contents),
        "tree-sitter, the tree alone": (PARSER.parse, contents),
        "**`read_python`: tree-sitter and all facts**": (read_python, contents),
        "the same facts from the cache": (decode, encoded),
    }
    if not options.without_libcst:
        readers["`libcst.parse_module`"] = (libcst.parse_module, contents)
    size = sum(map(len, contents)) / 1e6
    print(f"{len(contents):,} files, {size:.1f} MB, Python {sys.version.split()[0]}\n")
    print("| reader | processor s | to `ast.parse` | files refused |\n|---|--:|--:|--:|")
    base = 0.0
    for name, (read, items) in readers.items():
        taken, refused = min(measure(read, items) for _ in range(options.repeat))
        base = base or taken
        print(f"| {name} | {taken:.2f} | {taken / base:.2f} | {refused} |", flush=True)
    return 0


def sources(folder: Path) -> list[bytes]:
    """The Python files of a repository."""
    repository = find_repository([folder])
    return [repository.read_bytes(file) for file in repository.files if file.endswith(".py")]


def measure(read: Callable[[bytes], object], contents: list[bytes]) -> tuple[float, int]:
    """Processor seconds for all contents, and how many were refused."""
    gc.collect()
    gc.disable()
    refused, began = 0, time.process_time()
    for content in contents:
        try:
            read(content)
        except (SyntaxError, ValueError, libcst.ParserSyntaxError):
            refused += 1
    return time.process_time() - began, refused


if __name__ == "__main__":
    sys.exit(main())
