"""An incident with everything a notice must be careful about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from netcordon.model.incident import Channel, Incident, Party
from netcordon.model.severity import Severity

FIRST = datetime(2026, 3, 2, 8, 11, 12, tzinfo=UTC)
LAST = datetime(2026, 3, 2, 9, 13, 14, tzinfo=UTC)
HOSTILE = "evil\x1b[2J\r\nBcc: x@y\u202e.example"


def party(ip: str, name: str | None, user: str | None, role: str, *, internal: bool) -> Party:
    return Party(ip=ip, mac=None, name=name, user=user, role=role, why="seen", internal=internal)


VICTIM = party("10.1.0.17", "PC-17", "j.doe", "patient_zero", internal=True)
SERVER = party("198.51.100.20", HOSTILE, None, "command_server", internal=False)
INSIDER = party("10.1.0.66", "PC-66", "m.ole", "attacker", internal=True)


def incident(*actors: Party, techniques: tuple[str, ...] = ("T1071.001", "T1048")) -> Incident:
    return Incident(
        id="inc-0123456789", title="PC-17 (j.doe) is under remote control", summary="",
        severity=Severity.HIGH, confidence=0.97, first_seen_time=FIRST, last_seen_time=LAST,
        actors=actors or (SERVER,), victims=(VICTIM,), pivots=(),
        channels=(
            Channel(
                src=VICTIM.ip, dst=SERVER.ip, dst_name=SERVER.name, port=443, protocol="tls",
                purpose="command and control", first_seen_time=FIRST, last_seen_time=LAST,
                finding_ids=("f-1",),
            ),
        ),
        techniques=techniques, kill_chain=(), card={}, finding_ids=("f-1",),
    )  # fmt: skip


def insider() -> Incident:
    return replace(incident(INSIDER), channels=())
