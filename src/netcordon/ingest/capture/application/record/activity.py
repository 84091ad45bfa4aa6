"""Rows of `application_activity`, bounded for each flow: what is too much is counted instead."""

from __future__ import annotations

import json
from functools import cache
from json.encoder import encode_basestring as _quoted

from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.stream.conversation import Context

_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode

MOST_ROWS = 1000
"""Rows of one flow; one more tells how many messages followed."""


def detail(**facts: object) -> str | None:
    """Facts as the column ``detail`` shows them; those that are ``None`` or empty are left out.

    Text among them has gone through ``safe_text``.
    """
    members = [
        f'"{name}":{_json(fact)}'
        for name, fact in sorted(facts.items())
        if fact is not None and fact != "" and fact != []
    ]
    return f"{{{','.join(members)}}}" if members else None


def _json(fact: object) -> str:
    """One fact; the plain ones without the way through an encoder."""
    if isinstance(fact, str):
        return _quoted(fact)
    if fact is True or fact is False:
        return "true" if fact else "false"
    return str(fact) if isinstance(fact, int) else _encode(fact)


@cache
def _fixed(service: str, protocol: str) -> dict[str, object]:
    """What all rows of the flows of a protocol say; one for all of them."""
    return {"service": service, "protocol": protocol}


class Activity:
    """Notes the messages of one flow."""

    __slots__ = ("_fixed", "_last", "_left", "_more", "_more_bytes", "_rows")

    def __init__(
        self, context: Context, service: str, protocol: str, most_rows: int = MOST_ROWS
    ) -> None:
        self._rows = context.rows
        self._fixed = _fixed(service, protocol)
        self._left = most_rows
        self._more = 0
        self._more_bytes = 0
        self._last: tuple[int, int, Ends] | None = None

    def note(
        self,
        ends: Ends,
        mark: tuple[int, int],
        *,
        is_response: bool = False,
        size: int | None = None,
        **values: object,
    ) -> None:
        """One row.

        Args:
            ends: client first.
            mark: time (ns) and frame of the message.
            is_response: whether the server sent it.
            size: octets of the message, or of what it carries.
            values: other columns of the table.
        """
        self.put(ends, mark, is_response, size, values)

    def put(
        self, ends: Ends, mark: tuple[int, int], is_response: bool, size: int | None,
        values: dict[str, object],
    ) -> None:  # fmt: skip
        """One row as ``note`` makes it; ``values`` are kept and added to."""
        if self._left <= 0:
            self._more += 1
            self._more_bytes += size or 0
            self._last = (*mark, ends)
            return
        self._left -= 1
        if "" in values.values():
            values = {name: value for name, value in values.items() if value != ""}
        values |= self._fixed
        values["is_response"], values["bytes"] = is_response, size
        self._rows.note("application_activity", *mark, ends, values)

    def finish(self) -> None:
        """The row for the messages that found no place."""
        if self._last is None:
            return
        time_ns, frame, ends = self._last
        self._last = None
        self._rows.note(
            "application_activity", time_ns, frame, ends,
            {**self._fixed, "is_response": False, "operation": "more", "bytes": self._more_bytes,
             "detail": detail(messages=self._more)},
        )  # fmt: skip
