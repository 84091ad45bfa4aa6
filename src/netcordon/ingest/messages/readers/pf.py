"""OpenBSD and FreeBSD pf: the log as tcpdump prints it (``tcpdump -n -e -ttt -r /var/log/pflog``).

Source: OpenBSD ``print-pflog.c`` and ``print-ip.c``; an address and its port are joined by a point.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import port
from netcordon.ingest.messages.flows import disposition, flow
from netcordon.ingest.messages.log import Found, Message, Reader

_END = r"(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]{2,39})"
_LINE = re.compile(
    r"(?:(?P<time>[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})?) )?"
    r"rule [\w./()-]{1,64}(?: \[[^\]]{0,128}\])?:? (?P<act>pass|block|match|scrub|nat|rdr) "
    r"(?P<way>in|out) on \S{1,32}: (?:IP6? )?(?:\(.{0,128}?\) )?"
    rf"(?P<a>{_END})(?:\.(?P<ap>\d{{1,5}}))? > "
    rf"(?P<b>{_END})(?:\.(?P<bp>\d{{1,5}}))?: (?P<rest>.{{0,512}})",
    re.ASCII,
)
_FLAGS = re.compile(r"(?:Flags \[)?(?P<flags>[SFRPUEW.]{1,8})\]?[ ,]", re.ASCII)
_BITS = {"F": 1, "S": 2, "R": 4, "P": 8, ".": 16, "U": 32, "E": 64, "W": 128}
_ICMP = re.compile(r"(?:ICMP|icmp)(?P<six>6)?")


def _read(message: Message) -> Found:
    text = message.text[:2048]
    if message.envelope.host == "rule":  # what stands behind the time looks like a host's name
        text = f"rule {text}"
    found = _LINE.search(text) if "rule " in text[:96] else None
    if found is None or found["act"] in ("match", "scrub", "nat", "rdr"):
        return None if found is None else []
    rest, flags = found["rest"], _FLAGS.match(found["rest"])
    icmp = _ICMP.match(rest)
    transport = "tcp" if flags else "udp" if found["ap"] else None
    if icmp:
        transport = "icmp6" if icmp["six"] else "icmp"
    outcome = disposition(found["act"])
    return [
        flow(
            start=message.time(found["time"] or ""),
            ends=(found["a"], port(found["ap"]), found["b"], port(found["bp"])),
            protocol=transport, outcome="dropped" if found["act"] == "block" else outcome,
            tcp_flags_out=sum({_BITS[letter] for letter in flags["flags"]}) if flags else None,
        )
    ]  # fmt: skip


PF = Reader("pf", _read)
