from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.dockerfile import Dockerfile, Instruction, read_dockerfile, substitute


def read(text: str) -> Dockerfile:
    return read_dockerfile("Dockerfile", text.encode())


def test_a_file_without_problems_has_none() -> None:
    file = read("# syntax=docker/dockerfile:1\n\nFROM python:3.12-slim\nRUN echo hi\n")
    assert file.problems == ()
    assert [i.keyword for i in file.instructions] == ["FROM", "RUN"]


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "ARG X=1\n"])
def test_a_file_without_from_has_no_stage(text: str) -> None:
    assert read(text).stages == ()


def test_what_is_no_instruction_is_a_located_problem_and_the_rest_is_read() -> None:
    file = read("FROM a\nBOGUS x\nRUN b\n")
    assert [p.location.line for p in file.problems] == [2]
    assert [i.keyword for i in file.instructions] == ["FROM", "RUN"]


def test_bytes_that_are_not_utf8_do_not_end_the_reading() -> None:
    assert read_dockerfile("Dockerfile", b"FROM a\nRUN echo \xff\xfe\n").stages[0].base == "a"


def test_continuations_comments_and_empty_lines_are_joined_away() -> None:
    run = read("FROM a\nRUN one \\\n  # why\n\n  && two\nCMD x\n").instructions[1]
    assert run.arguments == ("one   && two",)
    assert (run.location.line, run.location.end_line) == (2, 5)


def test_columns_count_code_points() -> None:
    label = read('FROM a\nLABEL x="é"\n').instructions[1]
    assert (label.location.column, label.location.end_column) == (1, 12)


def test_heredoc_bodies_are_kept() -> None:
    run = read("FROM a\nRUN <<EOF\npip install x\nEOF\nUSER app\n").instructions[1]
    assert [heredoc.text for heredoc in run.heredocs] == ["pip install x\n"]
    assert "pip install x" in run.text


def test_what_onbuild_holds_back_has_the_heredoc() -> None:
    file = read("FROM a\nONBUILD RUN <<EOF\nx\nEOF\nUSER b\n")
    assert [i.keyword for i in file.instructions] == ["FROM", "ONBUILD", "USER"]
    trigger = file.instructions[1].trigger
    assert trigger is not None and [heredoc.text for heredoc in trigger.heredocs] == ["x\n"]


def test_what_is_nested_without_end_is_read_two_deep() -> None:
    assert [i.keyword for i in read("FROM a\n" + "ONBUILD HEALTHCHECK " * 5000 + "\n").instructions] == [
        "FROM",
        "ONBUILD",
    ]


def test_arguments_that_double_have_no_value() -> None:
    assert read("ARG A=aaaaaaaa\n" + "ARG A=${A}${A}\n" * 60 + "FROM ${A}\n").stages[0].base is None


def test_a_number_of_5000_digits_names_no_stage() -> None:
    assert read("FROM a\nFROM b\nCOPY --from=" + "1" * 5000 + " / /\n").stages[1].sources == ()


def test_escape_directive_changes_the_continuation() -> None:
    file = read("# escape=`\nFROM a\nRUN one `\n  two\nCOPY x C:\\\nUSER b\n")
    assert file.instructions[1].arguments == ("one   two",)
    assert [i.keyword for i in file.instructions] == ["FROM", "RUN", "COPY", "USER"]


def test_escape_directive_counts_only_at_the_top() -> None:
    file = read("# a comment first\n# escape=`\nFROM a\nRUN one \\\n  two\n")
    assert file.instructions[1].arguments == ("one   two",)


def test_healthcheck_and_onbuild_hold_an_instruction() -> None:
    file = read('FROM a\nHEALTHCHECK --interval=5s CMD ["curl", "x"]\nONBUILD RUN make\n')
    health, onbuild = file.instructions[1:]
    assert health.flag("interval") == "5s"
    assert health.trigger is not None and health.trigger.arguments == ("curl", "x")
    assert onbuild.trigger is not None and onbuild.trigger.keyword == "RUN"


