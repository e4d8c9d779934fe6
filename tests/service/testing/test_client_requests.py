from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.service.testing.matching import normalized
from archlint.service.testing.paths import GAP, VALUE
from tests.service.small import service_of

APP = """
from fastapi import FastAPI, WebSocket
app = FastAPI()
@app.get("/tools")
def tools(): ...
@app.get("/tools/popular")
def popular(): ...
@app.get("/tools/{tool_id:int}")
def tool(): ...
@app.get("/tools/{tool_id}/loans")
def loans(): ...
@app.get("/files/{path:path}")
def files(): ...
@app.websocket("/feed")
def feed(): ...
"""
TEST = """
import os, requests
from urllib.parse import urljoin
from fastapi.testclient import TestClient
from app.main import app
BASE = "/tools"
PATHS = ["/tools", "/tools/popular"]
client = TestClient(app)
def helper(path, method="get"):
    return client.request(method, path)
class Api:
    url = "/tools"

SITE = "https://desk.example.com"
"""


def requested(folder: Path, line: str) -> tuple[list[str], list[str]]:
    """The handlers that a test's line requests, and those that it may."""
    body = "".join(f"    {one}\n" for one in line.split("\n"))
    text = f"{TEST}\ndef test_a(fixture, tool_id):\n{body}"
    requests = service_of(folder, {"app/main.py": APP, "tests/test_a.py": text}).requests
    possible = {one for found in requests.possible.values() for one in found}
    return (
        sorted(one.handler.definition.name for one in requests.tested),
        sorted(one.handler.definition.name for one in possible),
    )


@pytest.mark.parametrize(
    "line",
    [
        "{'/tools': 1}.get('/tools')",
        "os.environ.get('/tools')",
        "session.get('/tools')",
        "mocker.patch('/tools')",
        "client.post('/tools')",
        "client.get('/tool')",
        "client.get('/tools/popular/now')",
        "client.get('/tools/red')",
        "client.get('/tools/\N{HORIZONTAL ELLIPSIS}')",
        "client.get('https://example.com/other')",
        "fixture.goto('https://example.com/tools')",
        "fixture.goto(f'https://example.com/tools/{tool_id}')",
        "import requests\nrequests.get('https://example.com/tools')",
        "client.get('/feed')",
        "cache.get(f'{tool_id}')",
        "@app.get('/tools')\ndef inner(): ...",
    ],
)
def test_what_requests_no_endpoint(tmp_path: Path, line: str) -> None:
    assert requested(tmp_path, line) == ([], [])


@pytest.mark.parametrize(
    ("line", "handlers"),
    [
        ("client.get('/tools')", ["tools"]),
        ("client.get('/tools/')", ["tools"]),
        ("client.get('/tools?shelf=A1#top')", ["tools"]),
        ("client.get('http://testserver/tools')", ["tools"]),
        ("client.get('https://example.com/tools')", ["tools"]),
        ("fixture.goto('/tools')", ["tools"]),
        ("fixture.goto('http://localhost:8000/tools')", ["tools"]),
        ("fixture.goto('http://desk.local/tools')", ["tools"]),
        ("fixture.goto(f'{tool_id}/tools')", ["tools"]),
        ("fixture.goto(SITE + '/tools')", ["tools"]),
        ("import requests\nrequests.get('http://127.0.0.1:8000/tools')", ["tools"]),
        ("client.get(url='/tools')", ["tools"]),
        ("client.request('GET', BASE)", ["tools"]),
        ("client.stream('GET', BASE + '/popular')", ["popular"]),
        ("client.build_request('get', BASE)", ["tools"]),
        ("client.get('/tools/popular')", ["popular"]),
        ("client.get('/tools/7')", ["tool"]),
        ("client.get(f'/tools/{tool_id}')", ["tool"]),
        ("client.get(f'/tools/{fixture.tool.id}/loans')", ["loans"]),
        ("client.get('/tools/%s' % tool_id)", ["tool"]),
        ("client.get('/tools/{}'.format(tool_id))", ["tool"]),
        ("client.get('/files/a/b/c.txt')", ["files"]),
        ("client.websocket_connect('/feed')", ["feed"]),
        ("for path in PATHS:\n    client.get(path)", ["popular", "tools"]),
        ("for _, path in [(1, '/tools'), (2, BASE)]:\n    client.get(path)", ["tools"]),
        ("path = BASE\npath += '/popular'\nclient.get(path)", ["popular", "tools"]),
        ("path = '/tools' if tool_id else '/tools/popular'\nclient.get(path)", ["popular", "tools"]),
        ("getattr(client, 'get')('/tools')", ["tools"]),
        ("helper('/tools')", ["tools"]),
        ("helper(method='GET', path=f'{BASE}/popular')", ["popular"]),
        ("client.get(Api.url)", ["tools"]),
        ("client.get('/v1/tools'.removeprefix('/v1'))", ["tools"]),
        ("client.get(urljoin('http://server', '/tools'))", ["tools"]),
        ("client.get(app.url_path_for('loans', tool_id=1))", ["loans"]),
        ("with TestClient(app) as c:\n    c.get('/tools')", ["tools"]),
        ("TestClient(app).get('/tools')", ["tools"]),
        ("client.get(f'{fixture.prefix}/tools/popular')", ["popular"]),
        ("requests.get(os.environ['SERVER'] + '/tools')", ["tools"]),
    ],
)
def test_what_a_line_requests(tmp_path: Path, line: str, handlers: list[str]) -> None:
    assert requested(tmp_path, line) == (handlers, [])


@pytest.mark.parametrize(
    ("line", "handlers"),
    [
        ("client.get(fixture)", ["files", "loans", "popular", "tool", "tools"]),
        (
            "send = client.get if tool_id else client.put\nsend(tool_id)",
            ["files", "loans", "popular", "tool", "tools"],
        ),
        ("client.get('/v1/tools'.removeprefix(PREFIX))", ["files", "loans", "popular", "tool", "tools"]),
        ("client.get(f'/tools{fixture}')", ["loans", "popular", "tool", "tools"]),
        ("for name in os.listdir('.'):\n    client.get(f'/tools/{name}')", ["loans", "popular", "tools"]),
    ],
)
def test_what_a_line_may_request(tmp_path: Path, line: str, handlers: list[str]) -> None:
    assert requested(tmp_path, line)[1] == handlers


@given(st.text(alphabet=f"abc/?#:{GAP}{VALUE}"))
def test_a_normalized_path_stays(text: str) -> None:
    path = normalized(text)
    assert path.startswith(("/", GAP))
    assert normalized(path) == path
