from __future__ import annotations

import hashlib
import struct

import pytest

from netcordon.ingest.capture.events import SERVICES
from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application import windows_messages as wire
from tests.unit.ingest.capture.application.talk import to_client, to_server

FILE = b"\x11" * 16
ANY = b"\xff" * 16
DENIED, PENDING, MORE = 0xC0000022, 0x103, 0xC0000016


class Talk:
    """An SMB 2 conversation; every request is answered under its message id."""

    def __init__(self) -> None:
        self.turns: list[tuple[int, bytes]] = []
        self._id = 0

    def ask(self, command: int, body: bytes, answer: bytes = b"", status: int = 0,
            tree: int = 5) -> Talk:  # fmt: skip
        self._id += 1
        self.turns.append(to_server(wire.netbios(wire.smb2_message(
            command, body, message_id=self._id, tree=tree, session=9))))  # fmt: skip
        self.turns.append(to_client(wire.netbios(wire.smb2_message(
            command, answer, response=True, status=status, message_id=self._id, tree=tree,
            session=9))))  # fmt: skip
        return self

    def share(self, name: str, kind: int = 1) -> Talk:
        return self.ask(3, wire.tree_connect(name), struct.pack("<HBB", 16, kind, 0) + bytes(12))

    def open(self, path: str, size: int = 0, disposition: int = 1, options: int = 0) -> Talk:
        return self.ask(5, wire.create(path, disposition, options), wire.created(FILE, size))

    def close(self) -> Talk:
        return self.ask(6, wire.close(FILE), bytes(60))

    def heard(self, blocks: int = 1) -> talk.Heard:
        return talk.tcp(talk.stream(*self.turns), 445, blocks=blocks)


def commands(heard: talk.Heard) -> list[tuple[object, object, object]]:
    rows = sorted(heard.rows["smb_activity"], key=lambda row: row["frame"])
    return [(row["command"], row["path"], row["status"]) for row in rows]


def test_share_file_rename_and_delete_with_their_answers() -> None:
    share = "\\\\SRV\\ADMIN$"
    rename = bytes(16) + struct.pack("<I", 10) + wire.wide("b.exe")
    talked = Talk().share(share).open("a.exe", disposition=5, options=0x1000)
    talked.ask(17, wire.set_info(FILE, 10, rename)).ask(17, wire.set_info(FILE, 13, b"\x01"))
    talked.close().ask(5, wire.create("secret"), b"", DENIED)
    heard = talked.heard()
    assert commands(heard) == [
        ("tree_connect", None, "STATUS_SUCCESS"),
        ("create", "a.exe", "STATUS_SUCCESS"),
        ("rename", "a.exe", "STATUS_SUCCESS"),
        ("delete", "a.exe", "STATUS_SUCCESS"),
        ("create", "secret", "STATUS_ACCESS_DENIED"),
    ]
    rows = {row["frame"]: row for row in heard.rows["smb_activity"]}
    assert {row["share"] for row in rows.values()} == {share}
    assert rows[3]["disposition"] == "overwrite_if, delete_on_close"
    assert rows[5]["new_path"] == "b.exe"
    assert rows[3]["is_pipe"] is False


@pytest.mark.parametrize("blocks", [1, 5])
def test_a_file_written_in_pieces_is_counted_and_hashed(blocks: int) -> None:
    content = b"MZ" + bytes(range(256)) * 300
    first, second = content[:40_000], content[40_000:]
    talked = Talk().share("\\\\SRV\\C$").open("evil.exe", disposition=5)
    talked.ask(9, wire.write(FILE, first), wire.written(len(first)))
    talked.ask(9, wire.write(FILE, second, 40_000), wire.written(len(second))).close()
    heard = talked.heard(blocks)
    row = next(row for row in heard.rows["smb_activity"] if row["command"] == "write")
    assert (row["bytes"], row["path"], row["status"]) == (
        len(content),
        "evil.exe",
        "STATUS_SUCCESS",
    )
    file = heard.one("file_activity")
    assert file["sha256"] == hashlib.sha256(content).hexdigest()
    assert (file["is_upload"], file["magic"], file["origin"]) == (True, "pe", "\\\\SRV\\C$")


def test_a_file_read_in_part_is_not_complete() -> None:
    talked = Talk().share("\\\\SRV\\C$").open("a.txt", size=500)
    talked.ask(8, wire.read(FILE, 300), wire.have_read(b"x" * 300)).close()
    file = talked.heard().one("file_activity")
    assert (file["is_complete"], file["sha256"], file["seen_bytes"]) == (False, None, 300)


