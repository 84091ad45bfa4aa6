"""Sound logs, and ways to damage them that know how a log is built."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from tests.unit.ingest.alerts.lines import EVERY as ALERTS
from tests.unit.ingest.alerts.lines import FAST, FULL, RITA_CSV
from tests.unit.ingest.eve.test_eve import FLOW as EVE_FLOW
from tests.unit.ingest.eve.test_eve import event
from tests.unit.ingest.flow_logs import samples
from tests.unit.ingest.messages.lines import DNS, EVERY, EXTENDED
from tests.unit.ingest.messages.more_vendor_lines import MORE
from tests.unit.ingest.messages.test_cloud_lines import LINES
from tests.unit.ingest.messages.test_json_devices import OBJECTS
from tests.unit.ingest.messages.test_neighbours import TABLES
from tests.unit.ingest.messages.vendor_lines import CASES
from tests.unit.ingest.records.clouds import CLOUDS
from tests.unit.ingest.records.endpoints import ENDPOINTS
from tests.unit.ingest.text.test_csv_rows import DEFENDER, exported
from tests.unit.ingest.zeek.test_json_log import CONN as JSON_CONN
from tests.unit.ingest.zeek.test_text_log import CONN, FLOW, log

_VALUES = (
    b"-", b"", b"(empty)", b"nan", b"-1", b"1e308", b"9" * 400, b"\x00", b"\xff\xfe", b"\r",
    b"a\tb", b'"', b"\\x00\\xff", b"::", b"999.1.1.1", b"fe80::%x", b",,,,", b"\xe2\x80\xae",
    b"null", b"[]", b"{}", b"true", b"\\ud800", b"1.5,", b"#fields", b"{" * 3000, b"x" * 70_000,
)  # fmt: skip

_STRANGE = (b"#fields", b"#path\tdns", b"#separator \\x2c", b"{}", b"[")
_JSON_VALUES = (
    b"null", b"[]", b"{}", b"-1", b"1e999", b"9" * 400, b'"\\ud800"', b'"\\u0000"', b"NaN", b"[[[",
    b'{"a":{"a":{"a":1}}}', b"[" * 3000 + b"]" * 3000, b'"x"', b"true", b"1.5", b'["a",1,null]',
    b'"' + b"x" * 70_000 + b'"', b"\xff", b"\x00",
)  # fmt: skip


def seeds() -> dict[str, bytes]:
    """Sound logs by name, a few dozen lines each."""
    ends = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p"
    dns = f"{ends} proto trans_id query qtype_name answers TTLs"
    line = "2.5 C9 192.0.2.1 9 192.0.2.2 53 udp 7 a.example A 192.0.2.3,192.0.2.4 60.0,60.0"
    events = [
        EVE_FLOW,
        event("dns", dns={"type": "query", "rrname": "a", "rrtype": "A", "answers": []}),
        event("http", http={"hostname": "h", "url": "/", "status": 200, "length": 5}),
        event("alert", alert={"gid": 1, "signature_id": 2, "signature": "S", "severity": 3}),
        event("smb", smb={"command": "SMB2_COMMAND_CREATE", "ntlmssp": {"user": "u"}}),
        event("krb5", krb5={"msg_type": "KRB_AS_REQ", "cname": "c", "encryption": "<none>"}),
        event("tls", tls={"sni": "s", "subject": "CN=s", "issuerdn": "CN=i"}),
        event("dhcp", dhcp={"dhcp_type": "ack", "assigned_ip": "192.0.2.9", "client_mac": "m"}),
        event("fileinfo", fileinfo={"filename": "f", "size": 4, "state": "CLOSED"}),
        event("stats", stats={"capture": {"kernel_packets": 4}}),
    ]
    values = [JSON_CONN, {"ts": 2.5, "note": "N::X", "msg": "m"}, {**JSON_CONN, "_path": "conn"}]
    office = {
        "CreationTime": "2024-05-01T10:00:00", "Operation": "UserLoginFailed",
        "Workload": "Exchange", "UserId": "u", "ClientIP": "192.0.2.1:5",
        "Parameters": [{"Name": "a", "Value": "b"}],
        "ExtendedProperties": [{"Name": "UserAgent", "Value": "x"}],
    }  # fmt: skip
    logon = {"@timestamp": "2024-05-01T10:00:00Z", "Channel": "Security", "EventID": 4625,
             "IpAddress": "192.0.2.3", "LogonType": 3, "Status": "0x0"}  # fmt: skip
    told = [event for event, _, _ in (*CLOUDS, *ENDPOINTS)]
    return {
        "table of events": exported(*[DEFENDER] * 30, end="\n"),
        "events of products": b"".join(json.dumps(v).encode() + b"\n" for v in told),
        "microsoft 365": b"".join(json.dumps(v).encode() + b"\n" for v in [office] * 30),
        **{name: samples.log(lines * (32 // len(lines))) for name, lines in samples.ALL.items()},
        "windows": b"".join(json.dumps(v).encode() + b"\n" for v in [logon] * 30),
        "zeek text": log("conn", CONN, *[FLOW] * 20) + log("dns", dns, *[line] * 10),
        "zeek json": b"".join(json.dumps(value).encode() + b"\n" for value in values * 8),
        "eve": b"".join(json.dumps(value).encode() + b"\n" for value in events * 4),
        "extended": EXTENDED + EXTENDED * 6,
        "alerts": b"".join(json.dumps(v).encode() + b"\n" for v in ALERTS * 3),
        "alerts in full": FULL * 6,
        "rita": RITA_CSV + RITA_CSV[-300:] * 6,
        "messages": b"".join(line.encode() + b"\n" for line in (*EVERY, *DNS, *FAST, *LINES) * 3),
        "neighbours": b"".join(t.encode() + b"\n" for t in TABLES.values()) * 3,
        "device json": b"".join(json.dumps(v).encode() + b"\n" for v in OBJECTS * 4),
        "vendors": b"".join(case[1].encode() + b"\n" for case in (*CASES, *MORE)),
    }


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A copy with a few kinds of damage; the first line, which tells the format, is left alone."""
    first, *lines = data.split(b"\n")
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(lines))
        lines[place] = chance.choice(_WAYS)(lines[place], chance)
    for _ in range(chance.randint(0, 2)):
        chance.choice(_ORDERS)(lines, chance)
    return b"\n".join([first, *lines])


