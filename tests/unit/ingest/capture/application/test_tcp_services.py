"""Parsers of services over TCP: dialogues as their specifications draw them."""

from __future__ import annotations

import json
import struct

import pytest

from netcordon.ingest.capture.application.tcp import named
from netcordon.ingest.capture.events import ORIG, RESP, SERVICES
from tests.unit.ingest.capture.application import talk
from tests.unit.ingest.capture.application.talk import Row
from tests.unit.ingest.capture.application.test_http import GET


def hear(*turns: tuple[int, bytes], port: int = 4000) -> talk.Heard:
    heard = talk.tcp(talk.stream(*turns), port)
    assert heard.layer.refused == {}
    return heard


def services(heard: talk.Heard) -> list[str]:
    return [SERVICES[number] for number in heard.feedback["service"].tolist() if number]


def rows(heard: talk.Heard) -> list[Row]:
    return heard.rows.get("application_activity", [])


def login(heard: talk.Heard) -> tuple[object, object, object]:
    row = heard.one("authentication")
    return row["service"], row["account"], row["outcome"]


def facts(row: Row) -> dict[str, object]:
    found = json.loads(str(row["detail"]))
    assert isinstance(found, dict)
    return found


def text(value: bytes) -> bytes:
    return struct.pack(">H", len(value)) + value


def mqtt(kind: int, body: bytes) -> bytes:
    return bytes([kind, len(body)]) + body


def test_mqtt_names_who_publishes_what() -> None:
    connect = mqtt(0x10, text(b"MQTT") + b"\x04\xc2\0\x3c" + text(b"cam-1") + text(b"anna")
                   + text(b"hunter2"))  # fmt: skip
    publish = mqtt(0x30, text(b"home/door") + b"open")
    subscribe = mqtt(0x82, b"\0\1" + text(b"#") + b"\0")
    heard = hear((ORIG, connect), (RESP, b"\x20\2\0\0"), (ORIG, publish + publish + subscribe))
    assert [(row["operation"], row["object"]) for row in rows(heard)] == [
        ("CONNECT", "cam-1"), ("CONNACK", None), ("PUBLISH", "home/door"), ("SUBSCRIBE", "#"),
    ]  # fmt: skip
    assert login(heard) == ("mqtt", "anna", "success")
    assert "hunter2" not in repr(heard.rows)
    refused = hear((ORIG, connect), (RESP, b"\x20\2\0\5"))
    assert login(refused)[2] == "failure"


def test_mqtt_5_has_properties() -> None:
    connect = mqtt(0x10, text(b"MQTT") + b"\5\x02\0\x3c\5\x11\0\0\0\x0a" + text(b"c5"))
    (row,) = rows(hear((ORIG, connect)))
    assert (row["object"], row["software"]) == ("c5", "MQTT 5")


def test_socks_5_with_a_login_and_http_inside() -> None:
    request = b"\5\1\0\3\x0bexample.com\0\x50"
    heard = hear(
        (ORIG, b"\5\2\0\2"), (RESP, b"\5\2"), (ORIG, b"\1\4anna\3abc"), (RESP, b"\1\0"),
        (ORIG, request), (RESP, b"\5\0\0\1\0\0\0\0\0\0"), (ORIG, GET),
    )  # fmt: skip
    (row,) = rows(heard)
    assert (row["operation"], row["object"], row["status"]) == (
        "CONNECT", "example.com:80", "succeeded")  # fmt: skip
    assert login(heard) == ("socks", "anna", "success")
    assert heard.one("http_activity")["method"] == "GET"
    assert services(heard)[-1] == "http"


@pytest.mark.parametrize(("request_", "target"), [
    (b"\4\1\0\x50\xc0\0\2\7anna\0", "192.0.2.7:80"),
    (b"\4\1\x01\xbb\0\0\0\1anna\0a.example\0", "a.example:443"),
])  # fmt: skip
def test_socks_4_and_4a(request_: bytes, target: str) -> None:
    heard = hear((ORIG, request_), (RESP, b"\0\x5a" + bytes(6)))
    (row,) = rows(heard)
    assert (row["object"], row["account"], row["status"]) == (target, "anna", "granted")
    assert set(services(heard)) == {"socks"}


