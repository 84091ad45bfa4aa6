"""A connection as events tell of it, from whichever end they look at it."""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.ingest.messages.events import Event, Value, port
from netcordon.ingest.messages.flows import disposition, flow, protocol

_INWARD = frozenset(("inbound", "incoming", "ingress", "in", "accepted", "accept", "1", "to_host"))
_WORDS = {"failure": "dropped", "success": "allowed", "connectionfailed": "", "audit_failure": ""}


def connection(told: Mapping[str, Value]) -> Event:
    """A row of ``network_activity``.

    Args:
        told: ``src_ip``, ``src_port``, ``dst_ip``, ``dst_port``; or ``local_ip``, ``local_port``,
            ``remote_ip``, ``remote_port`` with ``direction`` (inward: the remote end began);
            ``start_time`` and perhaps ``end_time`` (microseconds); ``duration_s``; ``protocol``
            (name or number); ``outcome`` (the product's own word); octets and packets as
            ``bytes_out``, ``bytes_in``, ``packets_out``, ``packets_in``; ``service``; ``uid``.
    """
    ends = _ends(told, "src", "dst")
    if ends[0][0] is None and ends[1][0] is None:
        ends = tuple(
            (told.get(f"{end}_ip"), told.get(f"{end}_port")) for end in ("local", "remote")
        )
        if str(told.get("direction") or "").lower() in _INWARD:
            ends = ends[::-1]
    start, stop, seconds = _count(told, "start_time"), _count(told, "end_time"), None
    if start is None:
        start = stop
    duration = told.get("duration_s")
    if isinstance(duration, int | float):
        seconds = float(duration)
    elif start is not None and stop is not None and stop > start:
        seconds = (stop - start) / 1e6
    outcome = str(told.get("outcome") or "")
    (source, source_port), (target, target_port) = ends
    found = flow(
        start=start,
        duration_s=seconds,
        ends=(_text(source), _port(source_port), _text(target), _port(target_port)),
        protocol=protocol(_text(told.get("protocol"))),
        outcome=disposition(_WORDS.get(outcome.lower(), outcome)),
        octets=(_count(told, "bytes_out"), _count(told, "bytes_in")),
        packets=(_count(told, "packets_out"), _count(told, "packets_in")),
        service=_text(told.get("service")),
    )
    if told.get("uid"):
        found.values["uid"] = told["uid"]
    return found


def _ends(told: Mapping[str, Value], *names: str) -> tuple[tuple[Value, Value], ...]:
    return tuple((told.get(f"{name}_ip"), told.get(f"{name}_port")) for name in names)


def _count(told: Mapping[str, Value], name: str) -> int | None:
    found = told.get(name)
    if isinstance(found, str):
        found = found.partition(".")[0]
        return int(found) if found.isascii() and found.isdecimal() and len(found) < 19 else None
    return found if isinstance(found, int) else None


def _port(value: Value) -> int | None:
    return None if value is None else port(str(value))


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
