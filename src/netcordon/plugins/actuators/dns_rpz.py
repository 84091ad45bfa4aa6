"""DNS response policy zone for BIND and Unbound: names that our resolver no longer answers.

How it stops traffic   `name` and `*.name` are NXDOMAIN, or lead to a sinkhole when redirected. Who
                       still asks stands in the resolver's log: `rpz: applied [...]`.
Prepare                BIND: `response-policy { zone "netcordon.rpz"; };` and the zone as primary.
                       Unbound: `module-config: "respip validator iterator"` and an `rpz:` clause
                       with the zone's name and file. Unbound answers its own local-data first.
Options                `zone` (netcordon.rpz), `file` (netcordon.rpz.zone), `server` (`unbound`, or
                       `bind`), `sinkhole` (address, for redirect).
Cannot                 Stop who knows the address already, or asks another resolver. One client.

Format: draft-vixie-dnsop-dns-rpz-00. The zone is ours alone and written whole each time; its serial
number is the revision that the caller counts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Check, Others, Rendered, Site, Standing
from netcordon.model.command import Command, Direction, Verb
from netcordon.model.mark import mark, marked
from netcordon.model.wellformed import is_domain

_TTL_S = 60
"""An answer that was given before the zone changed is believed this long, and no longer."""
_LONGEST_NAME = 253
_SKELETON = (
    r"\s*([\d\s()smhdwSMHDW]*(;.*)?|\$(TTL|ORIGIN)\b.*|\S*\s+(\d+\w?\s+)?(IN\s+)?(SOA|NS)\s.*)"
)
"""What a zone must have to be loaded at all, however it is laid out (RFC 1035, section 5)."""


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do = _zone(site.all_with(commands), site, site.revision)
    return do, _zone(site.rest(commands), site, site.revision + 1)


def _zone(all_there: Sequence[Standing], site: Site, serial: int) -> str:
    head = [
        f"$TTL {_TTL_S}",
        f"@ SOA localhost. hostmaster.localhost. {serial} 3600 600 86400 {_TTL_S}",
        "@ NS localhost.",
    ]
    told: set[str] = set()
    return "".join(f"{line}\n" for line in [*head, *_records(all_there, site, told)])


def _records(all_there: Sequence[Standing], site: Site, told: set[str]) -> Iterator[str]:
    for each in all_there:
        yield f"; {mark(each.case_id, each.command)}"
        name = each.command.target.domain
        if name in told:  # by another case; a name has one record here
            continue
        told.add(name)
        for owner in (name, f"*.{name}"):
            yield f"{owner} {_answer(each.command, site)}"


def _answer(command: Command, site: Site) -> str:
    if command.verb is not Verb.REDIRECT:
        return "CNAME ."
    sinkhole = ipaddress.ip_address(site.option("sinkhole"))
    return f"{'A' if sinkhole.version == 4 else 'AAAA'} {sinkhole}"


def _refuses(command: Command, site: Site) -> str | None:
    target = command.target
    if target.port is not None or target.protocol or command.direction is Direction.INGRESS:
        return "it denies a name altogether, not a service under it"
    if not is_domain(_zone_name(site)):
        return "the option zone is no canonical DNS name"
    if len(target.domain) + len(_zone_name(site)) + 3 > _LONGEST_NAME:
        return f"the name is too long to stand in {_zone_name(site)}"
    if command.verb is Verb.REDIRECT:
        try:
            ipaddress.ip_address(site.option("sinkhole"))
        except ValueError:
            return "the option sinkhole is no address to redirect to"
    return None


def _zone_name(site: Site) -> str:
    return site.option("zone", "netcordon.rpz")


def _file(site: Site) -> str:
    return site.option("file", "netcordon.rpz.zone")


def _put(content: str, site: Site) -> tuple[Call, ...]:
    file, zone = Call(path=_file(site), content=content), _zone_name(site)
    if site.point.transport.startswith("file:"):
        return (file,)
    if site.option("server") == "bind":
        return (file, Call(argv=("rndc", "reload", zone)))
    return (file, Call(argv=("unbound-control", "auth_zone_reload", zone)))


def _checked_by_bind(rendered: Rendered, site: Site) -> tuple[Call, ...]:
    check = ("named-checkzone", "-k", "fail", "-n", "fail", _zone_name(site), "zone")
    return (Call(path="zone", content=rendered.do), Call(argv=check))


def _checked_by_unbound(rendered: Rendered, site: Site) -> tuple[Call, ...]:
    clause = f'rpz:\n  name: "{_zone_name(site)}"\n  zonefile: "zone"\n'
    server = (
        'server:\n  directory: "."\n  chroot: ""\n  module-config: "respip validator iterator"\n'
    )
    return (
        Call(path="zone", content=rendered.do),
        Call(path="unbound.conf", content=server + clause),
        Call(argv=("unbound-checkconf", "unbound.conf")),
    )


ACTUATOR = Actuator(
    title="DNS response policy zone (BIND, Unbound)",
    ability=Ability(
        verbs=(Verb.DENY, Verb.REDIRECT),
        addresses=False,
        names=True,
        rejects=True,
        exceptions=False,
    ),
    keeps_time=False,
    options=("zone", "file", "server", "sinkhole"),
    write=_write,
    apply=lambda rendered, site: _put(rendered.do, site),
    revert=lambda rendered, site: _put(rendered.undo, site),
    snapshot=lambda site: (Call(path=_file(site)),),
    look=lambda site: (Call(path=_file(site)),),
    read=lambda text, site, _: marked(text, site.case_id),
    refuses=_refuses,
    weighs=lambda _command, _site: 2,
    checks=(
        Check(program="named-checkzone", calls=_checked_by_bind),
        Check(program="unbound-checkconf", calls=_checked_by_unbound),
    ),
    others=Others.REFUSED,
    idle=_SKELETON,
)
