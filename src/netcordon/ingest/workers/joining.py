"""What the shares of one capture reported, put together into what one process would have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import ParseResult
from netcordon.tables.lake import LakeFile, Staging

_IDENTITY = "host_identity"
_FACT = ("ip", "mac", "host_name", "user", "domain", "os_hint", "source")
_SEEN = {
    "first_seen_time": "min", "last_seen_time": "max", "count": "sum", "first_frame": "min",
}  # fmt: skip


def join_results(shares: Sequence[ParseResult]) -> ParseResult:
    """The result of the whole; share 0 first, which alone knows what is true of the whole."""
    facts: dict[str, object] = {}
    for share in shares:
        _join_facts(facts, share.facts)
    return replace(
        shares[0],
        facts=facts,
        warnings=join_warnings([warning for share in shares for warning in share.warnings]),
    )


def _join_facts(facts: dict[str, object], more: Mapping[str, object]) -> None:
    for name, value in more.items():
        before = facts.get(name)
        if not isinstance(value, int | float) or not isinstance(before, int | float):
            facts.setdefault(name, value)
        elif isinstance(value, bool):
            facts[name] = before and value
        elif name.startswith("largest_"):
            facts[name] = max(before, value)
        elif name.startswith("first_"):
            facts[name] = min(before or value, value or before)
        else:
            facts[name] = before + value


def join_warnings(warnings: Sequence[IngestWarning]) -> tuple[IngestWarning, ...]:
    """Warnings of the same words become one, with the sum of counts and the first frame."""
    joined: dict[tuple[str, str], IngestWarning] = {}
    for warning in warnings:
        key = (warning.code, warning.what)
        before = joined.get(key)
        if before is None:
            joined[key] = warning
            continue
        frames = [frame for frame in (before.frame, warning.frame) if frame is not None]
        joined[key] = replace(
            before, count=before.count + warning.count, frame=min(frames) if frames else None
        )
    return tuple(joined.values())


def join_identities(staging: Staging, files: Sequence[LakeFile]) -> list[LakeFile]:
    """Make one row of every fact that several shares heard; return the files that stay.

    The facts of a share are bounded, and so is what is read here.

    Args:
        staging: takes the joined rows; its folder holds ``files``.
        files: of all shares; those of ``host_identity`` are removed.

    Raises:
        OSError: when they cannot be read or removed.
    """
    parts = [file for file in files if file.path.startswith(f"{_IDENTITY}/")]
    if not parts:
        return list(files)
    rows = pa.concat_tables([pq.read_table(staging.folder / file.path) for file in parts])
    grouped = rows.group_by(list(_FACT), use_threads=False).aggregate(list(_SEEN.items()))
    columns = {name: grouped.column(name) for name in _FACT}
    columns |= {name: grouped.column(f"{name}_{how}") for name, how in _SEEN.items()}
    order = pc.sort_indices(
        grouped, [("first_frame_min", "ascending"), *((name, "ascending") for name in _FACT)]
    )
    staging.append(_IDENTITY, {name: column.take(order) for name, column in columns.items()})
    for file in parts:
        (staging.folder / file.path).unlink()
    return [file for file in files if file not in parts]
