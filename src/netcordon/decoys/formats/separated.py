"""Comma-separated values (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from netcordon.decoys.blocks import Template


def write(template: Template, blocks: Sequence[str], metadata_id: str, time: datetime) -> bytes:
    """UTF-8; there are no properties to write."""
    del metadata_id, time
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(template.rows(blocks))
    return out.getvalue().encode()