STAGES = """\
ARG BASE=python:3.12
FROM ${BASE} AS Builder
RUN make
FROM builder AS test
FROM ${UNSET} AS odd
FROM scratch
COPY --from=builder /a /a
COPY --from=2 /b /b
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
RUN --mount=type=bind,from=test,source=/x,target=/x true
"""


def test_stages_know_their_base_parent_and_sources() -> None:
    builder, test, odd, final = read(STAGES).stages
    assert (builder.name, builder.base, builder.parent) == ("Builder", "python:3.12", None)
    assert (test.base, test.parent) == ("builder", 0)
    assert odd.base is None
    assert (final.base, final.name, final.sources) == ("scratch", None, (0, 1, 2))


def test_a_variable_in_copy_from_is_unresolved() -> None:
    stage = read("FROM a AS b\nFROM c\nCOPY --from=$X / /\n").stages[1]
    assert (stage.sources, stage.unresolved) == ((), ("$X",))


def test_from_knows_names_but_not_indices() -> None:
    assert read("FROM a\nFROM 0\n").stages[1].parent is None


def test_lineage_follows_from() -> None:
    file = read("FROM a AS one\nFROM one AS two\nFROM two\n")
    assert [stage.index for stage in file.lineage(file.stages[2])] == [2, 1, 0]
    assert file.stage("TWO") is file.stages[1]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("$a", "1"),
        ("${a}-x", "1-x"),
        ("${z:-d}", "d"),
        ("${empty:-d}", "d"),
        ("${empty-d}", ""),
        ("${a:+w}", "w"),
        ("${z:+w}", ""),
        ("$z", None),
        ("${a%x}", None),
        ('"$a"', "1"),
    ],
)
def test_substitute(text: str, value: str | None) -> None:
    assert substitute(text, {"a": "1", "empty": ""}) == value


needs_buildkit = pytest.mark.skipif(
    sys.platform != "linux", reason="the official parser has Linux wheels only"
)

word = st.from_regex(r"[a-z0-9/.é][a-z0-9./_:-]{0,5}", fullmatch=True)
flag = st.builds(
    "--{}={}".format,
    st.sampled_from(["from", "chown", "link"]),
    st.from_regex(r"[a-z0-9:./]{1,6}", fullmatch=True),
)
image = st.from_regex(r"[a-z]{1,4}(/[a-z]{1,3})?(:[a-z0-9.]{1,3})?", fullmatch=True)
blank = st.sampled_from([" ", "  ", "\t", " \\\n  ", " \\\n# a comment\n ", " \\\n\n  "])
quoted = st.builds('"{}"'.format, word) | st.builds('"{} {}"'.format, word, word)
body = st.lists(word | quoted, min_size=1, max_size=4)
keywords = st.sampled_from(["RUN", "run", "Copy", "ENTRYPOINT", "VOLUME", "ADD", "CMD"])


@st.composite
def instruction_texts(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["plain", "json", "pairs", "heredoc", "from"]))
    if kind == "json":
        items = ", ".join(f'"{item}"' for item in draw(st.lists(word, min_size=1, max_size=3)))
        return f'{draw(st.sampled_from(["CMD", "COPY", "RUN"]))} [{items}, "z"]'
    if kind == "pairs":
        pairs = draw(st.lists(st.builds("{}={}".format, st.sampled_from("AB"), word | quoted), min_size=1))
        return draw(st.sampled_from(["ENV", "LABEL"])) + "".join(draw(blank) + pair for pair in pairs)
    if kind == "heredoc":
        lines = draw(
            st.lists(word | st.sampled_from(["", "# x", "\tEOF", "RUN y", "a \\", "EOF2"]), max_size=3)
        )
        opened = draw(
            st.sampled_from(["RUN <<EOF", "RUN cat <<'EOF' >x", 'COPY <<"EOF" /x', "RUN a <<EOF && b"])
        )
        return "\n".join([opened, *lines, "EOF"])
    if kind == "from":
        return f"FROM {draw(image)} AS x{draw(st.integers(0, 9))}"
    keyword, words = draw(keywords), draw(body)
    flags = draw(st.lists(flag, max_size=2)) if keyword in {"Copy", "ADD"} else []
    tail = ["z"] if keyword in {"Copy", "ADD"} else []
    return keyword + "".join(draw(blank) + part for part in [*flags, *words, *tail])