def test_a_miner_logs_in() -> None:
    subscribe = b'{"id":1,"method":"mining.subscribe","params":["xmrig/6.0",null]}\n'
    authorize = b'{"id":2,"method":"mining.authorize","params":["bc1qwallet.rig","x"]}\n'
    heard = hear((ORIG, subscribe), (RESP, b'{"id":1,"result":[[],"08"],"error":null}\n'),
                 (ORIG, authorize), (RESP, b'{"id":2,"result":true,"error":null}\n'))  # fmt: skip
    first, second = rows(heard)
    assert (first["operation"], first["software"]) == ("mining.subscribe", "xmrig/6.0")
    assert (second["account"], second["status"]) == ("bc1qwallet.rig", "ok")
    assert login(heard) == ("stratum", "bc1qwallet.rig", "success")


def test_a_monero_miner_is_told_from_any_other_json() -> None:
    monero = (b'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"4AWallet","pass":"x",'
              b'"agent":"XMRig/5"}}\n')  # fmt: skip
    heard = hear((ORIG, monero), (RESP, b'{"id":1,"error":{"code":-1,"message":"no"}}\n'))
    (row,) = rows(heard)
    assert (row["account"], row["software"], row["status"]) == ("4AWallet", "XMRig/5", "error")
    other = hear((ORIG, b'{"id":1,"method":"login","params":{"user":"anna"}}\n'))
    assert services(other) == []


def test_a_torrent_between_peers() -> None:
    head = b"\x13BitTorrent protocol" + bytes(8) + bytes(range(20))
    heard = hear((ORIG, head + b"-UT3550-" + bytes(12)), (RESP, head + bytes(20)))
    first, second = rows(heard)
    assert (first["object"], first["software"]) == (bytes(range(20)).hex(), "UT3550")
    assert second["is_response"] is True


def test_irc_tells_who_speaks_to_whom_and_never_what() -> None:
    heard = hear(
        (ORIG, b"NICK bot7\r\nUSER bot7 0 * :x\r\n"), (RESP, b":srv 001 bot7 :Welcome\r\n"),
        (ORIG, b"JOIN #c2 s3cret\r\nPRIVMSG #c2 :ready now\r\nPRIVMSG #c2 :again\r\n"),
        (RESP, b":boss!b@h PRIVMSG bot7 :.ddos\r\n"),
    )  # fmt: skip
    assert [(row["operation"], row["object"]) for row in rows(heard)] == [
        ("NICK", "bot7"), ("USER", "bot7"), ("JOIN", "#c2"), ("PRIVMSG", "#c2"),
        ("PRIVMSG", "bot7"),
    ]  # fmt: skip
    assert rows(heard)[-1]["account"] == "boss"
    assert login(heard) == ("irc", "bot7", "success")
    assert not any(word in repr(heard.rows) for word in ("s3cret", "ready", "ddos"))


def test_telnet_keeps_the_name_alone() -> None:
    heard = hear(
        (RESP, b"\xff\xfd\x18\xff\xfd\x20"), (ORIG, b"\xff\xfb\x18"), (RESP, b"\r\nlogin: "),
        (ORIG, b"ro"), (RESP, b"ro"), (ORIG, b"ox\x7ft\r\0"), (RESP, b"oot\r\nPassword: "),
        (ORIG, b"vizxv\r\0"), (RESP, b"\r\nBusyBox v1.1\r\n# "), (ORIG, b"id\r\0"),
        port=23,
    )  # fmt: skip
    assert login(heard) == ("telnet", "root", "success")
    assert "vizxv" not in repr(heard.rows)


def test_telnet_refuses() -> None:
    heard = hear(
        (RESP, b"\xff\xfd\x18\xff\xfd\x20\r\nlogin: "), (ORIG, b"admin\r\n"),
        (RESP, b"admin\r\nPassword: "), (ORIG, b"x\r\n"), (RESP, b"\r\nLogin incorrect\r\n"),
        port=23,
    )  # fmt: skip
    assert login(heard) == ("telnet", "admin", "failure")