def test_large_reads_are_skipped_beyond_what_is_hashed() -> None:
    talked = Talk().share("\\\\SRV\\C$").open("big", size=200 << 20)
    talked.ask(8, wire.read(FILE, 1 << 20), wire.have_read(b"x" * (1 << 20)))
    heard = talked.heard(blocks=len(talked.turns))
    whole = sum(len(data) for side, data in talked.turns if side == talk.RESP)
    assert heard.feedback["skip_resp"].max() == whole
    row = next(row for row in heard.rows["smb_activity"] if row["command"] == "read")
    assert row["bytes"] == 1 << 20


def test_an_interim_answer_is_not_the_answer() -> None:
    turns = [
        to_server(wire.netbios(wire.smb2_message(5, wire.create("a"), message_id=3))),
        to_client(wire.netbios(wire.smb2_message(
            5, bytes(9), response=True, status=PENDING, flags=2, message_id=3))),
        to_client(wire.netbios(wire.smb2_message(
            5, b"", response=True, status=DENIED, flags=2, message_id=3))),
    ]  # fmt: skip
    heard = talk.tcp(talk.stream(*turns), 445)
    assert commands(heard) == [("create", "a", "STATUS_ACCESS_DENIED")]


def test_a_compound_names_its_file_through_all_elements() -> None:
    first = wire.smb2_message(5, wire.create("dir"), message_id=1, tree=5, session=9, behind=128)
    assert len(first) <= 128
    second = wire.smb2_message(14, wire.query_directory(ANY, "*.doc"), message_id=2, flags=4)
    answers = wire.smb2_message(5, wire.created(FILE), response=True, message_id=1, behind=152)
    heard = talk.tcp(
        talk.stream(
            to_server(wire.netbios(first.ljust(128, b"\0") + second)),
            to_client(wire.netbios(answers.ljust(152, b"\0") + wire.smb2_message(
                14, b"", response=True, status=0x80000006, message_id=2))),
        ),
        445,
    )  # fmt: skip
    assert commands(heard) == [
        ("create", "dir", "STATUS_SUCCESS"),
        ("query_directory", "dir\\*.doc", "STATUS_NO_MORE_FILES"),
    ]


def test_what_is_not_answered_is_written_at_the_end() -> None:
    turn = to_server(wire.netbios(wire.smb2_message(5, wire.create("a"), message_id=3)))
    assert commands(talk.tcp(talk.stream(turn), 445)) == [("create", "a", None)]


def test_sealed_messages_are_said_once_and_counted() -> None:
    sealed = b"\xfdSMB" + bytes(40) + struct.pack("<Q", 9) + bytes(200)
    heard = talk.tcp(talk.stream(*[to_server(wire.netbios(sealed))] * 3), 445)
    assert heard.one("smb_activity")["command"] == "encrypted"
    assert heard.layer.refused == {"SMB message encrypted": 3}


def pipe_talk() -> Talk:
    stub = wire.create_service("svc", "Service", "%COMSPEC% /c echo 1")
    opened = bytes(4) + wire.HANDLE[::-1] + bytes(4)
    talked = Talk().share("\\\\SRV\\IPC$", 2).open("svcctl")
    talked.ask(9, wire.write(FILE, wire.bind(wire.SVCCTL)), wire.written(72))
    talked.ask(8, wire.read(FILE, 1024), wire.have_read(wire.bind_ack()))
    talked.ask(11, wire.transceive(FILE, wire.request(12, stub)),
               wire.transceived(FILE, wire.answer(opened)))  # fmt: skip
    talked.ask(11, wire.transceive(FILE, wire.request(19, wire.HANDLE[::-1] + bytes(8), call=2)),
               wire.transceived(FILE, wire.fault(5, call=2)))  # fmt: skip
    return talked


PIPE = pipe_talk().turns


def test_remote_procedure_calls_over_a_pipe() -> None:
    calls = pipe_talk().heard().rows["dcerpc_activity"]
    assert [(c["operation"], c["object"], c["status"]) for c in calls] == [
        ("RCreateServiceW", "svc", "0x00000000"),
        ("RStartServiceW", "svc", "0x00000005"),
    ]
    assert {c["pipe"] for c in calls} == {"svcctl"}
    assert '"image_path": "%COMSPEC% /c echo 1"' in str(calls[0]["detail"])
    assert '"start_type": "manual"' in str(calls[0]["detail"])


def test_the_account_of_a_session_stands_in_its_rows() -> None:
    token = messages.ntlm_authenticate("anna", "CORP", "PC-7")
    setup = struct.pack("<HBBIIHHQ", 25, 0, 1, 0, 0, 88, len(token), 0) + token
    talked = Talk().ask(1, setup, struct.pack("<HHHH", 9, 0, 72, 0)).share("\\\\SRV\\C$")
    heard = talked.heard()
    assert [row["account"] for row in heard.rows["smb_activity"]] == ["CORP\\anna"] * 2
    assert heard.one("authentication")["outcome"] == "success"


