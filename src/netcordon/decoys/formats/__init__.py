"""The formats of copies: which marks each can carry, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module

from netcordon.decoys.blocks import Template

FORMATS = {
    "docx": ("words", "letters", "invisible", "spaces", "numbers"),
    "txt": ("words", "letters", "invisible", "spaces", "numbers"),
    # The fonts that every reader has know no look-alikes, and a printed page no width of nothing.
    "pdf": ("words", "numbers"),
    "xlsx": ("numbers",),
    "csv": ("numbers",),
}
"""Format -> kinds of marks it can carry."""

OF_KIND = {"prose": ("docx", "pdf", "txt"), "table": ("xlsx", "csv")}
"""What a template can become."""

_WRITERS = {"csv": "separated"}
"""Where a module of the format's own name would hide one of Python's."""


def written(
    format_: str, template: Template, blocks: Sequence[str], *, metadata_id: str, time: datetime
) -> bytes:
    """A copy as a file.

    Args:
        format_: one of ``FORMATS``.
        template: what it is made from.
        blocks: of this copy.
        metadata_id: goes into the properties of the file where there are any.
        time: of writing, which stands there as well.
    """
    module = import_module(f"netcordon.decoys.formats.{_WRITERS.get(format_, format_)}")
    made: bytes = module.write(template, blocks, metadata_id, time)
    return made
