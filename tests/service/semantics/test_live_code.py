"""Which functions something in the service reaches, by their names."""

import pytest

from archlint import readings
from archlint.service.semantics.live_code import Startup
from tests.service.small import modules_of

MAKER = "def make(metadata):\n    metadata.create_all()\n"


def used(*others: str) -> bool:
    files = {"app/db.py": MAKER, **{f"app/m{number}.py": text for number, text in enumerate(others)}}
    return any(Startup(modules_of(files)).attributes("create_all"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "from app.db import make",
        "from app.db import make\n__all__ = ['make']",
        "from app.db import make as made\nmake = made",
        "def start():\n    from app.db import make\n    make()",
        "if __name__ == '__main__':\n    from app.db import make\n    make()",
        "class A:\n    def make(self):\n        pass\nA().make()",
        "class A:\n    def start(self):\n        self.maker.make(None)\nA().start()",
        "@task\ndef start():\n    make = 1\n    def inner():\n        return make\n    return inner",
    ],
)
def test_what_is_only_passed_on_is_not_used(text: str) -> None:
    assert not used(text)


@pytest.mark.parametrize(
    "text",
    [
        "from app.db import make\nmake(None)",
        "from app.db import make as made\nmade(None)",
        "from app.db import make as made\nfirst = made\nsecond = first\nsecond(None)",
        "from app import db\ndb.make(None)",
        "import app.db\napp.db.make(None)",
        "from importlib import import_module\nmaker = import_module('app.db')\nmaker.make(None)",
        "from app.db import make\nSTEPS = [make]",
        "STEPS = {'make': None}",
        "from app.db import make\n@app.on_event('startup')\ndef start():\n    make(None)",
        "from app.db import make\nclass A:\n    def __init__(self):\n        make(None)",
        "from app.db import make\nclass A:\n    step = make\nA.step(None)",
        "from app.db import make\ndef start():\n    make = 1\n@task\ndef other():\n    make(None)",
        "make = None\n@task\ndef start():\n    global make\n    make = load()\n    make(None)",
    ],
)
def test_what_runs_or_is_kept_is_used(text: str) -> None:
    assert used(text)


def test_who_asks_does_not_depend_on_the_other_attributes_of_a_file() -> None:
    modules = modules_of({"app/db.py": MAKER, "app/m.py": "import app.db\napp.db.make(None)\n"})
    readings.begin()
    assert list(Startup(modules).attributes("create_all"))
    assert (modules.by_path["app/m.py"].source, "Attribute") not in readings.so_far().code
