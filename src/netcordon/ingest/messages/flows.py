"""Connections as firewalls tell of them, as rows of ``network_activity``."""

from __future__ import annotations

from netcordon.ingest.messages.events import Event

NUMBERS = {
    "1": "icmp", "2": "igmp", "6": "tcp", "17": "udp", "41": "ipv6", "47": "gre", "50": "esp",
    "51": "ah", "58": "icmp6", "89": "ospf", "103": "pim", "112": "vrrp", "132": "sctp",
}  # fmt: skip
"""Protocol numbers (IANA) -> the tables' names; others stay numbers."""

_NAMES = {"icmpv6": "icmp6", "ipv6-icmp": "icmp6", "ipv6_icmp": "icmp6"}
_SILENT = frozenset(
    ("deny", "denied", "drop", "dropped", "block", "blocked", "discard", "discarded", "prevent")
)
_ANSWERED = frozenset(
    (
        "reject", "rejected", "reset", "reset-both", "reset-server", "reset-client", "server-rst",
        "client-rst",
    )
)  # fmt: skip
_PASSED = frozenset(
    (
        "pass", "passed", "permit", "permitted", "allow", "allowed", "accept", "accepted", "close",
        "start", "end", "bypass",
    )
)  # fmt: skip
_REFUSAL_PACKETS = 2
_TCP_HEADERS, _UDP_HEADERS = 40, 28


def protocol(text: str | None) -> str | None:
    """The tables' name of a protocol that is given by number or name."""
    word = (text or "").strip().lower()
    return NUMBERS.get(word, _NAMES.get(word, word)) or None


def disposition(word: str | None) -> str | None:
    """``dropped``, ``rejected`` or ``allowed``, of a device's own word; ``None`` of others."""
    key = (word or "").strip().strip("\"'").lower().replace("_", "-").replace(" ", "-")
    if key in _ANSWERED:
        return "rejected"
    if key in _SILENT:
        return "dropped"
    return "allowed" if key in _PASSED else None


def state(
    outcome: str | None, back: int | None, packets_in: int | None, name: str | None
) -> str | None:
    """Zeek's conn_state as far as outcome and octets tell.

    Args:
        outcome: as ``disposition`` says it.
        back: octets of the responder, if told.
        packets_in: packets of the responder, if told; more than two are no mere refusal.
        name: of the protocol.
    """
    if outcome == "dropped":
        return "S0"
    if outcome == "rejected":
        refused = "RSTR" if (packets_in or 0) > _REFUSAL_PACKETS else "REJ"
        return refused if name == "tcp" else "S0"
    if back is None:
        return None
    return "SF" if back else "S0"


def flow(
    *,
    start: int | None,
    duration_s: float | None = None,
    ends: tuple[str | None, int | None, str | None, int | None],
    protocol: str | None,
    outcome: str | None,
    octets: tuple[int | None, int | None] = (None, None),
    packets: tuple[int | None, int | None] = (None, None),
    service: str | None = None,
    session: str = "",
    is_begin: bool = False,
    **more: str | int | None,
) -> Event:
    """A connection, or a packet that a rule met.

    A dropped or rejected one has one packet unless more are told, and no answer.
    ``payload_bytes`` are the octets beyond the headers that so many packets have at least; as
    told, where no packets are.

    Args:
        start: microseconds since 1970 UTC.
        duration_s: seconds; 0 where it is not told.
        ends: source address and port, destination address and port.
        protocol: the tables' name.
        outcome: as ``disposition`` says it.
        octets: of IP, out and back.
        packets: out and back.
        service: application protocol that the device names.
        session: see ``Event``.
        is_begin: see ``Event``.
        more: other columns.
    """
    source, source_port, target, target_port = ends
    length = round(min(max(duration_s or 0.0, 0.0), 1e9) * 1e6)
    is_refused = outcome in ("dropped", "rejected")
    sent, received = packets
    if is_refused:
        sent, received = (1 if sent is None else sent), (0 if received is None else received)
    header = _TCP_HEADERS if protocol == "tcp" else _UDP_HEADERS
    return Event(
        "network_activity",
        {
            "start_time": start,
            "end_time": None if start is None else start + length,
            "duration_s": length / 1e6,
            "src_ip": source,
            "src_port": source_port,
            "dst_ip": target,
            "dst_port": target_port,
            "protocol": protocol,
            "service": service,
            "conn_state": state(outcome, octets[1], packets[1], protocol),
            "packets_out": sent,
            "packets_in": received,
            "ip_bytes_out": octets[0],
            "ip_bytes_in": 0 if is_refused and octets[1] is None else octets[1],
            "payload_bytes_out": _payload(octets[0], packets[0], header, is_refused),
            "payload_bytes_in": _payload(octets[1], packets[1], header, is_refused),
            "is_fragment": False,
            **more,
        },
        session=session,
        is_begin=is_begin,
    )


def _payload(octets: int | None, packets: int | None, header: int, is_refused: bool) -> int | None:
    if octets is None:
        return 0 if is_refused else None
    return max(octets - (packets or 0) * header, 0)
