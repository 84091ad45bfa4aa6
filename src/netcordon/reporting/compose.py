"""The sections of a report, written: every renderer starts from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netcordon import registry
from netcordon.model.document import Document
from netcordon.model.section import Block, Section, Text


@dataclass(frozen=True, kw_only=True)
class Written:
    """One section with its content.

    Attributes:
        id: of the plug-in; its place in the report and its anchor.
        irm: lines of the IRM-5 checklist it serves.
    """

    id: str
    heading: str
    irm: tuple[str, ...]
    blocks: Sequence[Block]


def compose(document: Document) -> tuple[Written, ...]:
    """Write every section; one that fails says so in its place, and the others stand."""
    plugins, failures = registry.load("sections")
    written = []
    for plugin in plugins:
        if not isinstance(plugin.content, Section):
            written.append(_missing(plugin.id, "its SECTION is not a Section"))
            continue
        section = plugin.content
        try:
            blocks = tuple(section.write(document))
        except Exception as error:  # noqa: BLE001 - one section must not cost the whole report
            written.append(_missing(plugin.id, f"{type(error).__name__}: {error}"))
            continue
        if blocks:
            written.append(
                Written(id=plugin.id, heading=section.heading, irm=section.irm, blocks=blocks)
            )
    written += [_missing(failure.id, failure.reason) for failure in failures]
    return tuple(sorted(written, key=lambda w: w.id))


def _missing(plugin_id: str, reason: str) -> Written:
    said = Text(f"This section could not be written ({reason}). The data is in report.json.")
    return Written(id=plugin_id, heading=plugin_id, irm=(), blocks=(said,))
