"""A plan's commands as OpenC2 messages: ``pf`` for filters, ``er`` for hosts that are isolated.

OpenC2 Language 2.0. The direction is always said, for its absence means both in slpf and ingress in
pf. What no profile knows (slowing, fingerprints of clients, ending connections) is told beside.
"""

from __future__ import annotations

import ipaddress
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netcordon.model.command import Command, Refusal, Verb
from netcordon.model.leg import TooManyLegsError, sessions, sparing
from netcordon.model.openc2 import packet_targets
from netcordon.model.plan import Plan

_MOST = 64
_LONGEST_ID = 36
_PROTOCOLS = ("", "tcp", "udp", "icmp", "132")

Message = Mapping[str, Any]


def openc2_messages(plan: Plan) -> tuple[list[Message], dict[str, str]]:
    """Messages in the order of the plan, and command id -> why no profile can say it."""
    made: list[Message] = []
    refused: dict[str, str] = {}
    for measure in plan.measures:
        for command in measure.commands:
            why = _refuses(command, plan)
            if why:
                refused[command.id] = why
                continue
            try:
                told = list(_told(command))
            except TooManyLegsError:
                refused[command.id] = f"what must be spared takes more than {_MOST} commands"
                continue
            for part, (action, target, profile, own) in enumerate(told, 1):
                said = f"{plan.case_id}.{command.id}.{part}"
                made.append(_message(plan, command, said, action, target, profile, own))
    return made, refused


def openc2_text(messages: Sequence[Message]) -> str:
    """A list of messages; the same plan gives the same bytes."""
    return json.dumps(list(messages), indent=2, ensure_ascii=True) + "\n"


def _refuses(command: Command, plan: Plan) -> str:
    if command.verb not in (Verb.DENY, Verb.CONTAIN):
        return f"no profile knows {command.verb} for this"
    if command.target.ja4:
        return "no profile sees fingerprints of clients"
    if command.target.protocol not in _PROTOCOLS:
        return f"no profile knows protocol {command.target.protocol}"
    if len(f"{plan.case_id}.{command.id}.{_MOST}") > _LONGEST_ID:
        return "the id of the case is too long for a command's id"
    return ""


def _told(command: Command) -> Iterator[tuple[str, Message, str, Message]]:
    """Action, target, profile and the profile's arguments."""
    target = command.target
    if command.verb is Verb.CONTAIN and ipaddress.ip_network(target.inside).num_addresses == 1:
        host = target.inside.partition("/")[0]
        permitted: dict[str, list[str]] = {}
        for network in target.except_for:
            permitted.setdefault(f"ipv{ipaddress.ip_network(network).version}_net", []).append(
                network
            )
        own: dict[str, Any] = {"device_containment": "network_isolation"}
        own |= {"permitted_addresses": permitted} if permitted else {}
        yield "contain", {"device": {"device_id": host}}, "er", own
        return
    denied = {
        "drop_process": "reject" if command.refusal is Refusal.REJECT else "none",
        "direction": "both",
    }
    if target.domain:
        yield "deny", {"domain_name": target.domain}, "pf", denied
        return
    for each in packet_targets(sparing(sessions(command), target.except_for, _MOST)):
        yield "deny", each, "pf", denied


def _message(
    plan: Plan,
    command: Command,
    said: str,
    action: str,
    target: Message,
    profile: str,
    own: Message,
) -> Message:
    request_id = uuid.uuid5(uuid.NAMESPACE_URL, f"netcordon:{plan.hash}:{said}")
    return {
        "headers": {
            "request_id": str(request_id),
            "created": int(plan.created_time.timestamp() * 1000),
            "from": "netcordon",
            "to": [command.point],
        },
        "body": {
            "openc2": {
                "request": {
                    "action": action,
                    "target": target,
                    "args": {
                        "response_requested": "complete",
                        "duration": command.duration_s * 1000,
                        profile: own,
                    },
                    "profile": profile,
                    "command_id": said,
                }
            }
        },
    }
