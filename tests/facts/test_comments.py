"""Comments of other formats: strings are none, and each format has its own idea of a comment."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.comments import may_hold_comments, read_comments


def lines(path: str, text: str) -> list[int]:
    return [comment.location.line for comment in read_comments(path, dedent(text).encode())]


@pytest.mark.parametrize("path", ["README.md", "data.json", "app/main.py", "Dockerfiles/notes.txt", "yaml"])
def test_files_whose_comments_are_not_read(path: str) -> None:
    assert not may_hold_comments(path)
    assert lines(path, "# archlint: ignore[BA0102] why") == []


def test_bytes_that_are_not_text_have_no_comments() -> None:
    assert read_comments("compose.yaml", b"# archlint: \xff") == ()


def test_yaml() -> None:
    text = """\
        plain: a#archlint:no
        quoted: "# archlint: no"  # archlint: 2
        single: 'it''s # archlint: no'
        # archlint: 4
        block: |  # archlint: 5
          # archlint: no
          text
        # archlint: 8
        folded: >-
          text

          # archlint: no
        flow: [a,  # archlint: 13
          b]
        """
    assert lines("deploy/compose.yaml", text) == [2, 4, 5, 8, 13]


def test_yaml_up_to_an_error() -> None:
    assert lines("a.yml", "a: 1  # archlint: 1\nb: %\n# archlint: lost\n") == [1]


def test_toml() -> None:
    text = '''\
        a = "# archlint: no"  # archlint: 1
        # archlint: 2
        b = """
        # archlint: no
        """
        c = [  # archlint: 6
          'x # archlint: no',
        ]
        '''
    assert lines("pyproject.toml", text) == [1, 2, 6]
    assert lines("uv.lock", text) == [1, 2, 6]


def test_dockerfile() -> None:
    text = """\
        # archlint: 1
        FROM python:3.12
        RUN echo one && \\
            # archlint: 4
            echo two
        COPY <<EOF /etc/motd
        # archlint: no
        EOF
        ENV NOTE="# archlint: no"
        RUN echo "# archlint: no" # archlint: 10
        RUN <<EOF
        # archlint: 12
        EOF
        CMD ["app"]  # archlint: no
        """
    assert lines("Dockerfile", text) == [1, 4, 10, 12]
    assert lines("docker/api.Dockerfile", text) == [1, 4, 10, 12]


def test_shell() -> None:
    text = """\
        #!/bin/sh
        # archlint: 2
        echo '# archlint: no' "# archlint: no" # archlint: 3
        echo a\\ # archlint: no
        cat <<'EOF'
        # archlint: no
        EOF
        echo done;# archlint: 8
        """
    assert lines("scripts/start.sh", text) == [2, 3, 8]


@pytest.mark.parametrize(
    "path", ["alembic.ini", "setup.cfg", "Makefile", ".env.example", "requirements-dev.txt"]
)
def test_formats_with_comments_on_lines_of_their_own(path: str) -> None:
    assert lines(path, "# archlint: 1\na = b # archlint: no\n  # archlint: 3\n") == [1, 3]


def test_place_and_text() -> None:
    [first, second] = read_comments(
        "a.toml", b'\xef\xbb\xbfname = "\xc3\xa4"  # archlint: x\r\n# archlint: y\r\n'
    )
    assert (first.location.line, first.location.column, first.location.end_column) == (1, 13, 26)
    assert (first.text, first.own_line) == ("# archlint: x", False)
    assert (second.location.line, second.text, second.own_line) == (2, "# archlint: y", True)


@settings(deadline=None)
@given(st.sampled_from(["a.yaml", "a.toml", "Dockerfile", "a.sh", "a.ini"]), st.binary(), st.text())
def test_no_content_crashes_a_reader(path: str, data: bytes, text: str) -> None:
    for content in (data, text.encode("utf-8", "surrogatepass")):
        for comment in read_comments(path, content + b"\n# archlint: x\n" + content):
            assert "archlint:" in comment.text
