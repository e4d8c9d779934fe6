"""The Python projects of a repository: where each lies, what it depends on, where its imports start."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct
from packaging.utils import canonicalize_name

from archlint import documents
from archlint.discover import Repository
from archlint.facts.toml import TomlFile
from archlint.paths import is_inside, join
from archlint.service.semantics.layout import ImportRoots
from archlint.service.semantics.package_places import Place, one_or_more, package_places

_REQUIREMENTS = re.compile(r"(^|/)(requirements[^/]*|requirements/[^/]+)\.(txt|in)$")
_MANIFESTS = frozenset(
    {"Pipfile", "pdm.lock", "poetry.lock", "pyproject.toml", "setup.cfg", "setup.py", "uv.lock"}
)
_SETUP_IMPORT = re.compile(r"^\s*(from|import)\s+(setuptools|distutils)", re.MULTILINE)
_DEVELOPMENT = re.compile(r"\b(ci|dev|develop|development|docs?|lint|tests?|testing)\b")
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)", re.MULTILINE)
_SETUP_NAME = re.compile(r"""\bname\s*=\s*["']([\w.-]+)["']""")
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


RUNTIME_TABLES = (
    ("tool", "poetry", "dependencies"),
    ("tool", "pixi", "dependencies"),
    ("tool", "pixi", "pypi-dependencies"),
)
"""Where pyproject.toml declares what runs by other tools: https://pixi.prefix.dev/latest/python/pyproject_toml/."""


class Project(Struct, eq=False, frozen=True, dict=True):
    """A folder with a manifest. `root` is POSIX, relative to the repository's root, `"."` for that itself."""

    root: str
    repository: Repository
    manifests: frozenset[str]

    @property
    def is_distribution(self) -> bool:
        """Whether a manifest declares a project, rather than only listing requirements or tool settings."""
        declared = self.name is not None or any(
            self.pyproject.get(name) is not None for name in ("project", "build-system")
        )
        return declared or not self.manifests.isdisjoint({"setup.py", "setup.cfg", "Pipfile"})

    @cached_property
    def pyproject(self) -> TomlFile:
        """Its pyproject.toml."""
        return documents.toml(self.repository, join(self.root, "pyproject.toml"))

    @cached_property
    def name(self) -> str | None:
        """The distribution's normalized name."""
        name = self.pyproject.get("project", "name") or self.pyproject.get("tool", "poetry", "name")
        if name is None and "setup.py" in self.manifests:
            name = next(iter(self._findall("setup.py", _SETUP_NAME)), None)
        return canonicalize_name(name) if isinstance(name, str) else None

    @cached_property
    def import_roots(self) -> tuple[str, ...]:
        """The folders that the project declares to be on the import path, the likeliest first."""
        folders = [folder for name, folder in self._places if not name] + ["."]
        if not self.repository.has(join(self.root, "src/__init__.py")):
            folders.append("src")
        return tuple(dict.fromkeys(join(self.root, folder) for folder in folders))

    @cached_property
    def packages(self) -> tuple[Place, ...]:
        """The packages whose folders have other names than they, the most deeply nested first."""
        named = [(name, join(self.root, folder)) for name, folder in self._places if name]
        return tuple(sorted(named, key=lambda place: -place[0].count(".")))

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        return package_places(self.repository, self.root, self.manifests, self.pyproject)

    @property
    def imports(self) -> ImportRoots:
        """What decides where the imports of its files lead."""
        dependencies = tuple(sorted(self.dependencies))
        return ImportRoots(self.root, self.name, self.import_roots, dependencies, self.packages)

    @property
    def commands(self) -> Iterator[str]:
        """The modules of which the commands that the project installs call a function.

        https://packaging.python.org/en/latest/specifications/pyproject-toml/#entry-points
        https://python-poetry.org/docs/pyproject/#scripts
        """
        for tool in ("project",), ("tool", "poetry"):
            for told in self.pyproject.table(*tool, "scripts").values():
                target = told.get("reference") if isinstance(told, dict) else told
                if isinstance(target, str) and ":" in target:
                    yield target.partition(":")[0].strip()

    @cached_property
    def requirements(self) -> frozenset[str]:
        """The normalized names of what the project declares that it needs to run."""
        return frozenset(map(canonicalize_name, self._requirements()))

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """The normalized names of all that the manifests name: `requirements`, groups, what is locked."""
        return self.requirements | frozenset(map(canonicalize_name, self._other_dependencies()))

    def _requirements(self) -> Iterator[str]:
        yield from _requirement_names(self.pyproject.get("project", "dependencies"))
        for table in RUNTIME_TABLES:
            yield from self.pyproject.table(*table)
        for manifest in sorted(self.manifests):
            if _REQUIREMENTS.search(manifest) and not _DEVELOPMENT.search(manifest):
                yield from self._findall(manifest, _REQUIREMENT)

    def _other_dependencies(self) -> Iterator[str]:
        for manifest in sorted(self.manifests):
            if manifest.endswith(".lock"):
                yield from self._findall(manifest, _LOCKED)
            elif _DEVELOPMENT.search(manifest):
                yield from self._findall(manifest, _REQUIREMENT)
        optional = self.pyproject.table("project", "optional-dependencies")
        for group in (*optional.values(), *self.pyproject.table("dependency-groups").values()):
            yield from _requirement_names(group)
        for name in self.pyproject.table("tool", "poetry", "group"):
            yield from self.pyproject.table("tool", "poetry", "group", name, "dependencies")
        for name in self.pyproject.table("tool", "pixi", "feature"):
            for kind in ("dependencies", "pypi-dependencies"):
                yield from self.pyproject.table("tool", "pixi", "feature", name, kind)

    def _findall(self, manifest: str, names: re.Pattern[str]) -> list[str]:
        return documents.findall(self.repository, join(self.root, manifest), names)


def find_projects(repository: Repository) -> dict[str, Project]:
    """Every folder with a manifest, by its path.

    A manifest in a Python package is that package's data, unless it names a project of its own.
    """
    manifests: dict[str, set[str]] = {}
    for file in repository.files:
        folder, name = posixpath.split(file)
        if _REQUIREMENTS.search(file):
            if posixpath.basename(folder) == "requirements":
                folder, name = posixpath.dirname(folder), f"requirements/{name}"
        elif name not in _MANIFESTS or (
            name == "setup.py" and not documents.finds(repository, file, _SETUP_IMPORT)
        ):
            continue
        if not repository.has(join(folder, "__init__.py")) or _declares_project(repository, folder):
            manifests.setdefault(folder or ".", set()).add(name)
    return {root: Project(root, repository, frozenset(manifests[root])) for root in sorted(manifests)}


def lists_requirement(repository: Repository, root: str, distribution: str) -> bool:
    """Whether a list of requirements at or below `root` names a distribution, one kept in a package too."""
    return any(
        canonicalize_name(found) == distribution
        for file in repository.files
        if _REQUIREMENTS.search(file) and is_inside(file, root)
        for found in documents.findall(repository, file, _REQUIREMENT)
    )


def _declares_project(repository: Repository, folder: str) -> bool:
    told = documents.toml(repository, join(folder, "pyproject.toml"))
    return isinstance(told.get("project", "name") or told.get("tool", "poetry", "name"), str)


def import_names(distribution: str) -> tuple[str, ...]:
    """The top-level names under which `distribution` may be imported."""
    known = _IMPORT_NAMES.get(distribution)
    if known:
        return known
    name = distribution.replace("-", "_").replace(".", "_")
    short = name.removeprefix("python_").removeprefix("py_").removesuffix("_binary")
    return tuple(dict.fromkeys((name, short, distribution.split(".", maxsplit=1)[0])))


def _requirement_names(requirements: object) -> Iterable[str]:
    return (found[1] for text in one_or_more(requirements) if (found := _REQUIREMENT.match(text)))
