"""Actions of a playbook: each command with what its type needs, done by somebody to something."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from typing import Any

from netcordon.reporting.exchange import cacao_words as words
from netcordon.reporting.exchange.inspector import Inspector, names, parsed, shown
from netcordon.reporting.exchange.openc2_check import check_messages

_REQUEST = r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \S+( HTTP/[0-9](\.[0-9])?)?"


def check_action(
    inspector: Inspector,
    step: Mapping[str, Any],
    place: str,
    agents: Collection[str],
    targets: Collection[str],
    variables: Collection[str],
) -> set[str]:
    """An action step; the activities that its commands do."""
    if "agent" in step and not names(step["agent"], agents):
        inspector.say(f"{place}.agent", f"{shown(step['agent'])} is not in agent_definitions")
    if "targets" in step:
        for number, each in enumerate(inspector.listing(step["targets"], f"{place}.targets") or ()):
            if not names(each, targets):
                inspector.say(
                    f"{place}.targets[{number}]", f"{shown(each)} is not in target_definitions"
                )
    for key in ("in_args", "out_args"):
        if key in step:
            for number, each in enumerate(inspector.listing(step[key], f"{place}.{key}") or ()):
                if not names(each, variables):
                    inspector.say(f"{place}.{key}[{number}]", f"no variable {shown(each)}")
    done: set[str] = set()
    if "commands" in step:
        commands = inspector.listing(step["commands"], f"{place}.commands") or ()
        for number, value in enumerate(commands):
            activity = _command(inspector, value, f"{place}.commands[{number}]")
            if activity:
                done.add(activity)
    return done


def _command(inspector: Inspector, value: object, place: str) -> str | None:
    command = inspector.table(value, place)
    if command is None:
        return None
    kind = inspector.one_of(command.get("type"), f"{place}.type", words.COMMANDS)
    if kind is None:
        return None
    needed, more = words.COMMANDS[kind]
    inspector.keys(command, place, ("type", *needed), (*words.COMMAND_SHARED, *more))
    if "command_b64" in more:
        if ("command" in command) == ("command_b64" in command) and kind != "caldera-cmd":
            inspector.say(place, "needs exactly one of command and command_b64")
        if "command_b64" in command:
            _decoded(inspector, command["command_b64"], f"{place}.command_b64")
    if "command" in command:
        text = inspector.text(command["command"], f"{place}.command")
        if text is not None and kind in ("http-api", "openc2-http"):
            inspector.matches(text, f"{place}.command", _REQUEST, "HTTP request line")
    if "headers" in command:
        _headers(inspector, command["headers"], f"{place}.headers")
    if "content_b64" in command:
        content = _decoded(inspector, command["content_b64"], f"{place}.content_b64")
        if content is not None and kind == "openc2-http":
            _openc2(inspector, content, f"{place}.content_b64")
    if "playbook_activity" in command:
        return inspector.one_of(
            command["playbook_activity"], f"{place}.playbook_activity", words.ACTIVITIES
        )
    return None


def _headers(inspector: Inspector, value: object, place: str) -> None:
    headers = inspector.table(value, place)
    for name, values in (headers or {}).items():
        inspector.matches(name, place, r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", "name of a header")
        listed = inspector.listing(values, f"{place}.{name}")
        for number, each in enumerate(listed or ()):
            inspector.matches(each, f"{place}.{name}[{number}]", r"[^\r\n]+", "value of a header")


def _decoded(inspector: Inspector, value: object, place: str) -> bytes | None:
    text = inspector.text(value, place)
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        inspector.say(place, f"{shown(text)} is no base64")
        return None


def _openc2(inspector: Inspector, content: bytes, place: str) -> None:
    try:
        document = parsed(content.decode("utf-8"))
    except ValueError as error:
        inspector.say(place, f"holds no OpenC2: {error}")
        return
    inner = Inspector()
    check_messages(inner, document)
    for remark in inner.remarks:
        inspector.say(f"{place} > {remark.place}" if remark.place else place, remark.text)
