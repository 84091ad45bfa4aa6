"""Plans as files for other people and programs, whether such files hold, and two plans compared."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from netcordon.casefile.plans import register_document
from netcordon.casefile.workspace import open_workspace
from netcordon.errors import UsageError
from netcordon.model.handling import TLP
from netcordon.model.plan import Plan
from netcordon.model.plan_diff import PlanDiff
from netcordon.planning.differing import plan_diff
from netcordon.planning.reading import register_of
from netcordon.reporting.exchange.cacao import cacao_text
from netcordon.reporting.exchange.check import Checked, check_text
from netcordon.reporting.exchange.inspector import MOST_BYTES
from netcordon.reporting.exchange.openc2 import openc2_messages, openc2_text
from netcordon.reporting.plan_markdown import plan_markdown
from netcordon.workflow.looking import Clock
from netcordon.workflow.new_file import new_text
from netcordon.workflow.plan_named import plan_named

SUFFIXES = (".md", ".cacao.json", ".openc2.json")
"""Names of files end like this; the end decides what is written."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A plan in a file.

    Attributes:
        left_out: id of a command -> why this kind of document cannot say it.
    """

    plan_id: str
    path: Path
    sha256: str
    bytes: int
    left_out: Mapping[str, str] = field(default_factory=dict)


def export_plan(
    workspace: Path, plan_id: str | None, path: Path, tlp: TLP | None, *, clock: Clock
) -> Written:
    """Write a recorded plan; ``None`` means the latest one.

    Raises:
        UsageError: NC-823 no such plan, NC-826 no such kind of document, NC-701 the file exists.
        WorkspaceError: NC-822 the plan was changed; no workspace.
    """
    named_well(path)
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        plan = plan_named(opened, plan_id)
        marking = tlp or opened.config.tlp or TLP.AMBER
    return write_plan(plan, path, marking)


def write_plan(plan: Plan, path: Path, tlp: TLP) -> Written:
    """Write a plan as what the name of the file asks for.

    Raises:
        UsageError: NC-826 no such kind of document, NC-701 the file exists.
    """
    suffix = named_well(path)
    left_out: Mapping[str, str] = {}
    if suffix == ".md":
        text = plan_markdown(plan, tlp)
    elif suffix == ".cacao.json":
        text = cacao_text(plan, tlp)
    else:
        messages, left_out = openc2_messages(plan)
        if not messages:
            raise UsageError(
                "NC-826",
                f"{plan.id} cannot be written as OpenC2.",
                "; ".join(f"{c}: {why}" for c, why in left_out.items()) or "it holds no command",
                f"write it as one of {', '.join(SUFFIXES[:2])}",
            )
        text = openc2_text(messages)
    new_text(path, text)
    content = text.encode()
    return Written(
        plan_id=plan.id, path=path, sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content), left_out=left_out,
    )  # fmt: skip


def named_well(path: Path) -> str:
    """The end of a file's name that says what is to be written.

    Raises:
        UsageError: NC-826 no such kind of document.
    """
    for suffix in SUFFIXES:
        if path.name.endswith(suffix):
            return suffix
    raise UsageError(
        "NC-826",
        f"{path.name!r} names no kind of document that a plan can be written as.",
        f"the name ends in none of {', '.join(SUFFIXES)}",
        f"for example -o plan{SUFFIXES[1]}",
    )


def check_document(path: Path) -> Checked:
    """Whether a CACAO playbook or OpenC2 messages hold, whoever wrote them.

    Raises:
        UsageError: NC-837 it cannot be read.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if len(content) > MOST_BYTES:
        raise _unreadable(path, f"it has more than {MOST_BYTES:,} bytes")
    try:
        return check_text(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _unreadable(path, "it is no UTF-8 text") from error


def _unreadable(path: Path, why: str) -> UsageError:
    return UsageError("NC-837", f"{str(path)!r} cannot be checked.", why, "name another file")


def compare(workspace: Path, before: str, after: str, *, clock: Clock) -> PlanDiff:
    """What differs between two recorded plans.

    Raises:
        UsageError: NC-823 no such plan.
        WorkspaceError: NC-822 a plan was changed; no workspace.
    """
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        plans = [plan_named(opened, plan_id) for plan_id in (before, after)]
        documents = [register_document(opened.journal, plan.register_hash) for plan in plans]
    old, new = (register_of(document) if document else None for document in documents)
    return plan_diff(plans[0], plans[1], old, new)
