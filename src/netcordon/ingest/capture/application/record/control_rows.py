"""Rows of `ot_activity`: requests to control devices, each with its answer."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.stream.conversation import Context

_MOST_PENDING = 64
_MOST_ROWS = 20_000
"""Reads of one connection that become rows; what changes something always becomes one."""


@dataclass
class ControlRequest:
    """A request that waits for its answer; fields are columns of `ot_activity`."""

    mark: tuple[int, int]
    unit: int | None
    function_code: int
    function: str
    is_write: bool
    address: int | None = None
    quantity: int | None = None


class ControlRows:
    """Matches answers to requests of one connection; polling beyond a bound is left out."""

    def __init__(self, context: Context, service: str, ends: Ends) -> None:
        self._context = context
        self._service = service
        self._ends = ends
        self._pending: dict[Hashable, ControlRequest] = {}
        self._left = _MOST_ROWS

    def asked(self, key: Hashable, request: ControlRequest) -> None:
        """A request; ``key`` is what its answer will repeat."""
        earlier = self._pending.pop(key, None)
        if earlier is not None:
            self._write(earlier, None, False)
        elif len(self._pending) >= _MOST_PENDING:
            self._write(self._pending.pop(next(iter(self._pending))), None, False)
        self._pending[key] = request

    def answered(self, key: Hashable, error: str | None = None) -> bool:
        """An answer, with the exception it reports; says whether its request was seen."""
        request = self._pending.pop(key, None)
        if request is None:
            return False
        self._write(request, error, True)
        return True

    def alone(self, request: ControlRequest, error: str | None = None) -> None:
        """A message that is neither answered nor an answer."""
        self._write(request, error, False)

    def finish(self) -> None:
        """Requests without an answer."""
        for request in self._pending.values():
            self._write(request, None, False)
        self._pending.clear()

    def _write(self, request: ControlRequest, error: str | None, is_answered: bool) -> None:
        if self._left <= 0 and not request.is_write:
            self._context.give_up("control requests beyond the bound", request.mark[1])
            return
        self._left -= 1
        self._context.rows.note(
            "ot_activity",
            *request.mark,
            self._ends,
            {
                "service": self._service,
                "unit": request.unit,
                "function_code": request.function_code,
                "function": request.function,
                "is_write": request.is_write,
                "address": request.address,
                "quantity": request.quantity,
                "error": error,
                "is_answered": is_answered,
            },
        )
