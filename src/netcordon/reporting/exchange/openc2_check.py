"""Whether an OpenC2 message holds: one target, a pair its profile knows, arguments that agree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from netcordon.reporting.exchange import openc2_words as words
from netcordon.reporting.exchange.inspector import UUID, Inspector, shown
from netcordon.reporting.exchange.openc2_targets import check_target

_LATEST_MS = 1 << 53
_PROFILE = r"[a-z][a-z0-9_-]{0,15}"
_RULE = re.compile(rf"({_PROFILE}):rule_number")


def check_messages(inspector: Inspector, document: object) -> None:
    """One message or command, or a list of them."""
    several = document if isinstance(document, list) else [document]
    if not several:
        inspector.say("", "is an empty list: there is no command")
    seen: dict[str, dict[str, str]] = {"command_id": {}, "request_id": {}}
    for number, each in enumerate(several):
        place = f"[{number}]" if isinstance(document, list) else ""
        for kind, said in check_message(inspector, each, place).items():
            if said in seen[kind]:
                inspector.say(
                    place,
                    f"{kind} {shown(said)} stands at {seen[kind][said] or 'the root'} already",
                )
            seen[kind].setdefault(said, place)


def check_message(inspector: Inspector, value: object, place: str) -> dict[str, str]:
    """One; the ids it goes by."""
    message = inspector.table(value, place)
    if message is None:
        return {}
    ids: dict[str, str] = {}
    if "body" in message or "headers" in message:
        inspector.keys(message, place, ("headers", "body"), ("signature",))
        request_id = _headers(inspector, message.get("headers"), _at(place, "headers"))
        if request_id:
            ids["request_id"] = request_id
        command, place = _unwrapped(inspector, message.get("body"), _at(place, "body"))
    else:
        command = message
    if command is not None:
        command_id = _command(inspector, command, place)
        if command_id:
            ids["command_id"] = command_id
    return ids


def _at(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _headers(inspector: Inspector, value: object, place: str) -> str | None:
    headers = inspector.table(value, place)
    if headers is None:
        return None
    inspector.keys(headers, place, ("request_id",), ("created", "from", "to"))
    if "created" in headers:
        inspector.whole(headers["created"], f"{place}.created", 0, _LATEST_MS)
    if "from" in headers:
        inspector.text(headers["from"], f"{place}.from")
    if "to" in headers:
        for number, each in enumerate(inspector.listing(headers["to"], f"{place}.to") or ()):
            inspector.text(each, f"{place}.to[{number}]")
    if "request_id" not in headers:
        return None
    return inspector.matches(headers["request_id"], f"{place}.request_id", UUID, "UUID")


def _unwrapped(
    inspector: Inspector, value: object, place: str
) -> tuple[Mapping[str, Any] | None, str]:
    for key in ("openc2", "request"):
        table = inspector.table(value, place)
        if table is None:
            return None, place
        inspector.keys(table, place, (key,), ())
        value, place = table.get(key), f"{place}.{key}"
        if value is None:
            return None, place
    return inspector.table(value, place), place


def _command(inspector: Inspector, command: Mapping[str, Any], place: str) -> str | None:
    inspector.keys(
        command, place, ("action", "target"), ("args", "profile", "actuator", "command_id")
    )
    action = inspector.one_of(command.get("action"), _at(place, "action"), words.ACTIONS)
    profile = _profile(inspector, command, place)
    target = _target(inspector, command.get("target"), _at(place, "target"))
    if action and target and profile and profile in words.PAIRS:
        pairs = words.PAIRS[profile]
        if action not in pairs:
            inspector.say(_at(place, "action"), f"profile {profile} has no action {action}")
        elif target not in pairs[action]:
            inspector.say(
                _at(place, "target"),
                f"profile {profile} cannot {action} {target}; it takes "
                f"{', '.join(sorted(pairs[action]))}",
            )
    if "args" in command:
        _args(inspector, command["args"], _at(place, "args"), action or "", profile)
    if "command_id" not in command:
        return None
    return inspector.matches(
        command["command_id"], _at(place, "command_id"), r"[^\s]{1,36}",
        "id of at most 36 characters without space",
    )  # fmt: skip


def _profile(inspector: Inspector, command: Mapping[str, Any], place: str) -> str | None:
    """Language 2.0 says ``profile``, 1.0 an actuator with one key."""
    if "profile" in command and "actuator" in command:
        inspector.say(place, "names both profile and actuator; one says who is meant")
    if "profile" in command:
        return inspector.matches(command["profile"], _at(place, "profile"), _PROFILE, "profile")
    if "actuator" in command:
        actuator = inspector.table(command["actuator"], _at(place, "actuator"))
        if actuator is not None and len(actuator) != 1:
            inspector.say(_at(place, "actuator"), "must have exactly one key, the profile")
            return None
        return next(iter(actuator), None) if actuator else None
    return None


def _target(inspector: Inspector, value: object, place: str) -> str | None:
    target = inspector.table(value, place)
    if target is None:
        return None
    if len(target) != 1:
        inspector.say(place, f"must have exactly one key, has {len(target)}")
        return None
    (name,) = target
    if name not in words.TARGETS and ":" not in name:
        inspector.say(place, f"{shown(name)} is no target of the language")
        return None
    check_target(inspector, name, target[name], f"{place}.{name}")
    return str(name)


def _args(
    inspector: Inspector, value: object, place: str, action: str, profile: str | None
) -> None:
    args = inspector.table(value, place)
    if args is None:
        return
    for key in args:
        if key not in words.ARGS and key not in words.PROFILE_ARGS and ":" not in key:
            inspector.say(f"{place}.{key}", "is no argument")
        elif key in words.PROFILE_ARGS and key != profile:
            inspector.say(f"{place}.{key}", f"is for another profile than {profile}")
    times = [key for key in ("start_time", "stop_time", "duration") if key in args]
    for key in times:
        inspector.whole(args[key], f"{place}.{key}", 0, _LATEST_MS)
    if len(times) == 3:
        inspector.say(place, "only two of start_time, stop_time and duration may be said")
    start, stop = args.get("start_time"), args.get("stop_time")
    if isinstance(start, int) and isinstance(stop, int) and stop <= start:
        inspector.say(f"{place}.stop_time", "is not after start_time")
    if "response_requested" in args:
        inspector.one_of(args["response_requested"], f"{place}.response_requested", words.RESPONSES)
    if action == "query" and set(args) - {"response_requested", "comment"}:
        inspector.say(place, "a query takes no argument but response_requested")
    if action == "delete" and set(args) - {"response_requested", "comment", "start_time"}:
        inspector.say(place, "delete takes no argument but response_requested and start_time")
    if profile and profile in words.PROFILE_ARGS and profile in args:
        own = inspector.table(args[profile], f"{place}.{profile}")
        if own is not None:
            _own_args(inspector, own, f"{place}.{profile}", action, profile, args)


def _own_args(
    inspector: Inspector,
    own: Mapping[str, Any],
    place: str,
    action: str,
    profile: str,
    args: Mapping[str, Any],
) -> None:
    inspector.keys(own, place, (), words.PROFILE_ARGS[profile])
    if "drop_process" in own:
        inspector.one_of(own["drop_process"], f"{place}.drop_process", words.DROPS)
        if action != "deny":
            inspector.say(f"{place}.drop_process", f"says how traffic is denied; this is {action}")
    if "direction" in own:
        inspector.one_of(own["direction"], f"{place}.direction", words.DIRECTIONS)
    elif profile == "pf" and action in ("allow", "deny"):
        inspector.say(place, "without direction pf filters incoming traffic only; say which")
    if "insert_rule" in own:
        inspector.whole(own["insert_rule"], f"{place}.insert_rule", 1, (1 << 31) - 1)
        if action not in ("allow", "deny"):
            inspector.say(f"{place}.insert_rule", f"has no meaning for {action}")
        if args.get("response_requested", "complete") != "complete":
            inspector.say(f"{place}.insert_rule", "needs response_requested complete")
    for key in ("persistent", "logged", "stateful"):
        if key in own and not isinstance(own[key], bool):
            inspector.say(f"{place}.{key}", "is neither true nor false")
    if "description" in own:
        inspector.text(own["description"], f"{place}.description")
    if "priority" in own:
        inspector.whole(own["priority"], f"{place}.priority", 0, 65_535)
    if "device_containment" in own:
        inspector.one_of(
            own["device_containment"], f"{place}.device_containment", words.CONTAINMENTS
        )
        if action != "contain":
            inspector.say(f"{place}.device_containment", f"has no meaning for {action}")
    if "permitted_addresses" in own:
        _permitted(inspector, own["permitted_addresses"], f"{place}.permitted_addresses", own)


def _permitted(inspector: Inspector, value: object, place: str, own: Mapping[str, Any]) -> None:
    permitted = inspector.table(value, place)
    if permitted is None:
        return
    if own.get("device_containment") != "network_isolation":
        inspector.say(place, "only network_isolation leaves addresses permitted")
    inspector.keys(permitted, place, (), ("domain_name", "ipv4_net", "ipv6_net"))
    for key, listed in permitted.items():
        for number, each in enumerate(inspector.listing(listed, f"{place}.{key}") or ()):
            check_target(inspector, key, each, f"{place}.{key}[{number}]")
