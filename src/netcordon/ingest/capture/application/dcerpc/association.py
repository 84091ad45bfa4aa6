"""One association: bindings, calls in progress, and the rows of calls.

Requests and answers are matched by call id; the stubs of their fragments are put together up to a
bound. What a binding seals stays unread and is said to be sealed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from netcordon.ingest.capture.application.dcerpc import pdu
from netcordon.ingest.capture.application.dcerpc.interfaces import (
    NDR64,
    Interface,
    Operation,
    interface_of,
)
from netcordon.ingest.capture.application.dcerpc.layout import describe, texts
from netcordon.ingest.capture.application.dcerpc.pdu import ContextItem, Unit
from netcordon.ingest.capture.application.record.ends import Ends
from netcordon.ingest.capture.application.record.logins import Logins
from netcordon.ingest.capture.application.stream.conversation import Context

SEALED = 6
"""RPC_C_AUTHN_LEVEL_PKT_PRIVACY."""
_MOST_STUB = 64 << 10
_TAIL = 32
_MOST_CALLS = 256
_MOST_HANDLES = 1024
_HANDLE = 20
_ACCESS_DENIED = 5


@dataclass(slots=True)
class _Binding:
    uuid: str
    interface: Interface | None
    wide: bool


@dataclass(slots=True)
class _Call:
    time_ns: int
    frame: int
    binding: _Binding | None
    number: int
    big: bool
    sealed: bool = False
    stub: bytearray = field(default_factory=bytearray)
    is_whole: bool = False
    named: str | None = None
    detail: str | None = None
    answer: bytearray = field(default_factory=bytearray)
    tail: bytes = b""

    @property
    def operation(self) -> Operation | None:
        """What is called, where it is known."""
        if self.binding is None or self.binding.interface is None:
            return None
        return self.binding.interface.operations.get(self.number)


class Association:
    """Reads the units of one association and writes `dcerpc_activity`.

    Args:
        context: where rows go.
        ends: client and server.
        logins: of the binding's security tokens.
        pipe: named pipe that carries it, ``None`` over TCP.
        account: whoever opened the pipe, until the binding says more.
    """

    def __init__(
        self, context: Context, ends: Ends, logins: Logins,
        pipe: str | None = None, account: str | None = None,
    ) -> None:  # fmt: skip
        self._context = context
        self._ends = ends
        self._logins = logins
        self._pipe = pipe
        self._account = account
        self._proposed: list[ContextItem] = []
        self._bindings: dict[int, _Binding] = {}
        self._calls: dict[int, _Call] = {}
        self._handles: dict[bytes, str] = {}
        self._awaits_proof = False
        self.sealed = False

    def read(self, unit: Unit, data: bytes, from_client: bool, mark: tuple[int, int]) -> None:
        """Take a unit; ``data`` may hold only its first octets where its stub is not of use.

        Args:
            unit: its header.
            data: its octets from the header on.
            from_client: who sent it.
            mark: time (ns) and frame of its last octet.
        """
        trailer = pdu.verifier(unit, data)
        if trailer is not None and unit.kind not in (pdu.REQUEST, pdu.RESPONSE, pdu.FAULT):
            self.sealed = trailer.level == SEALED
            if self._logins.token(trailer.token, from_client, *mark):
                self._account = self._logins.account
                self._awaits_proof = True
        if unit.kind in (pdu.BIND, pdu.ALTER_CONTEXT) and from_client:
            self._propose(pdu.contexts(unit, data))
        elif unit.kind in (pdu.BIND_ACK, pdu.ALTER_CONTEXT_ANSWER) and not from_client:
            self._accept(pdu.results(unit, data))
        elif unit.kind == pdu.REQUEST and from_client:
            self._request(unit, data, trailer, mark)
        elif unit.kind in (pdu.RESPONSE, pdu.FAULT) and not from_client:
            self._answer(unit, data, trailer)

    def finish(self) -> None:
        """Write what was not answered."""
        for call in self._calls.values():
            self._describe(call)
            self._write(call, None)
        self._calls.clear()
        self._logins.finish()

    def _propose(self, items: list[ContextItem]) -> None:
        self._proposed = items
        for item in items:
            if len(self._bindings) < _MOST_CALLS or item.number in self._bindings:
                self._bindings[item.number] = _Binding(
                    item.interface, interface_of(item.interface), item.transfer == NDR64
                )

    def _accept(self, results: list[tuple[bool, bytes]]) -> None:
        for item, (accepted, transfer) in zip(self._proposed, results, strict=False):
            binding = self._bindings.get(item.number)
            if accepted and binding is not None:
                binding.wide = transfer == NDR64
        self._proposed = []

    def _request(
        self, unit: Unit, data: bytes, trailer: pdu.Verifier | None, mark: tuple[int, int]
    ) -> None:
        if len(data) < 24:
            return
        begin = 24 + (16 if unit.flags & pdu.HAS_OBJECT else 0)
        call = self._calls.get(unit.call)
        if unit.flags & pdu.FIRST or call is None or call.is_whole:
            if call is not None:
                self._write(call, None)
            call = _Call(*mark, self._bindings.get(unit.integer(data, 20, 2)),
                         unit.integer(data, 22, 2), unit.big)  # fmt: skip
            self._calls.pop(unit.call, None)
            if len(self._calls) >= _MOST_CALLS:
                self._write(self._calls.pop(next(iter(self._calls))), None)
            self._calls[unit.call] = call
        call.sealed = call.sealed or self._is_sealed(unit, trailer)
        if not call.sealed:
            call.stub += _stub(unit, data, begin, trailer)[: _MOST_STUB - len(call.stub)]
        if unit.flags & pdu.LAST:
            call.time_ns, call.frame = mark
            self._describe(call)

    def _describe(self, call: _Call) -> None:
        if call.is_whole:
            return
        call.is_whole = True
        operation = call.operation
        if call.sealed:
            pass
        elif call.binding is None or call.binding.interface is None:
            found = texts(bytes(call.stub))
            call.detail = json.dumps({"texts": found}, ensure_ascii=False) if found else None
        elif operation is not None and operation.layout:
            call.named, call.detail = describe(
                operation, bytes(call.stub), self._handles, big=call.big,
                wide=call.binding is not None and call.binding.wide,
            )  # fmt: skip
        call.stub = bytearray()

    def _answer(self, unit: Unit, data: bytes, trailer: pdu.Verifier | None) -> None:
        call = self._calls.get(unit.call)
        if unit.kind == pdu.FAULT:
            status = unit.integer(data, 24, 4)
            self._prove(None if status != _ACCESS_DENIED else False)
            if call is not None:
                del self._calls[unit.call]
                self._write(call, f"0x{status:08x}")
            return
        self._prove(True)
        if call is None:
            return
        if not call.sealed and not self._is_sealed(unit, trailer):
            stub = _stub(unit, data, 24, trailer)
            call.answer += stub[: _HANDLE - len(call.answer)]
            call.tail = (call.tail + stub)[-_TAIL:]
        if unit.flags & pdu.LAST:
            del self._calls[unit.call]
            self._write(call, self._outcome(call))

    def _outcome(self, call: _Call) -> str | None:
        """The return value: the last octets of the answer of every known operation."""
        operation = call.operation
        if call.sealed or operation is None or len(call.tail) < 4:
            return None
        order = "big" if call.big else "little"
        status = int.from_bytes(call.tail[-4:], "big" if order == "big" else "little")
        if operation.opens and status == 0 and call.named:
            handle = bytes(call.answer) if operation.opens == "handle" else call.tail[-24:-4]
            if len(handle) == _HANDLE:
                if len(self._handles) >= _MOST_HANDLES:
                    del self._handles[next(iter(self._handles))]
                self._handles[handle] = call.named
        return f"0x{status:08x}"

    def _is_sealed(self, unit: Unit, trailer: pdu.Verifier | None) -> bool:
        if trailer is not None:
            return trailer.level == SEALED
        return self.sealed and unit.auth_size > 0

    def _prove(self, success: bool | None) -> None:
        if self._awaits_proof:
            self._awaits_proof = False
            self._logins.outcome(success)

    def _write(self, call: _Call, status: str | None) -> None:
        binding, operation = call.binding, call.operation
        self._context.rows.note(
            "dcerpc_activity",
            call.time_ns,
            call.frame,
            self._ends,
            {
                "pipe": self._pipe,
                "interface_uuid": binding.uuid if binding else None,
                "interface": binding.interface.name if binding and binding.interface else None,
                "operation_number": call.number,
                "operation": operation.name if operation else None,
                "account": self._account,
                "object": call.named,
                "detail": call.detail,
                "status": status,
                "is_encrypted": call.sealed,
            },
        )


def _stub(unit: Unit, data: bytes, begin: int, trailer: pdu.Verifier | None) -> bytes:
    """Stub data of a fragment, without padding and security trailer."""
    end = unit.size
    if unit.auth_size:
        end -= unit.auth_size + 8 + (trailer.pad if trailer is not None else 0)
    return data[begin : max(begin, end)]
