"""The firewall's namespace and two cables to it: no way leads from here to any real network."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence

_NEAR = {"i0": "in0", "o0": "out0"}
_HOLD = "read -r pid rest </proc/self/stat; echo $pid; exec cat >/dev/null"
"""Says its number as ``/proc`` has it, which may be that of another process namespace."""
_SETTINGS = (
    "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0",
    "net.ipv4.conf.in0.rp_filter=0", "net.ipv4.conf.out0.rp_filter=0",
)  # fmt: skip


class Enclosure:
    """A namespace that forwards from one cable to the other; ``i0`` is inside, ``o0`` outside.

    Attributes:
        macs: of the four ends, by name.

    Raises:
        RuntimeError: the system lets nothing of the kind be made; what a program said of it.
    """

    def __init__(self) -> None:
        # `cat` ends with its input: when this process is gone, so is the namespace.
        self._holder = subprocess.Popen(
            ["unshare", "--net", "--", "sh", "-c", _HOLD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        self._inside = f"--net=/proc/{int(self._holder.stdout.readline())}/ns/net"
        pid = str(self._holder.pid)
        made = [
            f"link add {near} type veth peer name {far} netns {pid}" for near, far in _NEAR.items()
        ]
        run("ip", "-batch", "-", stdin="\n".join(made))
        run("sysctl", "-qw", *(f"net.ipv6.conf.{near}.disable_ipv6=1" for near in _NEAR))
        run("ip", "-batch", "-", stdin="\n".join(f"link set {near} up" for near in _NEAR))
        listed = run("ip", "-j", "link", "show") + self.inside("ip", "-j", "link", "show")
        self.macs = {
            link["ifname"]: bytes.fromhex(link["address"].replace(":", ""))
            for part in listed.strip().splitlines()
            for link in json.loads(part)
            if link["ifname"] in (*_NEAR, *_NEAR.values())
        }
        self._route()

    def inside(
        self, *argv: str, stdin: str = "", fine: Sequence[int] = (0,), lock: str = ""
    ) -> str:
        """What a program prints in the firewall's namespace.

        Args:
            argv: program and arguments.
            stdin: what it reads.
            fine: exit statuses that are no error.
            lock: where iptables keeps its lock, for users who may not use the system's.
        """
        settings = ("env", f"XTABLES_LOCKFILE={lock}") if lock else ()
        return run("nsenter", self._inside, *settings, *argv, stdin=stdin, fine=fine)

    def _route(self) -> None:
        """What comes in at one cable leaves at the other, whatever its addresses are."""
        self.inside("sysctl", "-qw", *_SETTINGS)
        # RFC 5737 and 3849 addresses of the cables; next hops are told, never asked for.
        lines: list[str] = [f"link set {far} up" for far in _NEAR.values()]
        for table, leaves, enters, net in (
            ("100", "out0", "in0", 4), ("101", "in0", "out0", 0),
        ):  # fmt: skip
            mac = self.macs["o0" if leaves == "out0" else "i0"].hex(":")
            hops = {"-4": f"192.0.2.{net + 2}", "-6": f"2001:db8:ffff:{table}::2"}
            lines += [
                f"addr add 192.0.2.{net + 1}/30 dev {leaves}",
                f"-6 addr add 2001:db8:ffff:{table}::1/64 dev {leaves} nodad",
            ]
            for family, hop in hops.items():
                lines += [
                    f"neigh replace {hop} lladdr {mac} dev {leaves} nud permanent",
                    f"{family} route add default via {hop} dev {leaves} table {table}",
                    f"{family} rule add iif {enters} lookup {table} priority 10",
                ]
        # A line of a batch knows no family of its own.
        for family in ("", "-4", "-6"):
            own = [line.removeprefix(family).strip() for line in lines if _family(line) == family]
            self.inside("ip", *([family] if family else []), "-batch", "-", stdin="\n".join(own))

    def close(self) -> None:
        """The firewall's namespace is gone afterwards."""
        assert self._holder.stdin is not None
        self._holder.stdin.close()
        self._holder.wait()


def _family(line: str) -> str:
    return line[:2] if line.startswith("-") else ""


def run(*argv: str, stdin: str = "", fine: Sequence[int] = (0,)) -> str:
    """What a program prints.

    Raises:
        RuntimeError: with what it said, when it ends with another status than those that are fine.
    """
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode not in fine:
        raise RuntimeError(f"{' '.join(argv[:8])}: {done.stderr.strip()[:300]}")
    return done.stdout
