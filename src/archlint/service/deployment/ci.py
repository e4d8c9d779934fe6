"""The commands that CI runs: GitHub Actions' workflows and composite actions, GitLab's pipelines.

How a step's shell starts is in GitHub's "Workflow syntax", `jobs.<job_id>.steps[*].shell`; GitLab's runner
starts Bash with `set -eo pipefail` ("Shells supported by GitLab Runner").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from archlint import documents
from archlint.facts.shell import Options
from archlint.facts.yaml import YamlFile, YamlMapping, YamlNode, YamlScalar, YamlSequence, read_yaml
from archlint.findings import Location
from archlint.service.deployment.command import Command, CommandContext, Script, commands_of, script_of

WORKFLOW = re.compile(r"\.github/(workflows/[^/]+|actions/(?:.*/)?action)\.ya?ml")
"""GitHub reads them at the repository's top alone."""
GITLAB = re.compile(r"(?:\.gitlab-ci|\.gitlab/.*|[^/]*\.gitlab-ci)\.ya?ml")
_TRIAL_EVENTS = frozenset({"merge_group", "pull_request", "pull_request_review", "pull_request_target"})
TRIAL = re.compile(
    r"(?i)(^|[-_ ./`])(tests?|testing|lint(ing)?|checks?|e2e|ci|eval\w*|bench\w*|backups?|pytest|unit"
    r"|integration|qa|coverage|quality|verify|review)($|[-_ ./`])"
)
"""Names of jobs, stages and targets that try, measure or save something, and deploy nothing."""
_NO_JOBS = frozenset({
    "cache", "default", "image", "include", "services", "spec", "stages", "variables", "workflow",
})  # fmt: skip


@documents.view
def github_commands(path: str, data: bytes) -> tuple[Command, ...]:
    """What the `run` steps of a workflow or a composite action run."""
    top = read_yaml(path, data).mapping
    return () if top is None else tuple(_github(top, documents.decoded(data).split("\n")))


def _github(top: YamlMapping, lines: list[str]) -> Iterator[Command]:
    jobs = top.mapping("jobs")
    for name, job in jobs.entries if jobs else ():
        if isinstance(job, YamlMapping):
            for command in _steps((top, job), job.get("steps"), f"job `{name.text}`", lines):
                yield replace(command, is_trial=is_trial_job(top, name.text, job))
    if (runs := top.mapping("runs")) is not None:
        yield from _steps((top,), runs.get("steps"), "the composite action", lines)


def is_trial_job(top: YamlMapping, name: str, job: YamlMapping) -> bool:
    """Whether a job changes nothing that lasts: by its events, its name, its throw-away servers."""
    on = top.get("on")
    events = [key.text for key, _ in on.entries] if isinstance(on, YamlMapping) else _texts(on)
    on_requests = bool(events) and _TRIAL_EVENTS.issuperset(events)
    named = TRIAL.search(name) or TRIAL.search(job.text("name") or "")
    only = "pull_request" in (job.text("if") or "") and "!=" not in (job.text("if") or "")
    return on_requests or only or named is not None or job.get("services") is not None


def _texts(node: YamlNode | None) -> list[str]:
    return [scalar.text for scalar in _scalars(node)]


def _steps(
    around: tuple[YamlMapping, ...], steps: YamlNode | None, place: str, lines: list[str]
) -> Iterator[Command]:
    exported: dict[str, str] = {}
    for step in steps.items if isinstance(steps, YamlSequence) else ():
        script = step.get("run") if isinstance(step, YamlMapping) else None
        if not isinstance(script, YamlScalar) or not isinstance(step, YamlMapping):
            continue
        levels = (*around, step)
        shell = _setting(levels, "shell") or ""
        if shell.split()[:1] and shell.split()[0] not in {"bash", "sh"}:
            continue
        ignored = next((level for level in levels if level.text("continue-on-error") == "true"), None)
        like = Command(
            (), Location(file=script.location.file), CommandContext.CI, place,
            hidden="`continue-on-error: true` lets the job succeed" if ignored else None,
            folder=_folder(_setting(levels, "working-directory")),
            environment={**_environment(around), **exported, **_environment((step,))},
        )  # fmt: skip
        text = _expressions_blanked(script_of(script, lines))
        commands = list(commands_of(text, like, Options(True, shell == "bash")))
        yield from commands
        if "GITHUB_ENV" in script.text:
            exported = exported | dict(_handed_on(script.text, commands))


def _environment(levels: tuple[YamlMapping, ...]) -> dict[str, str]:
    """What `env` sets, the inner level's last; what a step hands on overrides all but the next step's own."""
    return {name: value for level in levels for name, value in _variables(level.mapping("env"))}


