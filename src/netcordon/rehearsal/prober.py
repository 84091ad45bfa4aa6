"""Runs in a network namespace of its own and asks a second one, the firewall, for its verdicts.

Started as ``unshare --net -- python -m netcordon.rehearsal.prober``; reads one job as JSON from
standard input and answers with one JSON object. Between the two namespaces lie two cables; probes
go in at one and come out at the other, or do not. There is no way from here to any real network,
and when this process ends, both namespaces are gone.

A flow is probed as it would happen: the initiator's first packet, the responder's answer to what
came through (so that address translation is undone as in life), and, for flows that are open when
the rules arrive, data both ways afterwards.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from netcordon.rehearsal.packets import (
    PSH_ACK,
    SYN,
    SYN_ACK,
    Packet,
    ends_of,
    frame,
    number_of,
)  # fmt: skip

_ALL = 0x0003
_BATCH, _PAUSE_S = 64, 0.001
_QUIET_S = 0.35
"""Nothing more comes once nothing came for so long."""

SITE = """
table inet site {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ct state established,related accept
  }
}
"""
"""As on any real firewall: connections are tracked, and open ones are let through."""


class Enclosure:
    """The firewall's namespace and the two cables to it; ``i0`` is inside, ``o0`` outside."""

    def __init__(self) -> None:
        self._holder = subprocess.Popen(
            [
                "unshare",
                "--net",
                "--",
                sys.executable,
                "-c",
                "import sys; print(flush=True); sys.stdin.read()",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        self._holder.stdout.readline()
        pid = str(self._holder.pid)
        self.macs: dict[str, bytes] = {}
        for near, far in (("i0", "in0"), ("o0", "out0")):
            _run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", pid)
            _run("sysctl", "-qw", f"net.ipv6.conf.{near}.disable_ipv6=1")
            _run("ip", "link", "set", near, "up")
            self.inside("ip", "link", "set", far, "up")
            self.macs[near] = _mac(_run("ip", "-j", "link", "show", near))
            self.macs[far] = _mac(self.inside("ip", "-j", "link", "show", far))
        self._route()

    def inside(self, *argv: str, stdin: str = "") -> str:
        """What a program prints in the firewall's namespace."""
        return _run("nsenter", "-t", str(self._holder.pid), "-n", *argv, stdin=stdin)

    def _route(self) -> None:
        """What comes in at one cable leaves at the other, whatever its addresses are."""
        for setting in (
            "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.in0.rp_filter=0",
            "net.ipv4.conf.out0.rp_filter=0", "net.netfilter.nf_conntrack_max=1048576",
        ):  # fmt: skip
            self.inside("sysctl", "-qw", setting)
        # RFC 5737 and 3849 addresses of the cables; next hops are told, never asked for.
        for table, leaves, enters, net in (
            ("100", "out0", "in0", "192.0.2.4"), ("101", "in0", "out0", "192.0.2.0"),
        ):  # fmt: skip
            own, hop = _plus(net, 1), _plus(net, 2)
            mac = self.macs["o0" if leaves == "out0" else "i0"].hex(":")
            self.inside("ip", "addr", "add", f"{own}/30", "dev", leaves)
            self.inside("ip", "-6", "addr", "add", f"2001:db8:ffff:{table}::1/64", "dev", leaves,
                        "nodad")  # fmt: skip
            hop6 = f"2001:db8:ffff:{table}::2"
            for far in (hop, hop6):
                self.inside("ip", "neigh", "replace", far, "lladdr", mac, "dev", leaves, "nud",
                            "permanent")  # fmt: skip
            for family, far in (("-4", hop), ("-6", hop6)):
                self.inside("ip", family, "route", "add", "default", "via", far, "dev", leaves,
                            "table", table)  # fmt: skip
                self.inside("ip", family, "rule", "add", "iif", enters, "lookup", table,
                            "priority", "10")  # fmt: skip

    def close(self) -> None:
        """The firewall's namespace is gone afterwards."""
        assert self._holder.stdin is not None
        self._holder.stdin.close()
        self._holder.wait()


def _plus(net: str, number: int) -> str:
    head, _, last = net.rpartition(".")
    return f"{head}.{int(last) + number}"


def _run(*argv: str, stdin: str = "") -> str:
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(argv[:6])}: {done.stderr.strip()[:300]}")
    return done.stdout


def _mac(link: str) -> bytes:
    return bytes.fromhex(json.loads(link)[0]["address"].replace(":", ""))


class Cables:
    """Both ends that probes are put in and taken out at."""

    def __init__(self, macs: Mapping[str, bytes]) -> None:
        self._macs = macs
        self._sockets = {name: _socket(name) for name in ("i0", "o0")}

    def send(self, packets: Sequence[Packet], side: str) -> dict[int, bytes]:
        """Put packets in at one end; number -> frame of those that came out at the other."""
        other, gate = ("o0", "in0") if side == "i0" else ("i0", "out0")
        frames = [frame(packet, self._macs[gate], self._macs[side]) for packet in packets]
        found: dict[int, bytes] = {}
        last = [time.monotonic()]
        sending = threading.Event()
        reader = threading.Thread(target=self._read, args=(other, found, last, sending))
        reader.start()
        for place in range(0, len(frames), _BATCH):
            for each in frames[place : place + _BATCH]:
                self._sockets[side].send(each)
            # The kernel forwards in the background; a full queue would drop what no rule did.
            time.sleep(_PAUSE_S)
        last[0] = time.monotonic()
        sending.set()
        reader.join()
        return found

    def _read(
        self, side: str, found: dict[int, bytes], last: list[float], sent: threading.Event
    ) -> None:
        end = self._sockets[side]
        while not sent.is_set() or time.monotonic() - last[0] < _QUIET_S:
            try:
                received = end.recv(2048)
            except TimeoutError:
                continue
            number = number_of(received)
            if number is not None:
                found[number] = received
                last[0] = time.monotonic()


def _socket(name: str) -> socket.socket:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
    end.bind((name, _ALL))
    end.settimeout(0.05)
    return end


def judge(job: Mapping[str, Any]) -> dict[str, Any]:
    """Verdict of each flow, new and (where asked for) already open.

    Args:
        job: ``flows`` (``src``, ``sport``, ``dst``, ``dport``, ``protocol``, ``begins`` the cable
            of its initiator, ``open`` whether it is also judged as an open connection), ``rules``
            (text for ``nft -f``), ``translated`` (IPv4 networks behind this firewall).

    Returns:
        ``untouched``: places of flows that did not pass even without rules; ``passed``: places of
        those that pass with them, both ways; ``open_passed``: likewise for open connections.
    """
    flows: list[Mapping[str, Any]] = job["flows"]
    enclosure = Enclosure()
    try:
        cables = Cables(enclosure.macs)
        enclosure.inside("nft", "-f", "-", stdin=SITE + _translation(job["translated"]))
        bare, ends = _exchange(cables, flows, range(len(flows)))
        enclosure.inside("nft", "-f", "-", stdin=job["rules"])
        open_flows = [n for n in bare if flows[n]["open"]]
        open_passed = _goes_on(cables, flows, open_flows, ends)
        enclosure.inside("conntrack", "-F")
        passed, _ = _exchange(cables, flows, sorted(bare))
        listing = enclosure.inside("nft", "-j", "list", "ruleset")
    finally:
        enclosure.close()
    return {
        "untouched": sorted(set(range(len(flows))) - bare),
        "passed": sorted(passed),
        "open_judged": sorted(open_flows),
        "open_passed": sorted(open_passed),
        "counters": json.loads(listing),
    }


def _translation(networks: Sequence[str]) -> str:
    if not networks:
        return ""
    return (
        "table ip translation { chain post { type nat hook postrouting priority srcnat;\n"
        f'oifname "out0" ip saddr {{ {", ".join(networks)} }} masquerade\n}}\n}}\n'
    )


_Ends = Mapping[int, tuple[str, int, str, int]]


def _exchange(
    cables: Cables, flows: Sequence[Mapping[str, Any]], places: Sequence[int]
) -> tuple[set[int], _Ends]:
    """Flows whose first packet and answer both come through, and their ends beyond the firewall."""
    seen: dict[int, bytes] = {}
    for side in ("i0", "o0"):
        first = [_first(flows[n], n, SYN) for n in places if flows[n]["begins"] == side]
        seen |= cables.send(first, side) if first else {}
    ends = {number: ends_of(frame_) for number, frame_ in seen.items()}
    back = _answers(cables, flows, ends, SYN_ACK)
    return set(back), ends


def _goes_on(
    cables: Cables, flows: Sequence[Mapping[str, Any]], places: Sequence[int], ends: _Ends
) -> set[int]:
    """Flows of which data still comes through in both directions."""
    seen: dict[int, bytes] = {}
    for side in ("i0", "o0"):
        data = [_first(flows[n], n, PSH_ACK) for n in places if flows[n]["begins"] == side]
        seen |= cables.send(data, side) if data else {}
    back = _answers(cables, flows, {n: ends[n] for n in places}, PSH_ACK)
    return set(seen) & set(back)


def _first(flow: Mapping[str, Any], number: int, flags: int) -> Packet:
    return Packet(
        flow["src"], flow["dst"], flow["protocol"], flow["sport"], flow["dport"], flags, number
    )


def _answers(
    cables: Cables, flows: Sequence[Mapping[str, Any]], ends: _Ends, flags: int
) -> dict[int, bytes]:
    seen: dict[int, bytes] = {}
    for begins, answers in (("i0", "o0"), ("o0", "i0")):
        packets = [
            # An echo's reply carries the request's identifier.
            Packet(dst, src, flows[n]["protocol"], dport, sport, flags, n)
            for n, (src, sport, dst, dport) in sorted(ends.items())
            if flows[n]["begins"] == begins
        ]
        seen |= cables.send(packets, answers) if packets else {}
    return seen


def main() -> int:
    """One job in, one answer out."""
    try:
        answer = judge(json.load(sys.stdin))
    except (OSError, RuntimeError) as error:
        answer = {"error": str(error)}
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
