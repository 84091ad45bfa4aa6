from __future__ import annotations

import hashlib
import random

import pytest

from netcordon.ingest.capture.application.ftp.ends import (
    ends_of_eprt,
    ends_of_port,
    port_of_epsv,
    written,
)
from tests.traffic import Connection, Recording
from tests.unit.ingest.capture.application.talk import Row, halves
from tests.unit.ingest.capture.application.whole import rows_of

CLIENT, SERVER = "10.0.0.5", "192.0.2.21"
CONTENT = b"\x7fELF" + random.Random(3).randbytes(20_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def logged_in(recording: Recording, client: str = CLIENT, server: str = SERVER) -> Connection:
    control = Connection(recording, client, server, 40000, 21).open()
    control.server(b"220-ProFTPD 1.3.5\r\n220 Welcome\r\n")
    control.client(b"USER anna\r\n").server(b"331 Password required\r\n")
    control.client(b"PASS hunter2 secret\r\n").server(b"230 in\r\n")
    return control.client(b"TYPE I\r\n").server(b"200 ok\r\n")


def asked(rows: dict[str, list[Row]]) -> list[tuple[object, ...]]:
    return [
        (row["operation"], row["object"], row["status"])
        for row in rows["application_activity"]
        if row["operation"] != "GREETING"
    ]


def services(rows: dict[str, list[Row]]) -> list[object]:
    return [row["service"] for row in rows["network_activity"]]


def test_a_passive_download_is_a_command_and_a_file() -> None:
    recording = Recording()
    control = logged_in(recording)
    control.client(b"PASV\r\n").server(b"227 Entering Passive Mode (192,0,2,21,156,64).\r\n")
    data = Connection(recording, CLIENT, SERVER, 40001, 40000).open()
    control.client(b"RETR /pub/tool.bin\r\n")
    control.server(b"150 Opening BINARY mode data connection (%d bytes)\r\n" % len(CONTENT))
    data.server(CONTENT).close(by=1)
    control.server(b"226 done\r\n").client(b"QUIT\r\n").server(b"221 bye\r\n").close()
    rows = rows_of(recording.pcap())
    assert asked(rows) == [("RETR", "/pub/tool.bin", "226")]
    greeting, retr = rows["application_activity"]
    assert (greeting["software"], greeting["is_response"]) == ("ProFTPD 1.3.5", True)
    assert (retr["account"], retr["bytes"], retr["service"]) == ("anna", len(CONTENT), "ftp")
    (file,) = rows["file_activity"]
    assert (file["file_name"], file["sha256"], file["magic"]) == ("/pub/tool.bin", SHA256, "elf")
    assert (file["origin"], file["is_upload"], file["is_complete"]) == (
        "ftp://192.0.2.21", False, True,
    )  # fmt: skip
    assert (file["dst_port"], file["file_bytes"], file["service"]) == (40000, len(CONTENT), "ftp")
    assert services(rows) == ["ftp", "ftp-data"]
    (login,) = rows["authentication"]
    assert (login["account"], login["outcome"]) == ("anna", "success")
    assert "hunter2" not in repr(rows)


def test_an_active_upload_goes_from_the_client_that_listens() -> None:
    recording = Recording()
    control = logged_in(recording)
    control.client(b"PORT 10,0,0,5,200,1\r\n").server(b"200 ok\r\n")
    control.client(b"STOR loot.zip\r\n").server(b"150 go\r\n")
    data = Connection(recording, SERVER, CLIENT, 20, 200 << 8 | 1).open()
    data.server(CONTENT).close(by=1)
    control.server(b"226 ok\r\n").close()
    rows = rows_of(recording.pcap())
    (file,) = rows["file_activity"]
    assert (file["file_name"], file["sha256"]) == ("loot.zip", SHA256)
    assert (file["src_ip"], file["dst_ip"]) == (SERVER, CLIENT)  # as the flow stands
    assert file["is_upload"] is False  # to the initiator of the flow, the server
    assert asked(rows) == [("STOR", "loot.zip", "226")]


@pytest.mark.parametrize(
    ("command", "reply", "client", "server", "end"),
    [
        (b"EPSV", b"229 Extended (|||6446|)", CLIENT, SERVER, None),
        (b"EPSV", b"229 Extended (|||6446|)", "2001:db8::5", "2001:db8::21", None),
        (b"EPRT |2|2001:db8::5|6446|", b"200 ok", "2001:db8::5", "2001:db8::21", "client"),
        (b"PASV", b"227 ok (172,16,0,9,25,46)", CLIENT, SERVER, None),  # behind translation
    ],
)
def test_each_way_to_announce_a_data_connection(
    command: bytes, reply: bytes, client: str, server: str, end: str | None
) -> None:
    recording = Recording()
    control = logged_in(recording, client, server)
    control.client(command + b"\r\n").server(reply + b"\r\n")
    control.client(b"RETR a\r\n")
    data = (
        Connection(recording, server, client, 20, 6446).open().client(CONTENT).close()
        if end
        else Connection(recording, client, server, 40001, 6446).open().server(CONTENT).close(by=1)
    )
    assert data.dport == 6446
    control.server(b"150 go\r\n226 ok\r\n").close()
    (file,) = rows_of(recording.pcap())["file_activity"]
    assert (file["file_name"], file["sha256"]) == ("a", SHA256)


def test_a_listing_is_no_file_and_a_port_used_again_serves_the_next_command() -> None:
    recording = Recording()
    control = logged_in(recording)
    for command, content in ((b"LIST", b"drwx"), (b"RETR one", b"1" * 100), (b"RETR two", b"22")):
        control.client(b"EPSV\r\n").server(b"229 (|||6446|)\r\n").client(command + b"\r\n")
        data = Connection(recording, CLIENT, SERVER, 40001, 6446).open()
        data.server(content).close(by=1)
        control.server(b"150 go\r\n226 ok\r\n")
        recording.now_us += 30_000_000
    rows = rows_of(recording.pcap())
    assert [(f["file_name"], f["file_bytes"]) for f in rows["file_activity"]] == [
        ("one", 100), ("two", 2),
    ]  # fmt: skip
    assert asked(rows) == [("LIST", None, "226"), ("RETR", "one", "226"), ("RETR", "two", "226")]
    assert services(rows).count("ftp-data") == 3


def test_a_transfer_from_the_middle_is_not_whole() -> None:
    recording = Recording()
    control = logged_in(recording)
    control.client(b"EPSV\r\n").server(b"229 (|||6446|)\r\n")
    control.client(b"REST 100\r\n").server(b"350 ok\r\n").client(b"RETR a\r\n")
    data = Connection(recording, CLIENT, SERVER, 40001, 6446).open()
    data.server(CONTENT[100:]).close(by=1)
    control.server(b"150 go (20004 bytes)\r\n226 ok\r\n")
    (file,) = rows_of(recording.pcap())["file_activity"]
    assert (file["sha256"], file["is_complete"], file["seen_bytes"]) == (None, False, 19_904)


def test_a_broken_transfer_is_not_whole() -> None:
    recording = Recording()
    control = logged_in(recording)
    control.client(b"EPSV\r\n").server(b"229 (|||6446|)\r\n").client(b"RETR a\r\n")
    data = Connection(recording, CLIENT, SERVER, 40001, 6446).open()
    data.server(CONTENT[:5000])  # and the recording ends
    (file,) = rows_of(recording.pcap())["file_activity"]
    assert (file["sha256"], file["is_complete"], file["seen_bytes"]) == (None, False, 5000)


def test_commands_in_one_segment_get_their_own_replies() -> None:
    recording = Recording()
    control = logged_in(recording)
    control.client(b"CWD /a\r\nDELE x\r\nMKD y\r\nSITE CHMOD 777 z\r\nRNFR p\r\nRNTO q\r\n")
    control.server(b"250 ok\r\n550 no\r\n257-made\r\n257 it\r\n200 ok\r\n350 and\r\n")
    rows = rows_of(recording.pcap())
    assert asked(rows) == [
        ("CWD", "/a", "250"), ("DELE", "x", "550"), ("MKD", "y", "257"),
        ("SITE", "CHMOD 777 z", "200"), ("RNFR", "p", "350"), ("RNTO", "q", None),
    ]  # fmt: skip


def test_ends_are_read_strictly() -> None:
    assert ends_of_port(b"10,0,0,5,4,1") == (halves("10.0.0.5"), 1025)
    assert ends_of_port(b"227 =10,0,0,5,4,1.") == (halves("10.0.0.5"), 1025)
    for text in (b"", b"10,0,0,5,4", b"256,0,0,5,4,1", b"10,0,0,5,0,0", b"1,2,3,4,5,6000"):
        assert ends_of_port(text) is None
    assert ends_of_eprt(b"|1|132.235.1.2|6275|") == (halves("132.235.1.2"), 6275)
    assert ends_of_eprt(b"|2|1080::8:800:200C:417A|5282|") == (
        halves("1080::8:800:200c:417a"), 5282,
    )  # fmt: skip
    for text in (b"", b"|", b"|1|x|1|", b"|1|1.2.3.4|0|", b"|1|1.2.3.4|65536|", b"|1|::1%e|\xb2|"):
        assert ends_of_eprt(text) is None
    assert port_of_epsv(b"229 Entering Extended Passive Mode (|||6446|)") == 6446
    for text in (b"229", b"229 (||6446|)", b"229 (|||0|)", b"229 (|||99999|)"):
        assert port_of_epsv(text) is None
    assert written(halves("192.0.2.1"), 21) == "192.0.2.1"
    assert written(halves("2001:db8::1"), 2121) == "[2001:db8::1]:2121"
