"""Hosts of ours that the attacker controls: all their addresses, and the accounts used there."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from netcordon.model.incident import Incident, Party
from netcordon.model.register import INTERNET, Register
from netcordon.tables.engine import Engine

_MOST_ADDRESSES = 16
_MOST_ACCOUNTS = 20

# The same card's address of the other family. Who takes a host over also claims what is not his
# (ARP, neighbour discovery), and isolating the gateway is what he would like best: an address that
# a second card has as well, that is only claimed, or of the same family is not believed to be his.
_SAME_CARD = f"""
WITH card AS (
    SELECT mac, ip, bool_or(source <> 'arp') AS is_said, ip LIKE '%:%' AS is_ipv6
    FROM host_identity WHERE mac IS NOT NULL AND ip IS NOT NULL GROUP BY mac, ip
), sole AS (
    SELECT * FROM card WHERE ip IN (SELECT ip FROM card GROUP BY ip HAVING count(*) = 1)
)
SELECT a.ip AS known, list(b.ip ORDER BY b.ip) AS ips
FROM card a JOIN sole b USING (mac)
WHERE a.ip IN (SELECT unnest($ips)) AND b.is_said AND a.is_ipv6 <> b.is_ipv6
  AND mac IN (SELECT mac FROM card WHERE is_said GROUP BY mac HAVING count(*) <= {_MOST_ADDRESSES})
GROUP BY a.ip ORDER BY a.ip
"""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A host that the attacker controls.

    Attributes:
        ip: as the incident knows it; ``others``: of the same network card, of both families.
        mac: empty when it was never on a recorded segment, like ``name`` and ``user``.
        why: one sentence.
    """

    ip: str
    others: tuple[str, ...] = ()
    mac: str = ""
    name: str = ""
    user: str = ""
    why: str = ""

    @property
    def ips(self) -> tuple[str, ...]:
        """All its addresses, the one that the incident names first."""
        return (self.ip, *self.others)

    def label(self) -> str:
        """``PC-042 (10.1.2.3, user alice)``; hostile text."""
        said = ", ".join(filter(None, (self.ip, f"user {self.user}" if self.user else "")))
        return f"{self.name} ({said})" if self.name else said


def taken_hosts(
    engine: Engine, incidents: Sequence[Incident], register: Register
) -> tuple[Taken, ...]:
    """Hosts that acted for the attacker, in the order in which the incidents name them."""
    parties: dict[str, Party] = {}
    for incident in incidents:
        for party in _acting(incident):
            if party.internal:
                parties.setdefault(party.ip, party)
    cards: Mapping[str, Any] = {
        str(row["known"]): row["ips"]
        for row in (engine.query(_SAME_CARD, {"ips": sorted(parties)}) if parties else ())
    }
    out: list[Taken] = []
    seen: set[str] = set()
    for ip, party in parties.items():
        if ip in seen:
            continue
        others = [other for other in cards.get(ip, ()) if other != ip and _ours(other, register)]
        seen.update((ip, *others))
        out.append(
            Taken(
                ip=ip, others=tuple(others), mac=party.mac or "", name=party.name or "",
                user=party.user or "", why=party.why,
            )
        )  # fmt: skip
    return tuple(out)


def _ours(ip: str, register: Register) -> bool:
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    return not address.is_link_local and register.zone_of(ip) != INTERNET


def _acting(incident: Incident) -> Iterator[Party]:
    """Victims come first: they are named as they were before they acted."""
    yield from (p for p in incident.victims if p.role in ("patient_zero", "pivot"))
    yield from (p for p in incident.victims if p.ip in incident.pivots)
    yield from incident.actors


def accounts(incidents: Sequence[Incident], hosts: Sequence[Taken]) -> tuple[str, ...]:
    """Accounts that worked from a taken host or are used on it; hostile text."""
    ips = {ip for host in hosts for ip in host.ips}
    found = dict.fromkeys(host.user for host in hosts if host.user)
    for incident in incidents:
        card = incident.card.get("remote_accounts")
        for row in card.values if card else ():
            if row.get("from") in ips and row.get("outcome") == "success":
                domain = f"{row['domain']}\\" if row.get("domain") else ""
                found.setdefault(f"{domain}{row['value']}")
    named = {name.rpartition("\\")[2] for name in found if "\\" in name}
    whole = [name for name in found if "\\" in name or name not in named]
    return tuple(whole[:_MOST_ACCOUNTS])
