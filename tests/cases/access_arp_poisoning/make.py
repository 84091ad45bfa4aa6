"""Makes the evidence of these cases.

`python -m tests.cases.access_arp_poisoning.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

ROUTER, ROUTER_MAC = "10.1.0.1", "00:00:5a:00:00:01"
HOST, HOST_MAC = "10.1.0.17", "00:00:5a:00:00:17"
EVIL, EVIL_MAC = "10.1.0.66", "00:00:5a:00:00:66"
SECOND_MAC = "00:00:5a:00:00:02"
BROADCAST = "ff:ff:ff:ff:ff:ff"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    both(root / "between_host_and_router", [*start_up(), *poison()], moved())
    both(
        root / "router_claimed_once",
        [*start_up()[2:], *claim(ROUTER, HOST, HOST_MAC, 60.0)],
        moved(),
    )
    both(root / "lease_changed_hands", [*start_up(), *later_holder()], surfing(ROUTER_MAC, 0.0))
    both(root / "failover", failover(), surfing("00:00:5e:00:01:05", 0.0))
    both(
        root / "failover_to_a_card_of_its_own",
        [*start_up(), *takeover()],
        [*surfing(ROUTER_MAC, 0.0), *surfing(SECOND_MAC, 65.0)],
    )
    both(root / "phones_swap_leases", phones(), surfing(ROUTER_MAC, 0.0))
    both(root / "lease_is_seen", [*start_up(), *newcomer()], surfing(ROUTER_MAC, 0.0))
    write(
        root / "lease_is_seen",
        "dhcp_activity",
        [
            {"time": 59.0, "message_type": "ACK", "client_mac": SECOND_MAC, "assigned_ip": ip}
            for ip in (HOST, EVIL)
        ],
    )
    both(root / "quiet_segment", start_up(), surfing(ROUTER_MAC, 0.0))
    both(root / "router_of_two_segments", *two_segments())


def both(folder: Path, arp: list[dict[str, object]], flow: list[dict[str, object]]) -> None:
    """A segment: what is said by ARP, and what is sent."""
    write(folder, "arp_activity", arp)
    write(folder, "network_activity", flow)


def arp(at: float, operation: str, mac: str, ip: str, to: str, to_mac: str) -> dict[str, object]:
    """One ARP packet."""
    return {
        "time": at, "operation": operation, "src_mac": mac, "dst_mac": to_mac, "sender_mac": mac,
        "sender_ip": ip, "target_mac": "00:00:00:00:00:00", "target_ip": to,
    }  # fmt: skip


def start_up() -> list[dict[str, object]]:
    """Everybody asks for the router once, and the router answers."""
    return [
        arp(0.1, "reply", ROUTER_MAC, ROUTER, HOST, HOST_MAC),
        arp(1.1, "reply", ROUTER_MAC, ROUTER, EVIL, EVIL_MAC),
        arp(0.0, "request", HOST_MAC, HOST, ROUTER, BROADCAST),
        arp(1.0, "request", EVIL_MAC, EVIL, ROUTER, BROADCAST),
    ]


def claim(ip: str, to: str, to_mac: str, at: float) -> list[dict[str, object]]:
    """The intruder says once, unasked, that it is ``ip``."""
    return [arp(at, "reply", EVIL_MAC, ip, to, to_mac)]


def poison() -> list[dict[str, object]]:
    """The intruder tells both sides, every ten seconds, that it is the other one."""
    return [
        row
        for n in range(12)
        for row in (
            *claim(ROUTER, HOST, HOST_MAC, 60.0 + 10 * n),
            *claim(HOST, ROUTER, ROUTER_MAC, 60.1 + 10 * n),
        )
    ]


def surfing(router_mac: str, since: float) -> list[dict[str, object]]:
    """The host's way out."""
    times = [since + 5 * n for n in range(10)]
    return flows(HOST, "198.51.100.7", 443, times, src_mac=HOST_MAC, dst_mac=router_mac)


def moved() -> list[dict[str, object]]:
    """The host leaves by the router first, then by the intruder."""
    return [*surfing(ROUTER_MAC, 0.0), *surfing(EVIL_MAC, 65.0)]


def later_holder() -> list[dict[str, object]]:
    """Hours later another machine has the address."""
    mac = "00:00:5a:00:00:99"
    return [arp(9000.0 + n, "request", mac, EVIL, ROUTER, BROADCAST) for n in range(2)]


def takeover() -> list[dict[str, object]]:
    """The second router has an address and a card of its own, and says that it is the first."""
    return [
        arp(2.0, "request", SECOND_MAC, "10.1.0.2", HOST, BROADCAST),
        *(arp(60.0 + n / 10, "reply", SECOND_MAC, ROUTER, ROUTER, BROADCAST) for n in range(10)),
        arp(61.5, "request", HOST_MAC, HOST, ROUTER, BROADCAST),
        arp(61.6, "reply", SECOND_MAC, ROUTER, HOST, HOST_MAC),
        arp(90.0, "request", SECOND_MAC, "10.1.0.2", HOST, BROADCAST),
    ]


def phones() -> list[dict[str, object]]:
    """Four phones announce themselves, and each day under another's address of yesterday."""
    return [
        arp(
            86_400.0 * day + 60.0 * n + k, "reply", f"00:00:5a:00:01:{n:02}",
            f"10.1.0.{50 + (n + day) % 4}", f"10.1.0.{50 + (n + day) % 4}", BROADCAST,
        )
        for day in range(4)
        for n in range(4)
        for k in range(3)
    ]  # fmt: skip


def two_segments() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """A host shouts to its whole segment, then asks for the router, which is that of others too."""
    said: list[dict[str, object]] = []
    sent: list[dict[str, object]] = []
    for n in (1, 2, 3):
        host, mac, router = f"10.{n}.0.17", f"00:00:5a:00:00:1{n}", f"10.{n}.0.1"
        said.append(arp(60.0 * n + 5, "request", mac, host, router, BROADCAST))
        said.append(arp(60.0 * n + 5.1, "reply", ROUTER_MAC, router, host, mac))
        sent += flows(
            host, f"10.{n}.0.255", 138, [60.0 * n, 60.0 * n + 1], src_mac=mac, dst_mac=BROADCAST
        )
        times = [60.0 * n + 6 + k for k in range(5)]
        sent += flows(host, "198.51.100.7", 443, times, src_mac=mac, dst_mac=ROUTER_MAC)
    return said, sent


def newcomer() -> list[dict[str, object]]:
    """One card under two addresses at a time, both of them leased to it."""
    return [
        arp(60.0 + n + m / 2, "reply", SECOND_MAC, ip, ip, BROADCAST)
        for n in range(6)
        for m, ip in enumerate((HOST, EVIL))
    ]


def failover() -> list[dict[str, object]]:
    """Two routers share an address; the second takes over and says so."""
    shared = "00:00:5e:00:01:05"
    return [
        arp(0.0, "reply", ROUTER_MAC, ROUTER, HOST, HOST_MAC),
        *(arp(50.0 + n, "reply", shared, ROUTER, ROUTER, BROADCAST) for n in range(4)),
        arp(60.0, "reply", shared, "10.1.0.2", HOST, HOST_MAC),
        arp(61.0, "reply", ROUTER_MAC, ROUTER, HOST, HOST_MAC),
    ]


if __name__ == "__main__":
    make(Path(__file__).parent)
