"""What processes tell each other: JSON objects, each behind its length, over a socket pair.

Nothing here can run code of the sender, as a pickle could: workers read hostile bytes.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from netcordon.casefile.seal import Seal
from netcordon.errors import EvidenceError, NetcordonError, WorkspaceError
from netcordon.evidence.source import Intake
from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import ParseResult

Message = Mapping[str, Any]
_LENGTH = struct.Struct(">I")
_TIMES = ("first_time", "last_time")


def send(to: socket.socket, message: Message, handles: Sequence[int] = ()) -> None:
    """Send one message, with open descriptors when some are given.

    Raises:
        OSError: when the other side is gone.
    """
    body = json.dumps(message, separators=(",", ":")).encode()
    head = _LENGTH.pack(len(body))
    if handles:
        socket.send_fds(to, [head], handles)
    else:
        to.sendall(head)
    to.sendall(body)


def receive(source: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and the descriptors that came with it; ``None`` when the other side ended.

    Raises:
        ValueError: what came is no message.
    """
    try:
        head, handles, _, _ = socket.recv_fds(source, _LENGTH.size, 4)
        head += _exactly(source, _LENGTH.size - len(head)) if head else b""
        body = _exactly(source, _LENGTH.unpack(head)[0]) if head else b""
    except (ConnectionError, EOFError):
        return None
    if not head:
        return None
    message = json.loads(body)
    if not isinstance(message, dict):
        raise TypeError("a message is an object")
    return message, handles


def _exactly(source: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = source.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def result_to_json(result: ParseResult) -> Message:
    """A parse result as an object of JSON."""
    times = {name: getattr(result, name) for name in _TIMES}
    return {
        "records": result.records,
        "refused": dict(result.refused),
        **{name: time.isoformat() if time else None for name, time in times.items()},
        "warnings": [asdict(warning) for warning in result.warnings],
        "facts": dict(result.facts),
        "complete": result.complete,
    }


def result_from_json(message: Message) -> ParseResult:
    """The reverse of ``result_to_json``."""
    times = {
        name: datetime.fromisoformat(message[name]) if message[name] else None for name in _TIMES
    }
    warnings = tuple(IngestWarning(**warning) for warning in message["warnings"])
    return ParseResult(**{**message, **times, "warnings": warnings})


def intake_to_json(intake: Intake) -> Message:
    """What is known of the bytes as an object of JSON."""
    return asdict(intake)


def intake_from_json(message: Message) -> Intake:
    """The reverse of ``intake_to_json``."""
    seal = Seal(**{**message["seal"], "prefixes": tuple(message["seal"]["prefixes"])})
    warnings = tuple(IngestWarning(**warning) for warning in message["warnings"])
    return Intake(**{**message, "seal": seal, "warnings": warnings})


def error_to_json(error: BaseException, trace: str) -> Message:
    """Why a piece of work failed, so that the parent can raise it as its own."""
    if isinstance(error, NetcordonError):
        kind = "evidence" if isinstance(error, EvidenceError) else "workspace"
        return {
            "kind": kind,
            "code": error.code,
            "what": error.what,
            "why": error.why,
            "hint": error.hint,
            "path": getattr(error, "path", ""),
        }
    if isinstance(error, MemoryError):
        return {"kind": "memory"}
    return {"kind": "defect", "trace": trace}


def error_from_json(message: Message) -> Exception:
    """The error to raise in the parent."""
    if message["kind"] == "memory":
        return MemoryError()
    if message["kind"] == "defect":
        return RuntimeError(f"a worker failed:\n{message['trace']}")
    words = [str(message[name]) for name in ("code", "what", "why", "hint")]
    if message["kind"] == "evidence":
        return EvidenceError(*words, path=str(message["path"]))
    return WorkspaceError(*words)
