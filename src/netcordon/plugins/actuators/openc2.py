"""Any OpenC2 consumer over HTTPS: stateless packet filtering (slpf 1.0) or packet filtering (pf).

How it stops traffic   As the consumer does; its answer must say 200 in its body, not only as HTTP.
Options                `profile` (`slpf`, or `pf`); `language` (`2.0`, or `1.0`); `path`
                       (/.well-known/openc2); `rules`: numbers set apart for ours (1-2147483647);
                       `names_under` = `yes`: the consumer takes a domain for all names under it.
Cannot                 slpf: names, and telling what is in force. Tell who began without a port.

Sources: OpenC2 Language 1.0 and 2.0, Profile for Stateless Packet Filtering 1.0, Actuator Profile
for Packet Filtering 1.0 (CSD02). The direction is always said, for its absence means both in slpf
and ingress in pf. Rule numbers are ours (`insert_rule`), so that a rule can be deleted rather than
answered by an opposite one. Ids of requests come from case and command: twice is once.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from netcordon.model.ability import Ability
from netcordon.model.actuator import Actuator, Call, Site
from netcordon.model.command import Command, Direction, InForce, Refusal
from netcordon.model.leg import Leg, TooManyLegsError, sessions, sparing
from netcordon.model.openc2 import packet_targets
from netcordon.model.slot import slots, span

_MOST = 64
_RULES = "1-2147483647"
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_LONGEST_ID = 36
_Document = Mapping[str, object]


def _write(commands: Sequence[Command], site: Site) -> tuple[str, str]:
    do: list[_Document] = []
    undo: list[_Document] = []
    profile = _profile(site)
    for command in commands:
        numbers = _claims(site.case_id, command, site)
        for part, (number, target) in enumerate(zip(numbers, _targets(command, site), strict=True)):
            said = f"{site.case_id}.{command.id}.{part + 1}"
            args = {
                "response_requested": "complete",
                "duration": command.duration_s * 1000,
                profile: {
                    "drop_process": "reject" if command.refusal is Refusal.REJECT else "none",
                    "direction": "both",
                    "insert_rule": number,
                },
            }
            do.append(_message("deny", target, args, said, site))
            rule = {f"{profile}:rule_number": number}
            undo.append(_message("delete", rule, {"response_requested": "complete"}, said, site))
    return _text(do), _text(undo)


def _message(
    action: str, target: _Document, args: _Document, said: str, site: Site
) -> dict[str, object]:
    """A request with everything in one document, in the form of the language's version."""
    profile = _profile(site)
    request: dict[str, object] = {"action": action, "target": target, "args": args}
    if site.option("language") == "1.0":
        request["actuator"] = {profile: {}}
    else:
        request["profile"] = profile
    request["command_id"] = said
    request_id = uuid.uuid5(uuid.NAMESPACE_URL, f"netcordon:{site.point.name}:{action}:{said}")
    headers = {"request_id": str(request_id), "from": "netcordon"}
    return {"headers": headers, "body": {"openc2": {"request": request}}}


def _targets(command: Command, site: Site) -> Iterator[_Document]:
    target = command.target
    if target.domain:
        yield {"domain_name": target.domain}
        return
    yield from packet_targets(_legs(command, site))


def _legs(command: Command, site: Site) -> tuple[Leg, ...]:
    return sparing(sessions(command, site.families(command)), site.spared(command), _MOST)


def _profile(site: Site) -> str:
    return site.option("profile", "slpf")


def _claims(case_id: str, command: Command, site: Site) -> tuple[int, ...]:
    numbers = span(site.option("rules", _RULES)) or range(1, 2)
    return slots(case_id, command, _weighs(command, site), numbers)


def _weighs(command: Command, site: Site) -> int:
    return sum(1 for _ in _targets(command, site))


def _refuses(command: Command, site: Site) -> str | None:
    if _profile(site) not in ("slpf", "pf"):
        return "the option profile is neither slpf nor pf"
    if not _PATH.fullmatch(site.option("path", "/.well-known/openc2")):
        return "the option path is no path"
    if not span(site.option("rules", _RULES)):
        return "the option rules is no span of numbers such as 1-2147483647"
    if len(f"{site.case_id}.{command.id}.{_MOST}") > _LONGEST_ID:
        return "the id of the case is too long for a command's id"
    if command.target.domain and (why := _refuses_name(command, site)):
        return why
    try:
        _weighs(command, site)
    except TooManyLegsError:
        return f"sparing what must be spared takes more than {_MOST} commands"
    return None


def _refuses_name(command: Command, site: Site) -> str | None:
    target = command.target
    if _profile(site) == "slpf":
        return "it does not see names"
    if site.option("names_under") != "yes":
        return "nobody says that it takes a domain for all names under it (option names_under)"
    if target.inside or target.outside or target.protocol:
        return "it takes a name alone"
    return None if command.direction is not Direction.INGRESS else "names are asked for by us"


def _text(documents: Sequence[_Document]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in documents)


def _send(text: str, site: Site) -> tuple[Call, ...]:
    path = site.option("path", "/.well-known/openc2")
    return tuple(Call(sends=("POST", path, line)) for line in text.splitlines())


def _look(site: Site) -> tuple[Call, ...]:
    """Only pf lets a rule be asked for."""
    if _profile(site) != "pf":
        return ()
    asked = []
    for command in site.of_case():
        for part, number in enumerate(_claims(site.case_id, command, site)):
            rule = {"pf:rule_number": number}
            said = f"{site.case_id}.{command.id}.{part + 1}"
            asked.append(_message("query", rule, {"response_requested": "complete"}, said, site))
    return _send(_text(asked), site)


def _read(text: str, site: Site, at: datetime) -> tuple[InForce, ...]:  # noqa: ARG001
    """From the answers, one a line: numbers of the rules that the consumer still has."""
    there: set[int] = set()
    for line in text.splitlines():
        try:
            response = json.loads(line)["body"]["openc2"]["response"]
            if response["status"] == 200:
                there |= set(_numbers(response["results"]["pf"]))
        except (ValueError, KeyError, TypeError):
            continue
    found = []
    for command in site.of_case():
        wanted = set(_claims(site.case_id, command, site))
        if wanted and wanted <= there:
            found.append(InForce(command_id=command.id))
    return tuple(found)


def _numbers(results: object, depth: int = 0) -> Iterator[int]:
    if depth > 4:
        return
    if isinstance(results, Mapping):
        number = results.get("rule_number")
        if isinstance(number, int):
            yield number
        for each in results.values():
            yield from _numbers(each, depth + 1)
    elif isinstance(results, list):
        for each in results:
            yield from _numbers(each, depth + 1)


ACTUATOR = Actuator(
    title="OpenC2 packet filter",
    ability=Ability(
        protocols=("tcp", "udp", "icmp", "132"), names=True, one_way=False, rejects=True
    ),
    keeps_time=True,
    options=("profile", "language", "path", "rules", "names_under"),
    write=_write,
    apply=lambda rendered, site: _send(rendered.do, site),
    revert=lambda rendered, site: _send(rendered.undo, site),
    snapshot=_look,
    look=_look,
    read=_read,
    refuses=_refuses,
    weighs=_weighs,
    claims=_claims,
)
