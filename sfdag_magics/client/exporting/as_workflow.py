"""A job for GitHub's Actions: checks a graph in pull requests, deploys it from `main`. Pure."""

from __future__ import annotations

import json
import shlex
import sys

from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.exporting.exported import Exported, Form, heading
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.light_classes import dataclass

_USE = "it belongs into .github/workflows/"
#: The connector's own variable: a text as `connections.toml` has it.
_SECRET = "SNOWFLAKE_CONNECTIONS"  # noqa: S105 - its name
_SETUP = """\
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: {python}
      - run: pip install sfdag_magics
      - run: test ! -f requirements.txt || pip install -r requirements.txt
"""
_CHECKED = """\
name: {name}
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  validate:
{setup}\
      - run: {validate}
"""
_DEPLOYED = """\
  deploy:
    needs: validate
    if: github.event_name == 'push'
    concurrency:
      group: {group}
{setup}\
      - run: {plan}
        env:
          {secret}: ${{{{ secrets.{secret} }}}}
      - run: {deploy}
        env:
          {secret}: ${{{{ secrets.{secret} }}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a job is told.

    Attributes:
        notebook: where the notebook or Python file is in its repository.
        target: where it deploys to.
    """

    notebook: str
    target: Target

    def command(self, verb: str, graph: str, *more: str) -> str:
        """A line of a shell, as YAML takes it."""
        words = ["sfdag", verb, self.notebook, "--graph", graph, *more]
        return _quoted(shlex.join(words))


def as_workflow(graph: TaskGraph, job: Job) -> Exported:
    """The job of a graph; one whose target is the embedded engine deploys nothing."""
    not_carried = tuple(_not_carried(job))
    python = _quoted(f"{sys.version_info.major}.{sys.version_info.minor}")
    setup = _SETUP.format(python=python)
    validate = job.command("validate", graph.name)
    text = _CHECKED.format(name=_quoted(graph.name), setup=setup, validate=validate)
    if not job.target.is_embedded:
        where = ["--target", job.target.name]
        named = ["--production", job.target.name] if job.target.production else []
        text += _DEPLOYED.format(
            group=_quoted(f"deploy-{graph.name}"),
            setup=setup,
            secret=_SECRET,
            plan=job.command("plan", graph.name, *where),
            deploy=job.command("deploy", graph.name, *where, "--yes", *named),
        )
    head = "\n".join(heading("#", graph.name, _USE, not_carried))
    return Exported(graph=graph.name, form=Form.CI, text=f"{head}\n{text}", not_carried=not_carried)


def _not_carried(job: Job) -> list[str]:
    if job.target.is_embedded:
        return [f"a deploy: target {job.target.name} is the embedded engine of one machine"]
    return [f"the secret {_SECRET}: connections.toml as a text, with [{job.target.connection}]"]


def _quoted(text: str) -> str:
    """A text as YAML takes it on one line."""
    return json.dumps(text, ensure_ascii=False)
