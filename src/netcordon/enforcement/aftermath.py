"""Traffic of afterwards judged command by command: what got through, who still tries.

A packet got through when the end that sent it and the sensor stand on different sides of the
device. Seen from our side that is a packet of the far end, seen from beyond it one of ours. What
the device itself says in the name of the far end (a reset, an ICMP error) proves nothing, and where
a name decides, the connection opens before the name is told: then only payload counts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from netcordon.model.command import Command, Refusal
from netcordon.model.enforced import Change
from netcordon.model.proof import CommandProof, Judgement, Place, Sensor, Trying
from netcordon.tables.engine import Engine

GRACE = timedelta(seconds=2)
"""Clocks of sensor and device differ a little, and packets under way when the rule came arrive."""

MOST_FLOWS = 20_000
MOST_TRYING = 200
_SYN, _RST, _ACK = 2, 4, 16

_FLOWS = f"""
SELECT t.no, t.evidence_id, t.uid, f.src_ip, f.dst_ip
FROM touched t JOIN network_activity f ON f.evidence_id = t.evidence_id AND f.uid = t.uid
WHERE f.end_time > epoch_ms($since_ms)
ORDER BY t.evidence_id, t.uid, t.no LIMIT {MOST_FLOWS + 1}
"""
_ANSWERS = f"""
SELECT d.no, q.evidence_id, q.frame, q.time, q.src_ip, q.is_response, q.rcode, q.answers
FROM dns_activity q JOIN denied d ON d.raw = q.query
WHERE q.time > epoch_ms($since_ms) AND q.service = 'dns'
ORDER BY q.time, q.evidence_id, q.frame, d.no LIMIT {MOST_FLOWS + 1}
"""
_LAST = "SELECT max(end_time) AS last FROM network_activity"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A command that stands, and since when.

    Attributes:
        sinkhole: address that the device answers look-ups with instead; empty for none.
    """

    command: Command
    measure_id: str
    since: datetime
    sinkhole: str = ""

    @property
    def after(self) -> datetime:
        """From here on nothing may get through."""
        return self.since + GRACE


@dataclass(frozen=True, kw_only=True)
class Packet:
    """What of a packet counts here."""

    place: Place
    uid: str
    src_ip: str
    dst_ip: str
    protocol: str
    tcp_flags: int | None
    payload_bytes: int


@dataclass
class Tally:
    """What was seen of one command."""

    through: int = 0
    first: Place | None = None
    last: Place | None = None
    answered: set[tuple[str, str]] = field(default_factory=set)
    begun: set[tuple[str, str]] = field(default_factory=set)
    attempts: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def pass_(self, place: Place) -> None:
        """One more got through."""
        self.through += 1
        self.first = self.first or place
        self.last = place

    def try_(self, src_ip: str, at: datetime) -> None:
        """Somebody tried."""
        count, last = self.attempts.get(src_ip, (0, at))
        self.attempts[src_ip] = (count + 1, max(last, at))


def flows_after(
    engine: Engine, asked: Sequence[Asked]
) -> dict[tuple[str, str], list[tuple[int, str, str]]]:
    """Evidence and uid of flows that commands meet -> places of the commands, and the flow's ends.

    Args:
        engine: with the commands' ``touched`` beside the views (``planning.effect.touch``).
        asked: in the order of the commands.
    """
    since = min(each.after for each in asked)
    found: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
    for row in engine.query(_FLOWS, {"since_ms": int(since.timestamp() * 1000)}):
        no, ends = int(str(row["no"])), (str(row["src_ip"]), str(row["dst_ip"]))
        found.setdefault((str(row["evidence_id"]), str(row["uid"])), []).append((no, *ends))
    return found


def last_time(engine: Engine) -> datetime | None:
    """Time of the last packet of a flow."""
    value = engine.query(_LAST)[0]["last"]
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else None


