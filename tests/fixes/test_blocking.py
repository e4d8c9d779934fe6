"""The replacements of calls that block the event loop."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint.engine import check
from archlint.fixes.asynchronous import blocking_call, blocking_http
from archlint.fixes.carrying_out import changes
from archlint.fixes.planning import Planned
from archlint.loading import Request, load
from archlint.selectors import Selection

PLANNERS = {"BA0604": blocking_http.plan, "BA0606": blocking_call.plan}
HEAD = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"


def fixed(tmp_path: Path, text: str) -> tuple[str, list[bool]]:
    """The file after all fixes of blocking calls, and whether each was safe."""
    (tmp_path / "main.py").write_text(HEAD + dedent(text))
    loaded = load([tmp_path])
    report = check(loaded, Request((tmp_path,), Selection(select=tuple(PLANNERS))))
    assert report.findings
    found = [
        Planned(finding, plan)
        for finding in report.findings
        if (plan := PLANNERS[finding.code](loaded.services[0], finding)) is not None
    ]
    made = changes(loaded.repository, found)
    content = made.files[0].after.decode() if made.files else HEAD + dedent(text)
    return content.removeprefix(HEAD), [one.plan.safe for one in made.done]


def test_sleeping_has_a_counterpart(tmp_path: Path) -> None:
    before = """\
        import time
        from time import sleep as rest


        @app.get("/a")
        async def a():
            time.sleep(1)  # politely
            rest(seconds())
        """
    after, safe = fixed(tmp_path, before)
    assert "    await asyncio.sleep(1)  # politely\n    await asyncio.sleep(seconds())\n" in after
    assert after.startswith("import asyncio\nimport time\nfrom time import sleep as rest\n")
    assert safe == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        '@app.get("/a")\nasync def a():\n    b()\n\n\ndef b():\n    import time\n    time.sleep(1)\n',
        'import time\n\n\n@app.get("/a")\nasync def a(asyncio: int):\n    time.sleep(1)\n',
        'import time\n\n\n@app.get("/a")\nasync def a():\n    (lambda: time.sleep(1))()\n',
        'import subprocess\n\n\n@app.get("/a")\nasync def a():\n    subprocess.run(["ls"])\n',
        'import requests\n\n\n@app.get("/a")\nasync def a():\n    return requests.get("u").json()\n',
        'import requests\n\n\n@app.get("/a")\nasync def a():\n    return requests.get("u", verify=False)\n',
        'import requests\n\n\n@app.get("/a")\nasync def a(httpx: str):\n    return requests.get("u")\n',
    ],
    ids=["helper", "name taken", "lambda", "no counterpart", "not alone", "argument", "library's name taken"],
)
def test_what_has_no_mechanical_replacement_stays(tmp_path: Path, text: str) -> None:
    assert fixed(tmp_path, text) == (text, [])


def test_requests_becomes_a_client_around_the_statement(tmp_path: Path) -> None:
    before = """\
        import requests


        @app.get("/a")
        async def a(client: str):
            answer = requests.get("https://a.example", params={"c": client})
            return answer.json()
        """
    after, safe = fixed(tmp_path, before)
    assert after == dedent("""\
        import httpx
        import requests


        @app.get("/a")
        async def a(client: str):
            async with httpx.AsyncClient(follow_redirects=True) as http:
                answer = await http.get("https://a.example", params={"c": client})
            return answer.json()
        """)
    assert safe == [False]
