"""Plain text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from netcordon.decoys.blocks import Template, heading


def write(template: Template, blocks: Sequence[str], metadata_id: str, time: datetime) -> bytes:
    """UTF-8, a paragraph a line, an empty line between; there are no properties to write."""
    del template, metadata_id, time
    return ("\n\n".join(heading(block)[1] for block in blocks) + "\n").encode()
