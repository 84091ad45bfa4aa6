"""Prove a sealed log: every record, its place, and the end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from netcordon.collector.chain import (
    GENESIS,
    NoRecordError,
    next_key,
    parse_line,
    record_hash,
    tag,
)  # fmt: skip
from netcordon.collector.frames import MOST_MESSAGE
from netcordon.collector.segments import DamagedLogError, read_state, seal_path, segments
from netcordon.model.sealed_log import Defect, LogCheck, Record, SenderSeen

_LONGEST_LINE = 8 * MOST_MESSAGE
"""An octet that is no text takes six characters."""
_MOST_DEFECTS, _MOST_EVENTS, _MOST_SENDERS = 100, 1_000, 10_000


@dataclass
class _Sender:
    records: int
    first: datetime
    last: datetime
    silence: float = 0.0


@dataclass
class _Progress:
    """What is known up to a place."""

    key: bytes | None
    head: str = GENESIS
    seq: int = 0
    records: int = 0
    defects: list[Defect] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)
    senders: dict[str, _Sender] = field(default_factory=dict)
    last_time: str = ""
    state_key: bytes | None = None

    def wrong(self, place: str, what: str) -> None:
        if len(self.defects) < _MOST_DEFECTS:
            self.defects.append(Defect(place, what))


def check_log(folder: Path, first_key: bytes | None = None) -> LogCheck:
    """Read the whole log and say what was changed, and where.

    Args:
        folder: of the log.
        first_key: what the collector showed when it made the log.

    Raises:
        OSError: it cannot be read.
        DamagedLogError: there is no log in the folder.
    """
    found = segments(folder)
    if not found:
        raise DamagedLogError("it holds no segment")
    progress = _Progress(key=first_key)
    state: tuple[int, bytes] | None = None
    try:
        state = read_state(folder)
        if state is None:
            progress.wrong("state.json", "is missing: nothing says where the log ends")
    except DamagedLogError as error:
        progress.wrong("state.json", str(error))
    for at, (number, path) in enumerate(found, 1):
        if number != at:
            progress.wrong(f"segment-{at:06d}.log", "is missing")
            break
        _segment(progress, path, is_last=at == len(found), state=state)
        _seal(progress, folder, number, path, is_last=at == len(found))
    if state is not None and progress.seq < state[0]:
        progress.wrong(
            found[-1][1].name, f"ends with record {progress.seq}; record {state[0]} was written"
        )
    proven = first_key is not None and not progress.defects
    if first_key is not None and state is not None and progress.state_key != state[1]:
        progress.wrong("state.json", "its key does not follow from the first one")
        proven = False
    return LogCheck(
        records=progress.records, segments=len(found), defects=tuple(progress.defects),
        events=tuple(progress.events), senders=_senders(progress), proven=proven,
        head=progress.head,
    )  # fmt: skip


def _segment(
    progress: _Progress, path: Path, *, is_last: bool, state: tuple[int, bytes] | None
) -> None:
    for number, line in enumerate(_lines(path), 1):
        place = f"{path.name} line {number}"
        if state is not None and state[0] == progress.seq:
            progress.state_key = progress.key
        if not line.endswith(b"\n"):
            if is_last:
                progress.wrong(place, "is half a record: the writer was stopped, or it was cut")
            else:
                progress.wrong(place, "is half a record")
            continue
        try:
            record, digest, mark = parse_line(line[:-1])
        except NoRecordError as error:
            progress.wrong(place, f"is no record: {error}")
            continue
        _record(progress, place, record, digest, mark)
    if state is not None and state[0] == progress.seq:
        progress.state_key = progress.key


def _record(progress: _Progress, place: str, record: Record, digest: str, mark: str) -> None:
    expected = progress.seq + 1
    if record.seq != expected:
        if record.seq > expected:
            gap = f"{expected}" if record.seq == expected + 1 else f"{expected} to {record.seq - 1}"
            progress.wrong(place, f"is record {record.seq}; record {gap} is missing before it")
        else:
            progress.wrong(place, f"is record {record.seq} again, or out of its place")
        for _ in range(max(record.seq - expected, 0)):
            progress.key = next_key(progress.key) if progress.key else None
    elif record_hash(progress.head, record) != digest:
        progress.wrong(place, f"record {record.seq} was changed")
    elif progress.key is not None and tag(progress.key, digest) != mark:
        progress.wrong(place, f"record {record.seq} was not written by the collector")
    if record.time < progress.last_time:
        progress.wrong(place, f"record {record.seq} is older than the one before it")
    progress.head, progress.last_time = digest, max(record.time, progress.last_time)
    if record.seq >= expected:
        progress.seq = record.seq
        progress.key = next_key(progress.key) if progress.key else None
    progress.records += 1
    _count(progress, record)


def _count(progress: _Progress, record: Record) -> None:
    if record.is_event:
        if len(progress.events) < _MOST_EVENTS:
            progress.events.append(record)
        return
    try:
        time = datetime.fromisoformat(record.time)
    except ValueError:
        return
    known = progress.senders.get(record.sender)
    if known is None:
        if len(progress.senders) < _MOST_SENDERS:
            progress.senders[record.sender] = _Sender(1, time, time)
        return
    known.silence = max(known.silence, (time - known.last).total_seconds())
    known.records, known.last = known.records + 1, time


def _seal(progress: _Progress, folder: Path, number: int, path: Path, *, is_last: bool) -> None:
    seal = seal_path(folder, number)
    if not seal.is_file():
        if not is_last:
            progress.wrong(seal.name, "is missing")
        return
    try:
        said = json.loads(seal.read_text("ascii"))
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        sound = (said["sha256"], said["head"], said["last_seq"]) == (
            digest, progress.head, progress.seq,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        progress.wrong(seal.name, "is not the seal of its segment")


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while line := file.readline(_LONGEST_LINE):
            yield line


def _senders(progress: _Progress) -> tuple[SenderSeen, ...]:
    return tuple(
        SenderSeen(
            name=name, records=s.records, first_time=s.first, last_time=s.last,
            longest_silence_s=s.silence,
        )
        for name, s in sorted(progress.senders.items())
    )  # fmt: skip
