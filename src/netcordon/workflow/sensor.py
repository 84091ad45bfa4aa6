"""Suricata on the captures of an investigation, when it is asked for.

What it raises becomes evidence of its own, a log in the workspace that is named after all that it
follows from: the capture, the version, the rules, the networks. So nothing is run twice.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from netcordon.casefile.faults import explained
from netcordon.casefile.workspace import Workspace
from netcordon.detection.home_nets import infer_home_nets
from netcordon.errors import EvidenceError
from netcordon.evidence.opening import open_source
from netcordon.evidence.window import find_unchanged
from netcordon.ingest.suricata import engine
from netcordon.ingest.suricata.events import write_kept
from netcordon.ingest.suricata.rules import Rules, gather
from netcordon.model.evidence import Evidence
from netcordon.settings import DecodeLimits
from netcordon.tables.engine import Engine
from netcordon.tables.lake import Lake
from netcordon.workflow.collect import Collected, collect
from netcordon.workflow.observer import Observer

FOLDER = "sensor"
_CAPTURES = frozenset(("pcap", "pcapng"))
_PIECE = 1 << 20


@dataclass
class Sensor:
    """What Suricata was given and what it came to.

    Attributes:
        version: its own.
        rules: gathered.
        failed: rules that it refused.
        read: captures that it read.
        notes: what must be said of it.
    """

    version: str
    rules: Rules
    failed: int = 0
    read: int = 0
    notes: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        """What belongs to the inputs of the result."""
        rules = f"{self.rules.count:,} rules, {self.rules.origin}"
        missing = [
            f"{count:,} {why}"
            for count, why in (
                (self.failed, "refused by Suricata"),
                (self.rules.left_out, "left out, for they name programs or files"),
            )
            if count
        ]
        but = f" ({'; '.join(missing)})" if missing else ""
        return f"{self.version}; {rules}{but}; SHA-256 {self.rules.sha256}"


def prepare(rules: Path | None) -> Sensor:
    """Make sure that Suricata is there and its rules are, before anything is read.

    Raises:
        UsageError: NC-236 it is not installed, NC-237 the rules cannot be used.
    """
    return Sensor(version=engine.version(), rules=gather(rules))


def listen(
    sensor: Sensor,
    workspace: Workspace,
    collected: Collected,
    home_nets: Sequence[str],
    observer: Observer,
) -> None:
    """Let Suricata read every capture, and take in what it raised.

    A capture that it cannot read is a note, and the investigation goes on.

    Args:
        sensor: from ``prepare``; it learns what came of it.
        workspace: open for writing.
        collected: what the investigation rests on; logs of the sensor are added.
        home_nets: the organisation's networks; empty means infer them.
        observer: hears how it goes on.

    Raises:
        WorkspaceError: the workspace cannot be written to.
    """
    captures = [item for item in collected.evidence if item.kind in _CAPTURES]
    if not captures:
        sensor.notes.append("Suricata was asked for, and there is no capture that it could read.")
        return
    observer.stage("sensing")
    nets = tuple(home_nets) or _inferred(workspace, captures)
    logs: list[str] = []
    for item in captures:
        try:
            log = _log_of(sensor, workspace, item, nets, observer)
        except EvidenceError as error:
            sensor.notes.append(f"{item.path}: {error.what} {error.why}")
            observer.note(f"{error.code}  {item.path}: {error.what} {error.why}")
            continue
        sensor.read += 1
        if log is None:
            observer.note(f"{item.path}: Suricata raised nothing")
        else:
            logs.append(str(log))
    if sensor.failed:
        sensor.notes.append(f"{sensor.failed:,} rules were refused by Suricata and did not speak.")
        observer.note(f"NC-239  {sensor.failed:,} rules were refused by Suricata")
    if logs:
        known = {item.id for item in collected.evidence}
        heard = collect(logs, workspace, observer)
        collected.evidence += [item for item in heard.evidence if item.id not in known]
        collected.unreadable += heard.unreadable


def _inferred(workspace: Workspace, captures: Sequence[Evidence]) -> tuple[str, ...]:
    with Engine(Lake(workspace.lake_dir), [item.id for item in captures]) as tables:
        return infer_home_nets(tables)


def _log_of(
    sensor: Sensor, workspace: Workspace, item: Evidence, nets: Sequence[str], observer: Observer
) -> Path | None:
    """The sensor's log of one capture; ``None`` where it raised nothing."""
    registration = workspace.register.find(item.id)
    if registration is None:
        return None
    inputs = "\n".join(
        (item.sha256, sensor.version, sensor.rules.sha256, *nets,
         hashlib.sha256(engine.classes()).hexdigest())
    )  # fmt: skip
    key = hashlib.sha256(inputs.encode()).hexdigest()[:12]
    folder = workspace.path / FOLDER
    log = folder / f"{item.id}-{key}.eve.json"
    beside = log.with_suffix(".told")
    if log.is_file() and beside.is_file():
        _learn(sensor, item, _read_told(beside))
        return log if log.stat().st_size else None
    place = find_unchanged(workspace.path, registration, whole_up_to=0)
    with explained(workspace.path):
        folder.mkdir(mode=0o700, exist_ok=True)
        workspace.staging_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="suricata-", dir=workspace.staging_dir) as made:
            private = Path(made).resolve()
            capture = private / "capture.pcap"
            _unpack(place, capture)
            ran = engine.run(capture, sensor.rules, private, nets)
            part, told = private / "kept.json", private / "kept.told"
            count, is_cut = write_kept(ran.eve, part)
            learned = {"failed": ran.failed, "events": count, "is_cut": int(is_cut)}
            told.write_text(json.dumps(learned), encoding="utf-8")
            for done, name in ((told, beside), (part, log)):
                done.chmod(0o600)
                done.replace(name)
    _learn(sensor, item, learned)
    observer.note(f"{item.path}: Suricata raised {count:,} events")
    return log if count else None


def _learn(sensor: Sensor, item: Evidence, told: Mapping[str, int]) -> None:
    """What a run came to is said again where its log is used again."""
    sensor.failed = max(sensor.failed, told.get("failed", 0))
    if told.get("is_cut"):
        sensor.notes.append(
            f"{item.path}: Suricata raised more than {told['events']:,} events; the first are kept."
        )


def _read_told(path: Path) -> Mapping[str, int]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, int)}


def _unpack(place: Path, out: Path) -> None:
    """The bytes of a capture as Suricata can read them."""
    source = open_source(str(place), limits=DecodeLimits())
    room = memoryview(bytearray(_PIECE))
    with closing(source), out.open("wb") as file:
        while count := source.readinto(room):
            file.write(room[:count])
