"""What runs because of a here-document, held to Bash itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from archlint.facts.shell import read_shell
from archlint.facts.shell_heredocs import last_of_each_line

SCRIPTS = [
    "cat <<A >/dev/null\npip\nA\n",
    "cat <<A >/dev/null && cat <<B >/dev/null && pip\na pip\nA\npip\nB\n",
    "cat <<A >/dev/null && cat <<'B' >/dev/null\npip\nA\npip\nB\ntrue\n",
    "cat <<-A | tee log >/dev/null\n\tpip\n\tA\n",
    "cat <<A | bash\npip\nA\n",
    "cat <<A | tee log | sh -s\npip\nA\n",
    "env X=1 bash -e <<A\npip\nA\n",
    "true && bash -s <<A\npip\nA\n",
    "bash -s -- one <<A\npip\nA\n",
    "bash -c true <<A\npip\nA\n",
    "bash script.sh <<A\npip\nA\n",
    "bash -o pipefail <<A\npip\nA\n",
    "bash /dev/stdin <<A\npip\nA\n",
    "sort <<A | bash -c 'cat >/dev/null'\npip\nA\n",
    "bash <<A && pip\ntrue\nA\n",
    "cat <<A >/dev/null || pip\nx\nA\n",
    "cat <<<A >/dev/null\npip\n",
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="Bash is not installed")
@pytest.mark.parametrize("script", SCRIPTS)
def test_what_a_shell_reads_is_run(script: str, tmp_path: Path) -> None:
    (tmp_path / "script.sh").write_text("true\n")
    (tmp_path / "pip").write_text("#!/bin/sh\ntouch ran\n")
    (tmp_path / "pip").chmod(0o755)
    bash = shutil.which("bash") or "bash"
    path = f"{tmp_path}:/usr/bin:/bin"
    subprocess.run([bash, "-c", script], cwd=tmp_path, env={"PATH": path}, check=False)
    found = any(command.words == ("pip",) for command in read_shell(script))
    runs_anyway = "|| pip" in script  # read, though not run this time
    assert found == ((tmp_path / "ran").exists() or runs_anyway)


def test_places_stay_where_they_are() -> None:
    found = read_shell("cat <<A >a && cat <<B >b && pip\nä pip\nA\npip\nB\nserve\n")
    assert {command.words: command.start for command in found if command.words[0] != "cat"} == {
        ("pip",): (0, 28),
        ("serve",): (5, 0),
    }


def test_what_the_grammar_refuses_is_left_as_it_is() -> None:
    """To look for each one's end takes the square of their number."""
    data = b"<<A\n" * 50_000
    assert last_of_each_line(data) is data
