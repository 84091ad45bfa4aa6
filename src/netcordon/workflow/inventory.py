"""What this installation can read, find and say, and what of IRM-5 exists."""

from __future__ import annotations

from dataclasses import dataclass

from netcordon import registry
from netcordon.model.document import PhaseStatus
from netcordon.phases.checklist import phase_statuses


@dataclass(frozen=True)
class PluginLine:
    """A plug-in: what it is, or why it did not load."""

    kind: str
    id: str
    title: str
    problem: str | None


def plugins() -> list[PluginLine]:
    """Every plug-in of every kind, in the order of kinds and ids."""
    lines: list[PluginLine] = []
    for kind in registry.KINDS:
        loaded, failed = registry.load(kind)
        for plugin in loaded:
            title = str(getattr(plugin.content, "title", None) or plugin.doc.split("\n")[0])
            lines.append(PluginLine(kind, plugin.id, title, None))
        lines.extend(PluginLine(kind, item.id, "", item.reason) for item in failed)
    return lines


def phase_lines() -> tuple[PhaseStatus, ...]:
    """Every line of the IRM-5 checklist with what exists of it."""
    return phase_statuses()
