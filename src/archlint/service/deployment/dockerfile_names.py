"""Which files are Dockerfiles: by their name, or by the folder of Dockerfiles that they lie in."""

from __future__ import annotations

import posixpath
import re

from archlint import documents
from archlint.discover import Repository

_NAME = re.compile(r"(?i)(.*[._-])?(docker|container)file([._-][\w.-]*)?")
_OTHER = re.compile(
    r"(?i).*\.(dockerignore|containerignore|md|rst|txt|py|sh|ya?ml|json|toml|bak|orig|env|conf|cfg|ini|sql)"
)
_FOLDER = re.compile(r"(?i)(.*[._-])?((docker|container)[_-]?files?|docker|containers?|images)")
_BEGINS = re.compile(rb"\A(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:(?i:FROM)|(?i:ARG))[ \t]+\S")


def is_dockerfile(repository: Repository, path: str) -> bool:
    """Whether a file is a Dockerfile, one such as `Dockerfiles/api` by how it begins.

    In such a folder, one without a suffix is read; the pictures of `images/` are not.
    """
    folder, name = posixpath.split(path)
    if _NAME.fullmatch(name):
        return _OTHER.fullmatch(name) is None
    is_among = "." not in name and _FOLDER.fullmatch(posixpath.basename(folder)) is not None
    return is_among and documents.finds(repository, path, _BEGINS)
