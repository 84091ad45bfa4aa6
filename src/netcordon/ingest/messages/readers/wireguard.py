"""WireGuard: handshakes the kernel tells of when it is asked to, and ``wg show all dump``.

Sources: Linux ``drivers/net/wireguard/receive.c`` (dynamic debug); wg(8), "show ... dump". A
handshake is answered only when the peer proved that it has its key. The private key in a dump is
read past and kept nowhere.
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.accounts import identity, login, present
from netcordon.ingest.messages.log import Found, Message, Reader

_KERNEL = re.compile(
    r"(?:\[ *\d+\.\d+\] )?wireguard: (?P<device>[\w.@-]{1,32}): (?P<rest>.{1,400})"
)
_END = r"\(?\[?(?P<ip>[0-9A-Fa-f.:]{3,45}?)\]?:(?P<port>\d{1,5})\)?"
_HANDSHAKE = re.compile(
    rf"Receiving handshake initiation from peer (?P<peer>\d{{1,10}}) {_END}", re.A
)
_INVALID = re.compile(
    rf"(?P<why>Invalid (?:handshake initiation|MAC of handshake).{{0,40}}) from {_END}", re.ASCII
)
_KEY = r"[A-Za-z0-9+/]{42}[A-Za-z0-9+/=]{2}"
_DUMP = re.compile(
    rf"(?:(?P<device>[\w.@-]{{1,32}})\t)?(?P<key>{_KEY})\t(?P<psk>{_KEY}|\(none\))\t"
    rf"(?:\[?(?P<ip>[0-9A-Fa-f.:]{{3,45}}?)\]?:(?P<port>\d{{1,5}})|\(none\))\t"
    r"(?P<allowed>[0-9A-Fa-f.:/,]{0,2048}|\(none\))\t(?P<time>\d{1,11})\t\d+\t\d+\t(?:\d+|off)$",
    re.ASCII,
)
_INTERFACE = re.compile(
    rf"(?:[\w.@-]{{1,32}}\t)?(?:{_KEY}|\(none\))\t(?:{_KEY}|\(none\))\t\d{{1,5}}\t(?:off|0x\w+)$",
    re.A,
)
_ONE = re.compile(r"(?P<ip>[0-9A-Fa-f.:]{2,45})/(?:32|128)(?:,|$)", re.ASCII)


def _read(message: Message) -> Found:
    line = message.text
    if message.envelope.tag == "wireguard":
        line = f"wireguard: {line}"
    if kernel := _KERNEL.search(line[:1024]):
        return _kernel(message, kernel)
    if "\t" not in line[:200]:
        return None
    peer = _DUMP.match(line)
    if peer is None:
        return [] if _INTERFACE.match(line) else None
    if peer["time"] == "0":
        return []  # never came
    time = message.clock.microseconds(peer["time"])
    held = _ONE.match(peer["allowed"])
    return present(
        login(
            message, "wireguard", "success", time=time, service="vpn", source=peer["ip"],
            source_port=peer["port"], account=peer["key"], domain=peer["device"],
        ),
        identity(time, "vpn", ip=held["ip"] if held else None, user=peer["key"]),
    )  # fmt: skip


def _kernel(message: Message, kernel: re.Match[str]) -> Found:
    rest, device = kernel["rest"], kernel["device"]
    if came := _HANDSHAKE.match(rest):
        return [
            login(
                message, "wireguard", "success", service="vpn", source=came["ip"],
                source_port=came["port"], account=f"{device} peer {came['peer']}", domain=device,
            )
        ]  # fmt: skip
    if bad := _INVALID.match(rest):
        return [
            login(
                message, "wireguard", "failure", service="vpn", source=bad["ip"],
                source_port=bad["port"], domain=device, why=bad["why"],
            )
        ]  # fmt: skip
    return []


WIREGUARD = Reader("wireguard", _read)
