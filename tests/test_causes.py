"""Causes: what has none, which step of several chains is one, and an identity that lines do not change."""

from __future__ import annotations

from archlint.causes import causes
from archlint.findings import Finding, Link, Location, Severity


def finding(name: str, *chain: tuple[str, int], origins: tuple[Link, ...] = ()) -> Finding:
    links = tuple(Link(Location(file, line), f"step in {file}") for file, line in chain)
    place = Location("app.py", ord(name))
    return Finding(
        "BA0102", "some-rule", "BA01", (), Severity.ERROR, name, "h", ".", place, links, name, "", origins
    )


def test_what_has_no_cause() -> None:
    assert causes([]) == ()
    assert causes([finding("a"), finding("b")]) == ()
    assert causes([finding("a", ("x.py", 1)), finding("b", ("y.py", 1)), finding("c", ("x.py", 2))]) == ()


def test_the_shared_end_of_chains() -> None:
    (cause,) = causes([finding("a", ("a.py", 1), ("x.py", 9)), finding("b", ("b.py", 1), ("x.py", 9))])
    assert (cause.link.location, [one.message for one in cause.members]) == (Location("x.py", 9), ["a", "b"])


def test_the_step_that_most_share_before_the_last() -> None:
    found = [finding(name, ("base.py", 5), ("x.py", line)) for name, line in (("a", 1), ("b", 1), ("c", 2))]
    (cause,) = causes(found)
    assert (cause.link.location.file, len(cause.members)) == ("base.py", 3)


def test_of_steps_that_as_many_share_the_last() -> None:
    found = [finding(name, ("base.py", 5), ("x.py", 1)) for name in "ab"]
    assert causes(found)[0].link.location.file == "x.py"


def test_the_identity_stays_when_lines_move() -> None:
    before, after = (causes([finding(name, ("x.py", line)) for name in "ab"])[0] for line in (1, 7))
    assert before.id == after.id


def test_causes_of_one_file_that_say_the_same_have_identities_of_their_own() -> None:
    found = [finding(name, ("x.py", line)) for name, line in zip("abcd", (1, 1, 2, 2), strict=True)]
    assert len({cause.id for cause in causes(found)}) == 2


def test_an_origin_is_a_cause_that_needs_no_chain() -> None:
    engine = Link(Location("db.py", 3), "a synchronous engine")
    (cause,) = causes(finding(name, origins=(engine,)) for name in "ab")
    assert (cause.link, len(cause.members)) == (engine, 2)


def test_of_a_step_and_an_origin_that_as_many_share_the_step_which_is_nearer() -> None:
    app = Link(Location("main.py", 1), "the app")
    (cause,) = causes(finding(name, ("api.py", 8), origins=(app,)) for name in "ab")
    assert cause.link.location.file == "api.py"


def test_origins_at_one_place_that_say_different_things_are_different() -> None:
    crud, core = (Link(Location("pyproject.toml", 2), f"No `{name}/` directory") for name in ("crud", "core"))
    found = [
        finding(name, origins=(link,)) for name, link in zip("abcd", (crud, crud, core, core), strict=True)
    ]
    assert [len(cause.members) for cause in causes(found)] == [2, 2]
