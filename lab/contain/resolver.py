"""The company's resolver, as one that takes a response policy zone while it runs: Unbound."""

from __future__ import annotations

from pathlib import Path

from lab import templates, world
from lab.cage import STATE
from lab.crew import Crew

PLACE = STATE / "unbound"
POLICY = PLACE / "netcordon.rpz.zone"
EMPTY = "$TTL 60\n@ SOA localhost. hostmaster.localhost. 0 3600 600 86400 60\n@ NS localhost.\n"


def start(crew: Crew) -> None:
    """Serve on ns-01; `unbound-control` finds it where it looks by itself."""
    PLACE.mkdir()
    POLICY.write_text(EMPTY)
    machine = world.BY_NAME["ns-01"]
    conf = templates.place(
        "unbound.conf",
        place=PLACE,
        address=machine.ip,
        clients="10.20.0.0/16",
        zone=world.CORP,
        policy=POLICY,
        provider=world.ISP_RESOLVER,
        records="\n".join(_records()),
    )
    where = Path("/etc/unbound")
    where.mkdir(exist_ok=True)
    (where / "unbound.conf").write_text(f'include: "{conf}"\n')
    crew.start("ns-01", machine.name, ["unbound", "-d", "-p", "-c", str(conf)])
    crew.listening(machine.name, 53, udp=True)


def _records() -> list[str]:
    known = {machine.fqdn: machine.ip for machine in world.MACHINES}
    known[f"intranet.{world.CORP}"] = world.BY_NAME["app-01"].ip
    return [f'  local-data: "{name}. A {address}"' for name, address in known.items()]
