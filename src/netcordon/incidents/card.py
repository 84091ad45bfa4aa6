"""The card of technical characteristics of each incident (IRM-5, lines I15a to I15f).

Every entry either has values, each with the rows that show it, or says why nothing can be said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netcordon.incidents.behind import Behind
from netcordon.incidents.card_accounts import remote_accounts
from netcordon.incidents.card_headers import ip_ids, ttls
from netcordon.incidents.card_ports import ports, protocols
from netcordon.incidents.card_sources import source_ips
from netcordon.incidents.card_targets import exploits, targets
from netcordon.incidents.ends import Ends
from netcordon.incidents.parties import Namer
from netcordon.incidents.queries import Queries
from netcordon.incidents.scene import Scene
from netcordon.model.incident import CARD_KEYS, CardEntry


def fill_cards(
    engine: Queries,
    flows: Behind,
    scenes: Sequence[Scene],
    ends: Mapping[str, Ends],
    namers: Sequence[Namer],
) -> tuple[Mapping[str, CardEntry], ...]:
    """One card an incident, with every key of ``CARD_KEYS`` in that order."""
    columns = {
        "source_ips": source_ips(engine, flows, scenes, namers),
        "ports": ports(engine, flows, scenes),
        "ttl": ttls(engine, flows, scenes, namers),
        "ip_id": ip_ids(engine, flows, scenes, namers),
        "protocols": protocols(engine, flows, scenes),
        "targets": targets(engine, flows, scenes, namers),
        "exploits": exploits(scenes, ends),
        "remote_accounts": remote_accounts(engine, scenes, ends),
    }
    return tuple({key: columns[key][place] for key in CARD_KEYS} for place in range(len(scenes)))
