"""Squid: names, addresses and ports that the web proxy no longer fetches from.

How it stops traffic   Requests and CONNECT are denied before any allow. A tunnel that is open
                       already goes on until it ends.
Prepare                `include /etc/squid/netcordon.conf` above the first `http_access allow`.
Options                `file` (netcordon.conf).
Cannot                 Traffic that does not pass the proxy. What a tunnel carries.

The file is written whole, lines of others stay behind ours; every command has access lists of its
own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Check, Others, Rendered, Site, Standing
from netcordon.model.command import Command, Direction
from netcordon.model.mark import mark, marked


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    return _file(site.all_with(commands), site), _file(site.rest(commands), site)


def _file(all_there: Sequence[Standing], site: Site) -> str:
    return "".join(f"{line}\n" for each in all_there for line in _lines(each, site))


def _lines(each: Standing, site: Site) -> Iterator[str]:
    target = each.command.target
    name = f"nc_{each.case_id}_{each.command.id}"
    lists = [
        ("in", f"src {target.inside}" if target.inside else ""),
        ("out", f"dst {target.outside}" if target.outside else ""),
        ("port", f"port {target.port}" if target.port else ""),
        ("name", f"dstdomain .{target.domain}" if target.domain else ""),
    ]
    yield f"# {mark(each.case_id, each.command)}: {target.label()}"
    used = []
    for kind, match in lists:
        if match:
            yield f"acl {name}_{kind} {match}"
            used.append(f"{name}_{kind}")
    # A protected resolver or host is no target when what one name leads to is denied.
    spared = target.except_for if target.domain else site.spared(each.command)
    if spared:
        for kind, side in (("bi", "src"), ("bo", "dst")):
            yield f"acl {name}_{kind} {side} {' '.join(spared)}"
            used.append(f"!{name}_{kind}")
    yield f"http_access deny {' '.join(used)}"


def _refuses(command: Command, site: Site) -> str | None:  # noqa: ARG001
    if command.direction is Direction.INGRESS or command.target.serves_inside:
        return "it fetches for hosts of ours and sees nothing that begins outside"
    return None


def _weighs(command: Command, site: Site) -> int:
    standing = Standing(case_id=site.case_id, command=command)
    return sum(not line.startswith("#") for line in _lines(standing, site))


def _name(site: Site) -> str:
    return site.option("file", "netcordon.conf")


def _put(content: str, site: Site) -> tuple[Call, ...]:
    file = Call(path=_name(site), content=content)
    if site.point.transport.startswith("file:"):
        return (file,)
    return (file, Call(argv=("squid", "-k", "reconfigure")))


def _checked(rendered: Rendered, site: Site) -> tuple[Call, ...]:  # noqa: ARG001
    rest = "http_port 127.0.0.1:3128\nhttp_access deny all\n"
    return (
        Call(path="squid.conf", content=rendered.do + rest),
        Call(argv=("squid", "-k", "parse", "-f", "squid.conf")),
    )


ACTUATOR = Actuator(
    title="Squid",
    ability=Ability(names=True, protocols=("tcp",), rejects=True),
    keeps_time=False,
    options=("file",),
    write=_write,
    apply=lambda rendered, site: _put(rendered.do, site),
    revert=lambda rendered, site: _put(rendered.undo, site),
    snapshot=lambda site: (Call(path=_name(site)),),
    look=lambda site: (Call(path=_name(site)),),
    read=lambda text, site, _: marked(text, site.case_id),
    refuses=_refuses,
    weighs=_weighs,
    checks=(Check(program="squid", calls=_checked),),
    others=Others.KEPT,
)