def _field(line: bytes, chance: random.Random) -> bytes:
    separator = b"," if line.startswith(b"{") else b"\t"
    parts = line.split(separator)
    place = chance.randrange(len(parts))
    way = chance.randrange(3)
    if way == 0:
        del parts[place]
    elif way == 1:
        parts.insert(place, parts[place])
    elif separator == b",":
        key = parts[place].partition(b":")[0]
        parts[place] = key + b":" + chance.choice(_JSON_VALUES)
    else:
        parts[place] = chance.choice(_VALUES)
    return separator.join(parts)


def _octets(line: bytes, chance: random.Random) -> bytes:
    changed = bytearray(line or b"x")
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _field, _field, _field, _octets,
    lambda line, chance: line[: chance.randrange(len(line) + 1)],
    lambda line, chance: line + line,
    lambda line, chance: line + b"\r",
    lambda line, chance: chance.choice(_STRANGE),
)  # fmt: skip


def _swap(lines: list[bytes], chance: random.Random) -> None:
    chance.shuffle(lines)


def _drop(lines: list[bytes], chance: random.Random) -> None:
    del lines[chance.randrange(len(lines)) :]


def _double(lines: list[bytes], chance: random.Random) -> None:
    place = chance.randrange(len(lines) + 1)
    lines[place:place] = lines[:3]


_ORDERS = (_swap, _drop, _double)
