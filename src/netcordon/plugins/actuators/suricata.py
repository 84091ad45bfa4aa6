"""Suricata 7 inline: drop rules in a file of our own, for addresses, ports and names.

How it stops traffic   Addresses packet by packet, so open connections die too. Names where they
                       are told: DNS queries, TLS and QUIC server names, HTTP hosts; a connection
                       that told its name before the rule came goes on.
Prepare                `rule-files: [..., netcordon.rules]` in suricata.yaml, the file empty. The
                       site's own `pass` rules still win.
Options                `file` (netcordon.rules); `action`: `drop`, or `alert` where Suricata only
                       watches: then nothing is stopped, and the plan must not count on it.
Cannot                 Slow traffic. HTTP hosts told with a final dot. JA4 of DTLS.

Every rule's sid comes from its case and command alone, between 3,000,000,000 and 4,279,999,999,
which no public rule set uses; the file is the ledger of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Check, Others, Rendered, Site, Standing
from netcordon.model.command import Command, Direction, Refusal, Target
from netcordon.model.mark import mark, marked
from netcordon.model.slot import slot
from netcordon.model.wellformed import is_within

_FIRST_SID = 3_000_000_000
_MOST_RULES = 16
"""Sids set apart for one command."""
_SLOTS = 80_000_000

_NAMED = (
    ("dns", "dns.query", ("tcp", "udp")),
    ("tls", "tls.sni", ("tcp",)),
    ("quic", "quic.sni", ("udp",)),
    ("http", "http.host", ("tcp",)),
)
_JA4 = {"t": "tls", "q": "quic", "d": ""}


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    return _file(site.all_with(commands), site), _file(site.rest(commands), site)


def _file(all_there: Sequence[Standing], site: Site) -> str:
    return "".join(f"{rule}\n" for each in all_there for rule in _rules(each, site))


def _rules(each: Standing, site: Site) -> Iterator[str]:
    command = each.command
    action = "reject" if command.refusal is Refusal.REJECT else "drop"
    action = "alert" if site.option("action") == "alert" else action
    for number, (head, body) in enumerate(_bodies(command, site)):
        about = f"{mark(each.case_id, command)}: {_plain(command.target.label())}"
        ledger = f"metadata:netcordon_case {each.case_id}, netcordon_command {command.id};"
        sid = _FIRST_SID + _slot(each.case_id, command) * _MOST_RULES + number
        yield f'{action} {head} (msg:"{about}"; {body}{ledger} sid:{sid}; rev:1;)'


def _plain(label: str) -> str:
    return label.replace(",", "").replace(":", "\\:")


def _bodies(command: Command, site: Site) -> Iterator[tuple[str, str]]:
    """Head and matching options of each rule."""
    target = command.target
    if target.domain or target.ja4:
        yield from _told(target)
        return
    spared = site.spared(command)
    inside, outside = _end(target.inside, spared), _end(target.outside, spared)
    protocol, number = _protocol(target)
    first, second = f"{inside} any", f"{outside} any"
    if target.port is not None and target.serves_inside:
        first = f"{inside} {target.port}"
    elif target.port is not None:
        second = f"{outside} {target.port}"
    if command.direction is Direction.BOTH or target.port is not None:
        yield f"{protocol} {first} <> {second}", number
        return
    if command.direction is Direction.INGRESS:
        first, second = second, first
    yield f"{protocol} {first} -> {second}", f"{number}flow:to_server; "
    yield f"{protocol} {second} -> {first}", f"{number}flow:to_client; "


def _told(target: Target) -> Iterator[tuple[str, str]]:
    """By what the client tells. That spares nobody's resolver: only such questions are denied."""
    inside, outside = (_end(end, target.except_for) for end in (target.inside, target.outside))
    head = f"{inside} any -> {outside} {target.port or 'any'}"
    client = f'ja4.hash; content:"{target.ja4}"; ' if target.ja4 else ""
    for protocol, buffer, carriers in _NAMED:
        if target.protocol not in ("", *carriers) or (client and protocol != _JA4[target.ja4[0]]):
            continue
        case = "" if buffer == "http.host" else " nocase;"
        name = f'{buffer}; dotprefix; content:".{target.domain}";{case} endswith; '
        yield f"{protocol} {head}", (name if target.domain else "") + client


def _end(network: str, spared: Sequence[str]) -> str:
    but = [f"!{each}" for each in spared if not network or is_within(each, network)]
    return "[" + ",".join([network, *but] if network else but) + "]" if network or but else "any"


def _protocol(target: Target) -> tuple[str, str]:
    if target.protocol in ("", "tcp", "udp"):
        return target.protocol or "ip", ""
    number = {"icmp": "1", "icmp6": "58"}.get(target.protocol, target.protocol)
    return "ip", f"ip_proto:{number}; "


def _slot(case_id: str, command: Command) -> int:
    return slot(case_id, command, 0, range(_SLOTS))


def _refuses(command: Command, site: Site) -> str | None:  # noqa: ARG001
    target = command.target
    if target.domain or target.ja4:
        if command.direction is Direction.INGRESS or target.serves_inside:
            return "it looks for what clients of ours tell, not for what they are told"
        if target.ja4[:1] == "d":
            return "it does not fingerprint DTLS"
        if not any(_told(target)):
            return "nothing of that protocol tells it"
    return None


def _weighs(command: Command, site: Site) -> int:
    return sum(1 for _ in _bodies(command, site))


def _put(content: str, site: Site) -> tuple[Call, ...]:
    file = Call(path=_name(site), content=content)
    if site.point.transport.startswith("file:"):
        return (file,)
    return (file, Call(argv=("suricatasc", "-c", "ruleset-reload-rules")))


def _name(site: Site) -> str:
    return site.option("file", "netcordon.rules")


def _checked(rendered: Rendered, site: Site) -> tuple[Call, ...]:
    name = _name(site)
    test = ("suricata", "-T", "-S", name, "-l", ".", "--set", "classification-file=/dev/null")
    return (Call(path=name, content=rendered.do), Call(argv=test))


ACTUATOR = Actuator(
    title="Suricata inline",
    ability=Ability(names=True, ja4=True, rejects=True),
    keeps_time=False,
    options=("file", "action"),
    write=_write,
    apply=lambda rendered, site: _put(rendered.do, site),
    revert=lambda rendered, site: _put(rendered.undo, site),
    snapshot=lambda site: (Call(path=_name(site)),),
    look=lambda site: (Call(path=_name(site)),),
    read=lambda text, site, _: marked(text, site.case_id),
    refuses=_refuses,
    weighs=_weighs,
    claims=lambda case_id, command, _: (_slot(case_id, command),),
    checks=(Check(program="suricata", calls=_checked),),
    others=Others.KEPT,
)