def test_smb1_chain_pipe_transaction_and_rename() -> None:
    name = wire.wide("\\\\SRV\\IPC$\0")
    tree_words = struct.pack("<BBHHH", 0xFF, 0, 0, 0, 1)
    create_words = struct.pack("<BBHBHIIIQIIIIIB", 0xFF, 0, 0, 0, 16, 0, 0, 0, 0, 0, 7, 1, 0, 2, 0)
    opened = struct.pack("<BBHBHI", 0xFF, 0, 0, 0, 0x4000, 1).ljust(63, b"\0")
    opened += struct.pack("<HHB", 2, 0, 0)
    unit = wire.request(5, wire.HANDLE + wire.ndr_name("CORP"))
    words = struct.pack("<HHHHBBHIHHHHHBBHH", 0, len(unit), 0, 1024, 0, 0, 0, 0, 0, 0, 0,
                        len(unit), 84, 2, 0, 0x26, 0x4000)  # fmt: skip
    pipe = wire.wide("\\PIPE\\\0")
    padding = bytes(84 - 32 - 1 - len(words) - 2 - len(pipe) - 1)
    both = {"tid": 3, "uid": 4}
    turns = [
        to_server(wire.smb1_message(0x75, tree_words, b"\0" + name + b"?????\0", uid=4, mid=1)),
        to_client(wire.smb1_message(0x75, struct.pack("<BBHH", 0xFF, 0, 0, 0), b"IPC\0", reply=True,
                                    tid=3, uid=4, mid=1)),
        to_server(wire.smb1_message(0xA2, create_words, b"\0" + wire.wide("\\samr\0"), mid=2,
                                    **both)),
        to_client(wire.smb1_message(0xA2, opened, b"", reply=True, mid=2, **both)),
        to_server(wire.smb1_message(0x25, words, b"\0" + pipe + padding + unit, mid=3, **both)),
        to_server(wire.smb1_message(0x07, b"\x16\0", b"\x04" + wire.wide("\\a\0") + b"\x04\0"
                                    + wire.wide("\\b\0"), mid=4, **both)),
        to_client(wire.smb1_message(0x07, b"", b"", reply=True, status=DENIED, mid=4, **both)),
    ]  # fmt: skip
    heard = talk.tcp(talk.stream(*turns), 139)
    assert commands(heard) == [
        ("tree_connect", None, "STATUS_SUCCESS"),
        ("create", "\\samr", "STATUS_SUCCESS"),
        ("rename", "\\a", "STATUS_ACCESS_DENIED"),
    ]
    assert {row["dialect"] for row in heard.rows["smb_activity"]} == {"1"}
    call = heard.one("dcerpc_activity")
    assert (call["pipe"], call["operation_number"]) == ("samr", 5)


@pytest.mark.parametrize(("status", "outcome"), [(0, "success"), (0xC000006D, "failure")])
def test_a_session_setup_with_its_outcome(status: int, outcome: str) -> None:
    heard = talk.tcp(
        talk.stream(
            to_server(wire.smb2_setup(b"NTLMSSP\0\x01\0\0\0", message_id=1)),
            to_client(wire.smb2_setup(messages.ntlm_challenge("SRV", "CORP"), response=True,
                                      status=MORE, message_id=1)),
            to_server(messages.smb2(9, bytes(60_000), message_id=2)),
            to_server(wire.smb2_setup(messages.ntlm_authenticate("anna", "CORP", "PC-7"),
                                      message_id=3)),
            to_client(wire.smb2_setup(b"", response=True, status=status, message_id=3)),
        ),
        50445,
    )  # fmt: skip
    login = heard.one("authentication")
    assert (login["account"], login["service"], login["outcome"]) == ("anna", "smb", outcome)
    assert login["frame"] == 4
    assert login["challenge"] == "0102030405060708"
    facts = {r["ip"]: (r["host_name"], r["os_hint"]) for r in heard.rows["host_identity"]}
    assert facts == {
        talk.CLIENT: ("PC-7", "Windows 10.0 build 17763"),
        talk.SERVER: ("SRV", "Windows 6.1 build 7601"),
    }
    assert SERVICES[heard.feedback[-1]["service"]] == "smb"


def test_an_anonymous_login_has_no_account() -> None:
    token = messages.ntlm_authenticate("", "", "")
    heard = talk.tcp(talk.stream(to_server(wire.smb2_setup(token))), 445)
    assert heard.one("authentication")["account"] is None
    assert "host_identity" not in heard.rows
