"""External dynamic list: addresses or names, one a line, that a firewall fetches by itself.

How it stops traffic   As the rules say that the organisation has prepared for the list: deny from
                       it and deny to it. The firewall's own refresh decides when.
Prepare                PAN-OS: an External Dynamic List. FortiGate: an external threat feed. pfSense
                       and OPNsense: a URL table alias. Served as a file over HTTPS.
Options                `file` (netcordon.txt); `format`: `pan`, `fortigate`, `pfsense` or `plain`
                       (the same as fortigate); `holds`: `addresses`, `names`, or
                       `hosts` (of ours, in quarantine: servers and gates refuse who is on it).
Cannot                 Ports, one direction; hosts of ours but on a list of their own. PAN-OS stops
                       enforcing a list whose server refuses its certificate, and skips entries
                       beyond its capacity.

What must be spared is cut out of the networks, for a list cannot make exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Others, Site, Standing
from netcordon.model.command import Command, Direction, InForce
from netcordon.model.leg import Leg, TooManyLegsError, sparing
from netcordon.model.mark import mark, marked

_MOST = 256
_WHAT = {"hosts": "hosts of ours in quarantine"}
_FORMATS = ("plain", "fortigate", "pfsense", "pan")


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    return _file(site.all_with(commands), site), _file(site.rest(commands), site)


def _file(all_there: Sequence[Standing], site: Site) -> str:
    return "".join(f"{line}\n" for each in all_there for line in _lines(each, site))


def _lines(each: Standing, site: Site) -> Iterator[str]:
    said = f"# {mark(each.case_id, each.command)}"
    # PAN-OS knows comments only behind an entry, the others only on lines of their own.
    behind = f" {said}" if site.option("format") == "pan" else ""
    if not behind:
        yield said
    for entry in _entries(each.command, site):
        yield f"{entry}{behind}"


def _entries(command: Command, site: Site) -> list[str]:
    target = command.target
    if not target.domain:
        meant = target.inside if site.option("holds") == "hosts" else target.outside
        legs = sparing([Leg(src=meant, dst=meant)], site.spared(command), _MOST)
        nets = dict.fromkeys(leg.dst for leg in legs)
        return [net.removesuffix("/32").removesuffix("/128") for net in nets]
    # FortiGate and pfSense take a name for itself and all names under it.
    under = [f"*.{target.domain}"] if site.option("format") == "pan" else []
    return [target.domain, *under]


def _refuses(command: Command, site: Site) -> str | None:
    target = command.target
    if site.option("format", "plain") not in _FORMATS:
        return f"the option format is none of {', '.join(_FORMATS)}"
    if command.direction is Direction.INGRESS or target.protocol:
        return "its entries stand for all traffic of both directions"
    holds = site.option("holds", "addresses")
    said = {"addresses": target.outside, "names": target.domain, "hosts": target.inside}
    if holds not in said:
        return f"the option holds is none of {', '.join(said)}"
    if not said[holds] or any(value for key, value in said.items() if key != holds):
        return f"this list holds {_WHAT.get(holds, holds)}"
    try:
        _entries(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} entries"
    return None


def _read(text: str, site: Site, _: datetime) -> tuple[InForce, ...]:
    """A mark counts only with its entries: somebody may have taken one and left the comment."""
    lines = [line.strip() for line in text.splitlines()]
    there = {line.partition(" #")[0] for line in lines}
    broken = {
        each.command.id
        for each in site.standing
        if each.case_id == site.case_id and not _is_whole(each.command, site, there)
    }
    held = (
        line
        for line, after in pairwise([*lines, ""])
        if not line.startswith("#") or (after and not after.startswith("#"))
    )
    told = marked("\n".join(held), site.case_id)
    return tuple(each for each in told if each.command_id not in broken)


def _is_whole(command: Command, site: Site, there: set[str]) -> bool:
    try:
        return there.issuperset(_entries(command, site))
    except TooManyLegsError:  # it stands from before more had to be spared
        return True


def _name(site: Site) -> str:
    return site.option("file", "netcordon.txt")


ACTUATOR = Actuator(
    title="External dynamic list (PAN-OS, FortiGate, pfSense, others)",
    ability=Ability(ports=False, one_way=False, names=True),
    keeps_time=False,
    options=("file", "format", "holds"),
    write=_write,
    apply=lambda rendered, site: (Call(path=_name(site), content=rendered.do),),
    revert=lambda rendered, site: (Call(path=_name(site), content=rendered.undo),),
    snapshot=lambda site: (Call(path=_name(site)),),
    look=lambda site: (Call(path=_name(site)),),
    read=_read,
    refuses=_refuses,
    weighs=lambda command, site: len(_entries(command, site)),
    others=Others.KEPT,
)
