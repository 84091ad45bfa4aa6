"""The cables: namespaces, bridges, the border with real nftables, and the sensor port.

The sensor sees each packet once, as its sender sent it. Every switch port copies what *enters* it
to the sensor port; the border's own ports leave out what came from the other inside segment, for
its sender's port has already copied that. So traffic inside a segment, between segments, and in and
out of the border is all there, without duplicates, before address translation on the way out.
"""

from __future__ import annotations

import time

from lab import templates, world
from lab.crew import Crew, inside, python, run

SWITCH, BORDER, SENSOR = "switch", "border", "sensor"
SENSOR_PORT = "span0"


def build(crew: Crew) -> None:
    """Build everything; must run inside the cage."""
    run("ip", "link", "set", "lo", "up")
    for name in (
        SWITCH,
        BORDER,
        SENSOR,
        "inet",
        "crook",
        *(machine.name for machine in world.MACHINES),
    ):
        run("ip", "netns", "add", name)
        _sysctl(
            name,
            "net.ipv6.conf.all.accept_dad=0",
            "net.ipv6.conf.default.accept_dad=0",
            "net.ipv6.conf.default.accept_ra=0",
        )
        _sysctl(
            name,
            "net.ipv6.conf.default.addr_gen_mode=1",
            "net.ipv6.conf.default.router_solicitations=0",
        )
        _ip(name, "link", "set", "lo", "up")
    _switches()
    for machine in world.MACHINES:
        _plug_in(machine)
    _border_and_internet(crew)
    _span()


