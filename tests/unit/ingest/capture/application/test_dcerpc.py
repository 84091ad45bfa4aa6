from __future__ import annotations

import json
import struct

import pytest

from netcordon.ingest.capture.application.dcerpc.interfaces import interface_of
from netcordon.ingest.capture.application.dcerpc.ndr import Ndr, NdrError
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application import windows_messages as wire
from tests.unit.ingest.capture.application.talk import to_client, to_server

CREATE = wire.create_service("svc", "My Service", "C:\\evil.exe")


def calls(*turns: tuple[int, bytes]) -> list[talk.Row]:
    return talk.tcp(talk.stream(*turns), 49700).rows["dcerpc_activity"]


def bound(interface: object = wire.SVCCTL, transfer: object = wire.NDR) -> list[tuple[int, bytes]]:
    return [to_server(wire.bind(interface, transfer)), to_client(wire.bind_ack(transfer))]  # type: ignore[arg-type]


def test_a_service_is_created_with_name_and_image() -> None:
    (row,) = calls(*bound(), to_server(wire.request(12, CREATE)), to_client(wire.answer(bytes(28))))
    assert (row["interface"], row["operation"], row["object"]) == (
        "svcctl",
        "RCreateServiceW",
        "svc",
    )
    assert json.loads(str(row["detail"])) == {
        "display_name": "My Service", "image_path": "C:\\evil.exe", "service_type": 16,
        "start_type": "manual",
    }  # fmt: skip
    assert (row["status"], row["is_encrypted"], row["pipe"]) == ("0x00000000", False, None)


def test_a_stub_in_fragments_is_put_together() -> None:
    parts = [CREATE[:50], CREATE[50:90], CREATE[90:]]
    flags = (1, 0, 2)
    units = [
        to_server(wire.request(12, part, flags=flag))
        for part, flag in zip(parts, flags, strict=True)
    ]
    (row,) = calls(*bound(), *units, to_client(wire.answer(bytes(28))))
    assert row["object"] == "svc"
    assert row["frame"] == 5


def test_signed_calls_are_read_and_sealed_ones_are_said() -> None:
    signed = wire.request(12, CREATE, auth=bytes(16), pad=4, level=5)
    sealed = wire.request(12, bytes(80), auth=bytes(16), level=6, call=2)
    first, second = calls(*bound(), to_server(signed), to_server(sealed))
    assert (first["object"], first["is_encrypted"]) == ("svc", False)
    assert (second["object"], second["is_encrypted"], second["status"]) == (None, True, None)


def test_a_stub_in_ndr64() -> None:
    stub = wire.HANDLE + bytes(4) + wire.ndr64_string("svc") + struct.pack("<I", 1)
    (row,) = calls(*bound(transfer=wire.NDR64), to_server(wire.request(16, stub)))
    assert (row["operation"], row["object"]) == ("ROpenServiceW", "svc")


def test_registry_keys_are_named_from_their_hive_on() -> None:
    hive, key = wire.HANDLE[::-1], b"\x07" * 20
    (_, opened, saved) = calls(
        *bound(wire.WINREG),
        to_server(wire.request(2, bytes(8))), to_client(wire.answer(hive + bytes(4))),
        to_server(wire.request(15, hive + wire.ndr_name("SAM") + bytes(8), call=2)),
        to_client(wire.answer(key + bytes(4), call=2)),
        to_server(wire.request(20, key + wire.ndr_name("out.hiv") + bytes(4), call=3)),
        to_client(wire.answer(struct.pack("<I", 5), call=3)),
    )  # fmt: skip
    assert opened["object"] == "HKLM\\SAM"
    assert (saved["object"], saved["detail"]) == ("HKLM\\SAM", '{"file": "out.hiv"}')
    assert saved["status"] == "0x00000005"


def test_names_that_are_looked_up() -> None:
    raw = wire.wide("admin")
    stub = wire.HANDLE + struct.pack("<IIII", 1, 1000, 0, 1)
    stub += struct.pack("<HHI", len(raw), len(raw), 1) + struct.pack("<III", 5, 0, 5) + raw
    (row,) = calls(*bound(wire.SAMR), to_server(wire.request(17, stub)))
    assert row["object"] == "admin"


def test_a_login_of_the_binding_is_proved_by_the_first_answer() -> None:
    token = messages.ntlm_authenticate("anna", "CORP", "PC-7")
    turns = [
        to_server(wire.bind(wire.SVCCTL)), to_client(wire.bind_ack()),
        to_server(wire.unit(16, bytes(4), auth=token)),
        to_server(wire.request(0, wire.HANDLE)), to_client(wire.fault(5)),
    ]  # fmt: skip
    heard = talk.tcp(talk.stream(*turns), 49700)
    login = heard.one("authentication")
    assert (login["service"], login["account"], login["outcome"]) == ("dcerpc", "anna", "failure")
    assert heard.one("dcerpc_activity")["account"] == "CORP\\anna"


def test_a_secret_registry_value_is_not_kept() -> None:
    data = wire.wide("hunter2\0")
    stub = wire.HANDLE + wire.ndr_name("DefaultPassword")
    stub += struct.pack("<II", 1, len(data)) + data + struct.pack("<I", len(data))
    (row,) = calls(*bound(wire.WINREG), to_server(wire.request(22, stub)))
    assert row["detail"] == '{"value": "DefaultPassword"}'


def test_calls_of_an_unknown_interface_are_counted_too() -> None:
    (row,) = calls(to_server(wire.request(6, wire.wide("cmd.exe /c calc") + bytes(2))))
    assert (row["interface"], row["operation_number"]) == (None, 6)
    assert row["detail"] == '{"texts": ["cmd.exe /c calc"]}'


@pytest.mark.parametrize("stub", [
    struct.pack("<III", 3, 1, 3) + wire.wide("abc"),
    struct.pack("<III", 2, 0, 3) + wire.wide("abc"),
    struct.pack("<III", 1 << 30, 0, 1 << 30) + wire.wide("abc"),
    b"\x01",
])  # fmt: skip
def test_a_string_that_contradicts_itself_is_no_string(stub: bytes) -> None:
    with pytest.raises(NdrError):
        Ndr(stub).string()


def test_every_operation_has_a_layout_that_can_be_read() -> None:
    found = interface_of(str(wire.SVCCTL))
    assert found is not None
    assert found.operations[12].opens == "last_handle"
    assert found.operations[12].layout[1] == ("string", "object")