def count_packets(
    packets: Iterable[Packet],
    asked: Sequence[Asked],
    flows: Mapping[tuple[str, str], Sequence[tuple[int, str, str]]],
    sensor: Sensor,
    tallies: Sequence[Tally],
) -> None:
    """Add packets to the tallies of the commands that their flows meet."""
    for packet in packets:
        for no, _, dst_ip in flows.get((packet.place.evidence_id, packet.uid), ()):
            each = asked[no]
            if packet.place.time <= each.after:
                continue
            theirs = _is_far(packet.src_ip, each.command, dst_ip)
            told = (packet.place.evidence_id, packet.uid)
            syn = packet.tcp_flags is not None and packet.tcp_flags & (_SYN | _ACK) == _SYN
            if syn:
                tallies[no].begun.add(told)
            if theirs == (sensor is Sensor.NEAR):
                if not _is_said_by_device(packet, each.command):
                    tallies[no].pass_(packet.place)
                    tallies[no].answered.add(told)
            elif syn or packet.tcp_flags is None:
                tallies[no].try_(packet.src_ip, packet.place.time)


def count_look_ups(engine: Engine, asked: Sequence[Asked], tallies: Sequence[Tally]) -> None:
    """Add look-ups of denied names: an answer with an address got through.

    Args:
        engine: with the commands' ``denied`` names beside the views.
        asked: in the order of the commands.
        tallies: likewise.
    """
    if not any(each.command.target.domain for each in asked):
        return
    since = min(each.after for each in asked)
    for row in engine.query(_ANSWERS, {"since_ms": int(since.timestamp() * 1000)}):
        no, time, answers = int(str(row["no"])), row["time"], row["answers"]
        assert isinstance(time, datetime)
        each, at = asked[no], time.replace(tzinfo=UTC)
        if at <= each.after:
            continue
        if not row["is_response"]:
            tallies[no].try_(str(row["src_ip"]), at)
        elif row["rcode"] == "NOERROR" and set(_listed(answers)) - {each.sinkhole}:
            frame = int(str(row["frame"]))
            place = Place(evidence_id=str(row["evidence_id"]), frame=frame, time=at)
            tallies[no].pass_(place)


def judged(each: Asked, tally: Tally, until: datetime | None) -> CommandProof:
    """The judgement on one command."""
    trying = sorted(
        (Trying(src_ip=ip, attempts=n, last_time=at) for ip, (n, at) in tally.attempts.items()),
        key=lambda t: (-t.attempts, t.src_ip),
    )
    if tally.through:
        judgement = Judgement.FAILED
        said = f"failed: {tally.through:,} packets after {each.since:%H:%M:%S} UTC got through"
    elif until is None or until <= each.after:
        judgement = Judgement.UNPROVEN
        said = "the recording ends before the command was in force"
    elif trying:
        judgement, said = Judgement.HOLDS, "nothing got through, although somebody tries"
    else:
        judgement, said = Judgement.SILENT, "nothing got through, and nobody tried"
    return CommandProof(
        command_id=each.command.id, measure_id=each.measure_id, point=each.command.point,
        what=each.command.target.label(), since=each.since, judgement=judgement, said=said,
        through=tally.through, first=tally.first, last=tally.last,
        connections=len(tally.answered & tally.begun), trying=tuple(trying[:MOST_TRYING]),
    )  # fmt: skip


def in_force_since(changes: Sequence[Change]) -> dict[str, datetime]:
    """Command id -> when it was last read back as active after it had not been in force."""
    since: dict[str, datetime] = {}
    for change in changes:
        if change.state in ("active", "accepted", "verified", "failed"):
            since.setdefault(change.command_id, change.time)
        else:
            since.pop(change.command_id, None)
    return since


def _listed(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _is_far(ip: str, command: Command, responder: str) -> bool:
    """Whether a packet was sent by the end that lies beyond the device."""
    target = command.target
    address = ipaddress.ip_address(ip)
    if target.outside:
        return address in ipaddress.ip_network(target.outside)
    if target.inside:
        return address not in ipaddress.ip_network(target.inside)
    return ip == responder


def _is_said_by_device(packet: Packet, command: Command) -> bool:
    if packet.protocol in ("icmp", "icmp6") and command.target.protocol != packet.protocol:
        return True
    if command.target.domain or command.target.ja4:
        return not packet.payload_bytes
    is_reset = packet.tcp_flags is not None and bool(packet.tcp_flags & _RST)
    return command.refusal is Refusal.REJECT and is_reset and not packet.payload_bytes