def compare(text: str) -> None:
    import dockerfile  # type: ignore[import-not-found, unused-ignore]

    truth = dockerfile.parse_string(text)
    mine = read(text)
    assert not mine.problems
    assert [as_buildkit(i) for i in mine.instructions] == [command(c) for c in truth]


def command(c: Any) -> tuple[Any, ...]:
    bodies = tuple(h.content for h in c.heredocs)
    return c.cmd.upper(), c.start_line, c.end_line, tuple(c.flags), c.json, tuple(c.value), bodies


def as_buildkit(i: Instruction) -> tuple[Any, ...]:
    value = i.arguments
    if i.keyword in {"ENV", "LABEL"}:
        value = tuple(part for pair in value for part in pair.split("=", 1))
    place = i.location
    bodies = tuple(heredoc.text for heredoc in i.heredocs)
    return i.keyword, place.line, place.end_line, i.flags, i.is_json, value, bodies


@needs_buildkit
@settings(max_examples=100, deadline=None)
@given(st.lists(instruction_texts(), max_size=6))
def test_instructions_are_those_of_buildkit(texts: list[str]) -> None:
    compare("\n".join(["FROM base", *texts, ""]))


@needs_buildkit
@pytest.mark.parametrize(
    "text",
    [
        "FROM a\r\nRUN b \\\r\n  c\r\n",
        "from a as b\ncopy --from=b --chown=1:1 x y /z\n",
        "FROM a\nRUN <<EOF\necho $X && true\nEOF\nRUN c\n",
        "FROM a\nCOPY <<EOF /etc/x\nhello\nEOF\n",
        "FROM a\nRUN --mount=type=secret,id=x --network=none make\n",
        "FROM a\nENV LEGACY some value here\n",
        "FROM a\nARG X\nARG Y=1 Z\n",
        "FROM a\nRUN [ -f x ] && y\n",
        "FROM a\n   RUN indented\n\tUSER tab\n",
        "ARG V=1\nFROM a:${V}\nVOLUME /a /b\nSTOPSIGNAL 9\n",
        "FROM --platform=$BUILDPLATFORM a:1@sha256:00 AS b\n",
        "FROM a\nRUN one \\  \n two\n",
        "FROM a\nRUN echo '#not a comment' # nor this\n",
        "FROM a\nCOPY <<EOF /empty\nEOF\nRUN x\n",
        "FROM a\nRUN --mount=type=cache,target=/c\\\n    --network=none make\n",
        "FROM a\nCOPY --chown=\"${U}:${U}\" --from='b' x y\n",
        "FROM a\nENV A='a\\'b'\nENV B\tafter a tab\n",
        "FROM a\nENV C=trailing\\\\\nRUN x\n",
        "FROM a\nRUN ends with the file \\\n",
        'FROM a\nRUN cat <<<"not a heredoc"\nRUN x\n',
        "FROM a\nRUN cat <<<x && y\nUSER b\n",
        "FROM a\nRUN cat<<EOF\nUSER b\n",
        "FROM a\nRUN cat << EOF\nUSER b\n",
        "FROM a\nRUN echo $((1<<2))\nUSER b\n",
        "FROM a\nRUN <<-EOF\n\tone\n\ttwo\n\tEOF\nUSER b\n",
        "FROM a\nRUN <<A <<B\n1\nA\n2\nB\nUSER b\n",
        "FROM a\nRUN apt-get update && cat <<EOF >/x && \\\n  done\nbody\nEOF\nUSER b\n",
        "FROM a\nCOPY --chmod=755 <<EOF /x\n#!/bin/sh\nEOF\nUSER b\n",
        'FROM a\nRUN ["x", "<<EOF"]\nUSER b\n',
        "FROM a\nCMD <<EOF\nUSER b\n",
        "FROM a\nRUN x \\\n# comment \\\n  y\nUSER b\n",
    ],
)
def test_hand_picked_files_read_as_buildkit_reads_them(text: str) -> None:
    compare(text)