def _switches() -> None:
    """Two bridges and the sensor port. They have no addresses and no IPv6, so they say nothing."""
    _sysctl(SWITCH, "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
    _sysctl(SENSOR, "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
    run(
        "ip",
        "link",
        "add",
        "toward",
        "netns",
        SWITCH,
        "type",
        "veth",
        "peer",
        "name",
        SENSOR_PORT,
        "netns",
        SENSOR,
    )
    _ip(SWITCH, "link", "set", "toward", "up")
    _ip(SENSOR, "link", "set", SENSOR_PORT, "up", "arp", "off")
    for segment in world.SEGMENTS:
        _ip(
            SWITCH,
            "link",
            "add",
            segment.name,
            "type",
            "bridge",
            "mcast_snooping",
            "0",
            "stp_state",
            "0",
        )
        _ip(SWITCH, "link", "set", segment.name, "up")
        leg = f"{segment.name}0"
        _cable(BORDER, leg, segment.gateway_mac, segment, port=f"b-{segment.name}")
        _ip(BORDER, "addr", "add", f"{segment.gateway4}/24", "dev", leg)
        _ip(BORDER, "addr", "add", f"{segment.gateway6}/64", "dev", leg, "nodad")
        _ip(
            BORDER, "addr", "add", "fe80::1/64", "dev", leg, "nodad"
        )  # a router asks for neighbours from here


def _plug_in(machine: world.Machine) -> None:
    """Cable a machine; servers have fixed IPv4 addresses, office machines ask by DHCP."""
    _cable(machine.name, "eth0", machine.mac, machine.segment, port=machine.name)
    _sysctl(
        machine.name,
        f"net.ipv4.ip_default_ttl={machine.ttl}",
        f"net.ipv6.conf.all.hop_limit={machine.ttl}",
    )
    if machine.ttl == 128:  # Windows does not offer TCP timestamps
        _sysctl(machine.name, "net.ipv4.tcp_timestamps=0")
    _ip(machine.name, "addr", "add", f"{machine.ip6}/64", "dev", "eth0", "nodad")
    _ip(machine.name, "-6", "route", "add", "default", "via", machine.segment.gateway6)
    if machine.segment is world.SERVERS:
        _ip(machine.name, "addr", "add", f"{machine.ip}/24", "dev", "eth0")
        _ip(machine.name, "route", "add", "default", "via", machine.segment.gateway4)


def _cable(machine: str, device: str, mac: str, segment: world.Segment, *, port: str) -> None:
    """A veth pair from a machine to its switch; without offloads, for a wire has none."""
    run(
        "ip",
        "link",
        "add",
        device,
        "netns",
        machine,
        "address",
        mac,
        "type",
        "veth",
        "peer",
        "name",
        port,
        "netns",
        SWITCH,
    )
    _ip(SWITCH, "link", "set", port, "master", segment.name, "up")
    _ip(machine, "link", "set", device, "up")
    for place, name in ((machine, device), (SWITCH, port)):
        run(
            *inside(
                place,
                [
                    "ethtool",
                    "-K",
                    name,
                    "tx",
                    "off",
                    "rx",
                    "off",
                    "tso",
                    "off",
                    "gso",
                    "off",
                    "gro",
                    "off",
                ],
            )
        )


def _border_and_internet(crew: Crew) -> None:
    """The line's two ends become the border's uplink and the internet side's downlink."""
    crew.start("line", BORDER, python("lab.line"))
    for _ in range(100):
        if run("ip", "-n", BORDER, "-o", "link", "show", "type", "tun").count("line-") == 2:
            break
        time.sleep(0.1)
    _ip(BORDER, "link", "set", "line-out", "netns", "inet", "name", "isp0")
    _ip(BORDER, "link", "set", "line-in", "name", "wan0")
    _sysctl(BORDER, "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
    _sysctl("inet", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
    _ip(BORDER, "addr", "add", f"{world.BORDER_OUTSIDE}/32", "dev", "wan0")
    _ip(BORDER, "addr", "add", f"{world.BORDER_OUTSIDE6}/128", "dev", "wan0")
    _ip(BORDER, "link", "set", "wan0", "up")
    _ip(BORDER, "route", "add", "default", "dev", "wan0")
    _ip(BORDER, "-6", "route", "add", "default", "dev", "wan0")
    _ip("inet", "link", "set", "isp0", "up")
    _ip("inet", "route", "add", f"{world.BORDER_OUTSIDE}/32", "dev", "isp0")
    _ip("inet", "-6", "route", "add", "2001:db8:20::/46", "dev", "isp0")
    run(*inside(BORDER, ["nft", "-f", "-"]), stdin=_border_rules())
    _crooks()


def _border_rules() -> str:
    return templates.text(
        "border.nft",
        outside=world.BORDER_OUTSIDE,
        mail=world.BY_NAME["mail-01"].ip,
        web=world.BY_NAME["app-01"].ip,
    )


def _crooks() -> None:
    """The attacker's servers stand in a namespace of their own behind the internet side."""
    run(
        "ip",
        "link",
        "add",
        "to-crook",
        "netns",
        "inet",
        "type",
        "veth",
        "peer",
        "name",
        "eth0",
        "netns",
        "crook",
    )
    _ip("inet", "addr", "add", "192.168.255.1/30", "dev", "to-crook")
    _ip("crook", "addr", "add", "192.168.255.2/30", "dev", "eth0")
    _ip("inet", "link", "set", "to-crook", "up")
    _ip("crook", "link", "set", "eth0", "up")
    for address in (world.ISP_RESOLVER, *world.VISITOR_IPS):
        _ip("inet", "addr", "add", f"{address}/32", "dev", "lo")
    for site in world.SITES:
        owner = "crook" if site.hostile else "inet"
        _ip(owner, "addr", "add", f"{site.ip}/32", "dev", "lo")
        if site.ip6:
            _ip(owner, "addr", "add", f"{site.ip6}/128", "dev", "lo")
        if site.hostile:
            _ip("inet", "route", "add", f"{site.ip}/32", "via", "192.168.255.2")
    _ip("crook", "route", "add", "default", "via", "192.168.255.1")


def _span() -> None:
    """Copy what enters each switch port to the sensor port, by nftables `dup`."""
    hook = "type filter hook ingress device {0} priority 0;"
    rules = ["table netdev span {"]
    for machine in world.MACHINES:
        rules.append(f"chain {machine.name} {{ {hook.format(machine.name)} dup to toward; }}")
    for segment, other in (world.SEGMENTS, world.SEGMENTS[::-1]):
        port = f"b-{segment.name}"
        seen = f"ip saddr {other.others4} accept; "
        seen += f"ip6 saddr {other.net6} ip6 saddr != {other.gateway6} accept;"
        rules.append(f"chain {port} {{ {hook.format(port)} {seen} dup to toward; }}")
    run(*inside(SWITCH, ["nft", "-f", "-"]), stdin="\n".join([*rules, "}", ""]))


def _ip(machine: str, *argv: str) -> None:
    run("ip", "-n", machine, *argv)


def _sysctl(machine: str, *settings: str) -> None:
    run(*inside(machine, ["sysctl", "-q", "-w", *settings]))
