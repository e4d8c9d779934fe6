"""Which modules only workers and programs beside the server run."""

from pathlib import Path

import pytest

from archlint.loading import Request, prepare

SERVICE = {
    "pyproject.toml": '[project]\nname = "desk"\nversion = "1.0"\ndependencies = ["fastapi"]\n',
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\nfrom app import routes\napp = FastAPI()\n",
    "app/routes.py": "from fastapi import APIRouter\nfrom app.tasks import send\nrouter = APIRouter()\n",
    "app/mail.py": "def deliver(): ...\n",
    "app/shared.py": "def engine(): ...\n",
}
CELERY = "from celery import shared_task\nfrom app import mail\n\n@shared_task\ndef send(): mail.deliver()\n"


def run_by_workers(place: Path, files: dict[str, str]) -> set[str]:
    for path, text in (SERVICE | files).items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    (service,) = prepare(Request(paths=(place,))).services
    return {module.path for module in service.modules if service.workers.run(module)}


@pytest.mark.parametrize(
    "files",
    [
        {"app/tasks.py": CELERY.replace("celery", "nowhere")},
        {"app/tasks.py": CELERY + "\nfrom fastapi import APIRouter\nrouter = APIRouter()\n"},
        {"app/tasks.py": CELERY, "app/routes.py": SERVICE["app/routes.py"] + "from app.tasks import mail\n"},
        {"app/tasks.py": "import rq\ndef send(): ...\n"},
        {"app/tasks.py": "def send(): ...\nif __name__ == '__main__':\n    send()\n"},
    ],
)
def test_what_may_serve_requests_is_no_workers(tmp_path: Path, files: dict[str, str]) -> None:
    assert not run_by_workers(tmp_path, files)


@pytest.mark.parametrize(
    "tasks",
    [
        CELERY,
        CELERY.replace("import shared_task", "import Celery\nqueue = Celery()").replace("@shared", "@queue."),
        CELERY.replace("@shared_task", "celery_task = shared_task\n\n@celery_task(name='x')"),
        CELERY.replace("celery import shared_task", "dramatiq import actor").replace(
            "@shared_task", "@actor(x=1)"
        ),
        "import arq\nfrom app import mail\nasync def go(ctx): mail.deliver()\n"
        "class WorkerSettings:\n    functions = [go]\nsend = WorkerSettings\n",
    ],
)
def test_tasks_and_what_only_they_import_are_the_workers(tmp_path: Path, tasks: str) -> None:
    routes = "from fastapi import APIRouter\nfrom app import shared, tasks\nrouter = APIRouter()\n"
    tasks += "from app import shared\n"

    assert run_by_workers(tmp_path, {"app/tasks.py": tasks, "app/routes.py": routes}) == {
        "app/tasks.py",
        "app/mail.py",
    }


def test_functions_that_are_put_into_a_queue_by_name_are_tasks(tmp_path: Path) -> None:
    routes = SERVICE["app/routes.py"] + "from rq import Queue\nQueue().enqueue(send, 1)\n"
    tasks = "from app import mail\ndef send(number): mail.deliver()\n"

    assert run_by_workers(tmp_path, {"app/tasks.py": tasks, "app/routes.py": routes}) == {
        "app/tasks.py",
        "app/mail.py",
    }


def test_a_program_that_nothing_imports_is_beside_the_server(tmp_path: Path) -> None:
    files = {
        "app/tasks.py": "def send(): ...\n",
        "app/watch.py": "from app import mail, shared\nif __name__ == '__main__':\n    mail.deliver()\n",
        "app/routes.py": SERVICE["app/routes.py"] + "from app import shared\n",
    }

    assert run_by_workers(tmp_path, files) == {"app/watch.py", "app/mail.py"}
