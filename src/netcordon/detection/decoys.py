"""What only marked copies say, as a table that a detector joins; empty where there are none."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from netcordon.model.decoy import DecoyCopy
from netcordon.tables.engine import Engine

_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("copy", "given_to", "token", "sha256")]
)  # fmt: skip


def add_decoys(engine: Engine, copies: Sequence[DecoyCopy]) -> None:
    """Put ``decoy`` beside the views: ``copy``, ``given_to``, ``token``, ``sha256``."""
    rows = sorted((copy.id, copy.whose(), copy.token, copy.sha256) for copy in copies)
    columns = list(zip(*rows, strict=True)) or [()] * len(_SCHEMA)
    arrays = [pa.array(column, pa.string()) for column in columns]
    engine.add_table("decoy", pa.table(arrays, schema=_SCHEMA))