@pytest.mark.parametrize(("result", "outcome"), [(0, "success"), (1, "failure")])
def test_vnc_with_a_challenge(result: int, outcome: str) -> None:
    heard = hear(
        (RESP, b"RFB 003.008\n"), (ORIG, b"RFB 003.008\n"), (RESP, b"\1\2"), (ORIG, b"\2"),
        (RESP, bytes(range(16))), (ORIG, bytes(16)), (RESP, result.to_bytes(4, "big")),
    )  # fmt: skip
    (row,) = rows(heard)
    assert (row["object"], row["software"], row["status"]) == ("VNC", "RFB 003.008", outcome)
    assert login(heard) == ("vnc", None, outcome)


def test_vnc_3_3_decides_alone() -> None:
    challenge = b"\0\0\0\2" + bytes(16)
    heard = hear((RESP, b"RFB 003.003\n"), (ORIG, b"RFB 003.003\n"), (RESP, challenge),
                 (ORIG, bytes(16)), (RESP, bytes(4)))  # fmt: skip
    assert login(heard) == ("vnc", None, "success")


def test_mysql_login() -> None:
    greeting = b"\x0a8.0.30\0" + bytes(60)
    request = (struct.pack("<II", 0x8 | 0x8000 | 0x200, 1 << 24) + b"\x21" + bytes(23) + b"root\0"
               + b"\x14" + b"h" * 20 + b"shop\0")  # fmt: skip
    refused = b"\xff\x15\x04#28000Access denied"
    packets = [len(p).to_bytes(3, "little") + bytes([i]) + p
               for i, p in enumerate((greeting, request, refused))]  # fmt: skip
    heard = hear((RESP, packets[0]), (ORIG, packets[1]), (RESP, packets[2]))
    (row,) = rows(heard)
    assert (row["object"], row["software"], row["status"]) == ("shop", "8.0.30", "error 1045")
    assert login(heard) == ("mysql", "root", "failure")


def test_postgresql_login_after_a_refused_encryption() -> None:
    body = struct.pack(">I", 196608) + b"user\0anna\0database\0shop\0application_name\0psql\0\0"
    startup = struct.pack(">I", len(body) + 4) + body
    heard = hear(
        (ORIG, struct.pack(">II", 8, 80877103)), (RESP, b"N"), (ORIG, startup),
        (RESP, b"R" + struct.pack(">II", 12, 5) + b"salt"),
        (ORIG, b"p\0\0\0\x28md5" + b"0" * 32 + b"\0"),
        (RESP, b"R" + struct.pack(">II", 8, 0)),
    )  # fmt: skip
    (row,) = rows(heard)
    assert (row["object"], row["software"], row["status"]) == ("shop", "psql", "ok")
    assert facts(row) == {"authentication": "md5"}
    assert login(heard) == ("postgresql", "anna", "success")


def bson(*fields: bytes) -> bytes:
    body = b"".join(fields) + b"\0"
    return struct.pack("<I", len(body) + 4) + body


def op_msg(document: bytes, answers: int = 0) -> bytes:
    return struct.pack("<IIII", 21 + len(document), 7, answers, 2013) + bytes(5) + document


def bson_text(name: bytes, value: bytes) -> bytes:
    return b"\2" + name + b"\0" + struct.pack("<I", len(value) + 1) + value + b"\0"


def test_mongodb_commands_and_login() -> None:
    payload = b"n,,n=anna,r=nonce"
    start = bson(b"\x10saslStart\0\1\0\0\0", b"\5payload\0" + struct.pack("<IB", len(payload), 0)
                 + payload, bson_text(b"$db", b"admin"))  # fmt: skip
    find = bson(bson_text(b"find", b"cards"), bson_text(b"$db", b"shop"))
    done = bson(b"\x08done\0\1", b"\1ok\0" + struct.pack("<d", 1))
    heard = hear((ORIG, op_msg(start)), (RESP, op_msg(done, 7)), (ORIG, op_msg(find)))
    assert [(row["operation"], row["object"]) for row in rows(heard)] == [
        ("saslStart", "admin"), ("find", "shop.cards")]  # fmt: skip
    assert login(heard) == ("mongodb", "anna", "success")