def _handed_on(text: str, commands: list[Command]) -> Iterator[tuple[str, str]]:
    """The variables that a step writes to `$GITHUB_ENV`, which the steps after it get."""
    printed = (word for c in commands if c.program in {"echo", "printf"} for word in c.words[1:])
    for line in (*printed, *text.split("\n")):
        if match := re.fullmatch(r"\s*([A-Za-z_]\w*)=(\S*?)(?:\\n)?\s*", line):
            yield match[1], match[2]


def _expressions_blanked(script: Script) -> Script:
    """`${{ expressions }}` as variables of the same width, which nobody knows."""
    blanked = re.sub(
        r"\$\{\{(?:[^}$]|\}(?!\})|\$(?!\{\{))*\}\}",
        lambda found: "$" + "_" * (len(found[0]) - 1),
        script.text,
    )
    return replace(script, text=blanked)


def _setting(levels: tuple[YamlMapping, ...], name: str) -> str | None:
    """A step's own setting, else the nearest of `defaults.run`."""
    own = levels[-1].text(name)
    defaults = (level.mapping("defaults") for level in reversed(levels[:-1]))
    runs = (found.mapping("run") for found in defaults if found is not None)
    return own or next((value for run in runs if run is not None and (value := run.text(name))), None)


def gitlab_includes(file: YamlFile) -> Iterator[str]:
    """The files of the repository that a pipeline is made of, too; patterns of names left out."""
    node = file.mapping.get("include") if file.mapping else None
    for item in node.items if isinstance(node, YamlSequence) else (node,):
        local = item.text("local") if isinstance(item, YamlMapping) else None
        if isinstance(item, YamlScalar) and "://" not in item.text:
            local = item.text
        if local is not None:
            yield local.removeprefix("/")


@documents.view
def gitlab_commands(path: str, data: bytes) -> tuple[Command, ...]:
    """What the jobs of a GitLab pipeline run."""
    return tuple(_gitlab(read_yaml(path, data), documents.decoded(data).split("\n")))


def _gitlab(file: YamlFile, lines: list[str]) -> Iterator[Command]:
    top = file.mapping
    variables = dict(_variables(top.mapping("variables"))) if top else {}
    for name, job in top.entries if top else ():
        if not isinstance(job, YamlMapping) or (name.text in _NO_JOBS and name.text != "default"):
            continue
        allowed = job.text("allow_failure") == "true"
        for key in ("before_script", "script", "after_script"):
            hidden = "`allow_failure: true` lets the pipeline succeed" if allowed else None
            if key == "after_script":
                hidden = "the status of `after_script` does not count"
            like = Command(
                (), Location(file.path), CommandContext.CI, f"job `{name.text}`", hidden, ".",
                {**variables, **dict(_variables(job.mapping("variables")))},
            )  # fmt: skip
            named = TRIAL.search(name.text) or TRIAL.search(job.text("stage") or "")
            is_trial = named is not None or job.get("services") is not None or _is_on_requests(job)
            for scalar in _scalars(job.get(key)):
                for command in commands_of(script_of(scalar, lines), like, Options(True, True)):
                    yield replace(command, is_trial=is_trial)


def _is_on_requests(job: YamlMapping) -> bool:
    """Whether GitLab runs a job for merge requests alone, by its `rules` or by `only`."""
    rules = job.get("rules")
    items = rules.items if isinstance(rules, YamlSequence) else ()
    asked = [one.text("if") or "" for one in items if isinstance(one, YamlMapping)]
    only = _texts(job.get("only"))
    return (bool(only) and set(only) <= {"merge_requests"}) or (
        bool(asked) and all("merge_request" in text and "!=" not in text for text in asked)
    )


def _scalars(node: YamlNode | None) -> Iterator[YamlScalar]:
    if isinstance(node, YamlScalar):
        yield node
    elif isinstance(node, YamlSequence) and node.kind == "seq":
        for item in node.items:
            yield from _scalars(item)


def _variables(node: YamlMapping | None) -> Iterator[tuple[str, str]]:
    for key, value in node.entries if node else ():
        if isinstance(value, YamlScalar):
            yield key.text, value.text


def _folder(text: str | None) -> str | None:
    if text is None:
        return "."
    return None if "$" in text or text.startswith("/") else text.removeprefix("./").rstrip("/") or "."


def environment_of(values: Mapping[str, str]) -> frozenset[str]:
    """The names of the variables that are set to something that means yes."""
    return frozenset(name for name, value in values.items() if value.lower() not in {"", "0", "false", "no"})
