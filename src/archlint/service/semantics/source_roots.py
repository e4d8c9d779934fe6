"""The Python projects of a repository: where each lies, what it depends on, where its imports start."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct
from packaging.utils import canonicalize_name

from archlint.discover import Repository
from archlint.facts.toml import TomlFile, read_toml
from archlint.paths import join

_REQUIREMENTS = re.compile(r"(^|/)(requirements[^/]*|requirements/[^/]+)\.(txt|in)$")
_MANIFESTS = frozenset(
    {"Pipfile", "pdm.lock", "poetry.lock", "pyproject.toml", "setup.cfg", "setup.py", "uv.lock"}
)
_PACKAGE_DIR = re.compile(r"""package_dir\s*=\s*\{\s*["']{2}\s*:\s*["']([\w./-]+)["']""")
_SETUP_IMPORT = re.compile(r"^\s*(from|import)\s+(setuptools|distutils)", re.MULTILINE)
_DEVELOPMENT = re.compile(r"\b(ci|dev|develop|development|docs?|lint|tests?|testing)\b")
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)", re.MULTILINE)
_LOCKED = re.compile(r'^name = "([^"]+)"', re.MULTILINE)

# Distributions whose import name is not their own name; the rest follow from the name.
_IMPORT_NAMES = {
    "attrs": ("attr", "attrs"),
    "beautifulsoup4": ("bs4",),
    "discord-py": ("discord",),
    "django-environ": ("environ",),
    "faiss-cpu": ("faiss",),
    "gitpython": ("git",),
    "grpcio": ("grpc",),
    "kafka-python": ("kafka",),
    "markdown-it-py": ("markdown_it",),
    "mysqlclient": ("MySQLdb",),
    "opencv-python": ("cv2",),
    "opencv-python-headless": ("cv2",),
    "pillow": ("PIL",),
    "psycopg2-binary": ("psycopg2",),
    "pycryptodome": ("Crypto",),
    "pygithub": ("github",),
    "pyjwt": ("jwt",),
    "pymupdf": ("fitz", "pymupdf"),
    "pynacl": ("nacl",),
    "pyopenssl": ("OpenSSL",),
    "pyserial": ("serial",),
    "pysocks": ("socks",),
    "python-dateutil": ("dateutil",),
    "python-docx": ("docx",),
    "python-dotenv": ("dotenv",),
    "python-jose": ("jose",),
    "python-keycloak": ("keycloak",),
    "python-magic": ("magic",),
    "python-multipart": ("multipart", "python_multipart"),
    "python-slugify": ("slugify",),
    "pyyaml": ("yaml",),
    "scikit-image": ("skimage",),
    "scikit-learn": ("sklearn",),
    "setuptools": ("setuptools", "pkg_resources"),
    "websocket-client": ("websocket",),
}


class Project(Struct, eq=False, frozen=True, dict=True):
    """A folder with a manifest. `root` is POSIX, relative to the repository's root, `"."` for that itself."""

    root: str
    repository: Repository
    manifests: frozenset[str]

    @property
    def is_distribution(self) -> bool:
        """Whether a manifest declares a project, rather than only listing requirements or tool settings."""
        declared = self.name is not None or bool({"project", "build-system"} & self.pyproject.keys())
        return declared or not self.manifests.isdisjoint({"setup.py", "setup.cfg", "Pipfile"})

    @cached_property
    def pyproject(self) -> Mapping[str, Any]:
        """The content of pyproject.toml; nothing when it is missing or broken, which the config reports."""
        if "pyproject.toml" not in self.manifests:
            return {}
        path = join(self.root, "pyproject.toml")
        try:
            file = read_toml(path, self.repository.read_bytes(path))
        except OSError:
            return {}
        return file.values if isinstance(file, TomlFile) else {}

    @cached_property
    def name(self) -> str | None:
        """The distribution's normalized name."""
        name = _table(self.pyproject, "project").get("name")
        name = name or _table(self.pyproject, "tool", "poetry").get("name")
        if name is None and "setup.py" in self.manifests:
            found = re.search(r"""\bname\s*=\s*["']([\w.-]+)["']""", self._text("setup.py"))
            name = found and found[1]
        return canonicalize_name(name) if isinstance(name, str) else None

    @cached_property
    def import_roots(self) -> tuple[str, ...]:
        """The folders that the project declares to be on the import path, the likeliest first."""
        folders = [*self._declared_roots(), "."]
        if not any(file == join(self.root, "src/__init__.py") for file in self.repository.files):
            folders.append("src")
        return tuple(dict.fromkeys(posixpath.normpath(join(self.root, folder)) for folder in folders))

    def _declared_roots(self) -> Iterator[str]:
        tool = _table(self.pyproject, "tool")
        setuptools = _table(tool, "setuptools")
        poetry = _table(tool, "poetry").get("packages")
        wheel = _table(tool, "hatch", "build", "targets", "wheel")
        yield from _strings(_table(setuptools, "packages", "find").get("where"))
        yield from _strings(_table(setuptools, "package-dir").get(""))
        yield from (posixpath.dirname(package) for package in _strings(wheel.get("packages")))
        yield from (
            e["from"]
            for e in (poetry if isinstance(poetry, list) else ())
            if isinstance(e, dict) and isinstance(e.get("from"), str)
        )
        yield from _strings(_table(tool, "uv", "build-backend").get("module-root"))
        yield from _strings(_table(tool, "pytest", "ini_options").get("pythonpath"))
        if "setup.py" in self.manifests:
            yield from _PACKAGE_DIR.findall(self._text("setup.py"))

    @cached_property
    def requirements(self) -> frozenset[str]:
        """The normalized names of what the project declares that it needs to run."""
        return frozenset(map(canonicalize_name, self._requirements()))

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """The normalized names of all that the manifests name: `requirements`, groups, what is locked."""
        return self.requirements | frozenset(map(canonicalize_name, self._other_dependencies()))

    def _requirements(self) -> Iterator[str]:
        yield from _requirement_names(_table(self.pyproject, "project").get("dependencies"))
        yield from _table(self.pyproject, "tool", "poetry", "dependencies")
        for manifest in sorted(self.manifests):
            if _REQUIREMENTS.search(manifest) and not _DEVELOPMENT.search(manifest):
                yield from _REQUIREMENT.findall(self._text(manifest))

    def _other_dependencies(self) -> Iterator[str]:
        for manifest in sorted(self.manifests):
            if manifest.endswith(".lock"):
                yield from _LOCKED.findall(self._text(manifest))
            elif _DEVELOPMENT.search(manifest):
                yield from _REQUIREMENT.findall(self._text(manifest))
        optional = _table(self.pyproject, "project", "optional-dependencies")
        for group in (*optional.values(), *_table(self.pyproject, "dependency-groups").values()):
            yield from _requirement_names(group)
        poetry = _table(self.pyproject, "tool", "poetry", "group")
        for name in poetry:
            yield from _table(poetry, name, "dependencies")

    def _text(self, manifest: str) -> str:
        try:
            return self.repository.text(join(self.root, manifest))
        except OSError:
            return ""


def find_projects(repository: Repository) -> dict[str, Project]:
    """Every folder with a manifest, by its path; a manifest in a Python package is that package's data."""
    files = set(repository.files)
    manifests: dict[str, set[str]] = {}
    for file in repository.files:
        folder, name = posixpath.split(file)
        if _REQUIREMENTS.search(file):
            if posixpath.basename(folder) == "requirements":
                folder, name = posixpath.dirname(folder), f"requirements/{name}"
        elif name not in _MANIFESTS or (name == "setup.py" and not _is_setup_script(repository, file)):
            continue
        if join(folder, "__init__.py") not in files:
            manifests.setdefault(folder or ".", set()).add(name)
    return {root: Project(root, repository, frozenset(manifests[root])) for root in sorted(manifests)}


def _is_setup_script(repository: Repository, file: str) -> bool:
    """Whether a `setup.py` is setuptools' and not just a module of that name."""
    try:
        return _SETUP_IMPORT.search(repository.text(file)) is not None
    except OSError:
        return False


def import_names(distribution: str) -> tuple[str, ...]:
    """The top-level names under which `distribution` may be imported."""
    known = _IMPORT_NAMES.get(distribution)
    if known:
        return known
    name = distribution.replace("-", "_").replace(".", "_")
    short = name.removeprefix("python_").removeprefix("py_").removesuffix("_binary")
    return tuple(dict.fromkeys((name, short, distribution.split(".", maxsplit=1)[0])))


def _table(document: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    for key in keys:
        found = document.get(key)
        if not isinstance(found, dict):
            return {}
        document = found
    return document


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def _requirement_names(requirements: object) -> Iterable[str]:
    return (found[1] for text in _strings(requirements) if (found := _REQUIREMENT.match(text)))