def resp(*words: bytes) -> bytes:
    head = b"*%d\r\n" % len(words)
    return head + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def test_redis_commands_without_values() -> None:
    heard = hear(
        (ORIG, resp(b"AUTH", b"default", b"pw1")), (RESP, b"-WRONGPASS no\r\n"),
        (ORIG, resp(b"CONFIG", b"SET", b"dir", b"/root/.ssh") + resp(b"SET", b"k", b"v" * 99999)
         + resp(b"GET", b"secret-key")), (RESP, b"+OK\r\n"),
    )  # fmt: skip
    assert [(row["operation"], row["object"]) for row in rows(heard)] == [
        ("AUTH", None), ("CONFIG", "SET dir"), ("SET", None), ("GET", None)]  # fmt: skip
    assert login(heard) == ("redis", "default", "failure")
    assert not any(word in repr(heard.rows) for word in ("pw1", "secret-key", "/root"))


def test_sip_over_tcp_in_pieces() -> None:
    invite = (
        b"INVITE sip:bob@b.example SIP/2.0\r\nFrom: <sip:anna@a.example>\r\n"
        b"To: <sip:bob@b.example>\r\nCSeq: 1 INVITE\r\nContent-Length: 4\r\n\r\nv=0\n"
    )
    busy = b"SIP/2.0 486 Busy Here\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n"
    heard = hear((ORIG, invite[:60]), (ORIG, invite[60:] + b"\r\n\r\n"), (RESP, busy))
    first, second = rows(heard)
    assert (first["operation"], first["account"]) == ("INVITE", "anna@a.example")
    assert (second["operation"], second["status"]) == ("INVITE", "486 Busy Here")


NAMED = {
    "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "rtsp": b"DESCRIBE rtsp://cam/1 RTSP/1.0\r\n\r\n",
    "xmpp": b"<?xml version='1.0'?><stream:stream to='a' xmlns='jabber:client'>",
    "rsync": b"@RSYNCD: 31.0\n",
    "adb": b"CNXN\0\0\0\1" + bytes(12) + b"\xbc\xb1\xa7\xb1host::\0",
    "ajp": b"\x12\x34\0\x40\2\2" + bytes(62),
    "pptp": b"\0\x9c\0\1\x1a\x2b\x3c\x4d\0\1\0\0" + bytes(144),
    "nfs": struct.pack(">11I", 0x80000028, 9, 0, 2, 100003, 3, 1, 0, 0, 0, 0),
    "portmap": struct.pack(">11I", 0x80000028, 9, 0, 2, 100000, 2, 4, 0, 0, 0, 0),
    "zabbix": b"ZBXD\1" + bytes(12),
    "x11": b"l\0\x0b\0\0\0" + bytes(6),
    "enip": b"\x65\0\4\0" + bytes(20) + b"\1\0\0\0",
    "iec104": b"\x68\4\7\0\0\0",
    "opcua": (b"HELF" + struct.pack("<7I", 56, 0, 65535, 65535, 0, 0, 24)
              + b"opc.tcp://10.0.0.9:4840/"),
    "stun": b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12),
    "openvpn": b"\0\x0e\x38" + bytes(range(1, 9)) + bytes(5),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(NAMED))
def test_protocols_are_named(name: str) -> None:
    assert services(hear((ORIG, NAMED[name]))) == [name]
    assert named.name_of(NAMED[name]) is not None


def test_a_web_socket_is_named_after_the_upgrade() -> None:
    asked = b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    given = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    heard = hear((ORIG, asked), (RESP, given), (RESP, b"\x81\2hi"))
    assert services(heard)[-1] == "websocket"
    assert heard.one("http_activity")["status_code"] == 101
