"""Clavister NetWall (cOS Core): ``id=... event=...`` and fields in nested brackets.

Source: "cOS Core Log Reference Guide". The connection, where there is one, stands in
``[conn ...]``, a single packet in ``[ippacket ...]`` and ``[tcp ...]``.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import ethernet
from netcordon.ingest.messages.events import Event, port, whole
from netcordon.ingest.messages.flows import disposition, flow, protocol
from netcordon.ingest.messages.log import Found, Message, Reader
from netcordon.ingest.messages.readers.field_logins import access

_START = re.compile(
    r"(?:\[[^\]]{0,64}\] )?(?:prio=\d+ )?id=(\d{6,8}) (?:rev=\d+ )?event=(\w{2,64})"
)
_PAIR = re.compile(r'(?<![^\s\[\]])(\w{2,32})=(?:"([^"]{0,512})"|([^\s\]]{0,512}))', re.ASCII)
_TEXT = re.compile(r"message=(?P<text>[^\[\]]{0,256}?)(?= \w{2,32}=|\]|\[|$)")
_MOST = 256
_LONGEST = 16 << 10


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    start = _START.match(text)
    if start is None:
        return None
    told: dict[str, str] = {}
    for count, found in enumerate(_PAIR.finditer(text)):
        if count == _MOST:
            break
        # Of a name that stands in several brackets the innermost, last one is the packet's.
        told[found[1]] = found[2] if found[2] is not None else found[3]
    source = told.get("connsrcip") or told.get("srcip")
    target = told.get("conndestip") or told.get("destip")
    if source and target:
        return _flow(message, start[2], told, source, target)
    said = _TEXT.search(text)
    told |= {"msg": said["text"] if said else "", "event": start[2].replace("_", " ")}
    return access(message, told, message.time(), "", "clavister") or []


def _flow(
    message: Message, event: str, told: dict[str, str], source: str, target: str
) -> list[Event]:
    outcome = disposition(told.get("action"))
    if event.startswith("conn_"):
        outcome = outcome if outcome in ("dropped", "rejected") else "allowed"
    elif outcome == "allowed":  # ``close``: what an application gateway did in a connection
        outcome = None
    transport = protocol(told.get("connipproto") or told.get("ipproto"))
    ends = (
        source, port(told.get("connsrcport") or told.get("srcport")),
        target, port(told.get("conndestport") or told.get("destport")),
    )  # fmt: skip
    is_end = event.startswith("conn_close")
    name = " ".join(map(str, (message.envelope.host, *ends, transport)))
    return [
        flow(
            start=message.time(), ends=ends, protocol=transport, outcome=outcome,
            octets=(_octets(told.get("origsent")), _octets(told.get("termsent"))),
            session="" if outcome in ("dropped", "rejected") else name, is_begin=not is_end,
            src_mac=ethernet(told.get("hwsender")),
        )
    ]  # fmt: skip


def _octets(text: str | None) -> int | None:
    return whole((text or "").partition(".")[0])


CLAVISTER = Reader("clavister", _read)
