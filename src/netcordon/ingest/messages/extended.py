"""Logs that name their fields in a header: W3C Extended Log File Format, Windows firewall.

Sources: W3C working draft WD-logfile (IIS, Blue Coat/Edge SWG, CloudFront); Microsoft, "Windows
Firewall log", which uses the same header and writes local time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from netcordon.ingest.messages.events import Event, Value, port, table_rows, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.moments import Clock
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.reading import Facts
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally

_FIELDS = b"#Fields:"
_VALUE = re.compile(r'"((?:[^"]|"")*+)"|(\S+)')
_MOST_FIELDS = 256
_LONGEST = 128 << 10
_FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32}


class ExtendedLog:
    """Reads lines under the header that was last seen.

    Args:
        clock: reads the times.
    """

    def __init__(self, clock: Clock) -> None:
        self.facts = Facts()
        self.clock = clock
        self._names: tuple[str, ...] = ()

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        events: list[Event] = []
        for index, number in enumerate(block.numbers.tolist()):
            line = block.text(index)
            if line.startswith(b"#"):
                tally.comments += 1
                self._names = names(line) or self._names
                continue
            found = self._event(line.decode(errors="replace")[:_LONGEST])
            if isinstance(found, str):
                tally.refuse_text(found, number, line)
                continue
            tally.read += 1
            found.number = number
            events.append(found)
            self.facts.add("device_flows", int(found.table == "network_activity"))
        yield from table_rows(events)

    def _event(self, line: str) -> Event | str:
        if not self._names:
            return "no header says what the fields are"
        parts = [m[1] if m[2] is None else m[2] for m in islice(_VALUE.finditer(line), 257)]
        if len(parts) != len(self._names):
            return "another number of fields"
        told = {
            name: value
            for name, value in zip(self._names, parts, strict=True)
            if value not in ("-", "")
        }
        time = self.clock.microseconds(f"{told.get('date', '')} {told.get('time', '')}".strip())
        if time is None:
            return "no time, or none that can be read"
        is_flow = "src-ip" in told and "dst-ip" in told
        return _packet(told, time) if is_flow else web_request(told, time)


def names(line: bytes) -> tuple[str, ...]:
    """The fields that a line of the header names, in lower case; none of other lines."""
    if not line.startswith(_FIELDS):
        return ()
    words = line[len(_FIELDS) : _LONGEST].decode(errors="replace").lower().split()
    return tuple(words) if len(words) <= _MOST_FIELDS else ()


def is_read(found: tuple[str, ...]) -> bool:
    """Whether fields of these names become rows."""
    has_time = {"date", "time"} <= set(found)
    return has_time and ({"src-ip", "dst-ip"} <= set(found) or "c-ip" in found)


def _packet(told: dict[str, str], time: int) -> Event:
    """A line of the Windows firewall: the first packet of a connection, or one it dropped."""
    name = protocol(told.get("protocol"))
    outcome = disposition(told.get("action"))
    is_icmp = name in ("icmp", "icmp6")
    is_refused = outcome == "dropped"
    flags = None
    if name == "tcp" and "tcpflags" in told:
        flags = sum({_FLAGS.get(letter, 0) for letter in told["tcpflags"]})
    return flow(
        start=time,
        ends=(
            told["src-ip"], port(told.get("icmptype" if is_icmp else "src-port")),
            told["dst-ip"], port(told.get("icmpcode" if is_icmp else "dst-port")),
        ),
        protocol=name,
        outcome=outcome,
        octets=(whole(told.get("size")) if is_refused else None, None),
        tcp_flags_out=flags,
    )  # fmt: skip


def web_request(told: dict[str, str], time: int | None) -> Event:
    """A request to a web server or a proxy, from the fields of W3C (in lower case)."""

    def first(*names: str) -> str | None:
        return next((told[name] for name in names if name in told), None)

    path, query = first("cs-uri", "cs-uri-stem", "cs-uri-path"), told.get("cs-uri-query")
    uri = path if path is None or query is None else f"{path}?{query.removeprefix('?')}"
    agent = first("cs(user-agent)", "c-useragent")
    values: dict[str, Value] = {
        "time": time,
        "src_ip": first("c-ip"),
        "src_port": port(told.get("c-port")),
        "dst_ip": first("r-ip", "s-supplier-ip", "s-ip"),
        "dst_port": port(first("s-port", "cs-uri-port", "r-port")),
        "method": first("cs-method"),
        "host": first("cs(host)", "cs-host", "x-host-header"),
        "uri": uri[:8192] if uri else None,
        "version": (first("cs-version", "cs-protocol-version") or "").removeprefix("HTTP/"),
        # IIS writes a plus for each space.
        "user_agent": agent.replace("+", " ") if agent and " " not in agent else agent,
        "referrer": first("cs(referer)", "cs(referrer)"),
        "proxied_for": first("cs(x-forwarded-for)", "x-forwarded-for"),
        "account": first("cs-username", "cs-user"),
        "status_code": whole(first("sc-status")),
        "request_body_bytes": whole(first("cs-bytes")),
        "response_body_bytes": whole(first("sc-bytes")),
        "response_content_type": first("rs(content-type)", "sc(content-type)"),
    }
    return Event("http_activity", values)
