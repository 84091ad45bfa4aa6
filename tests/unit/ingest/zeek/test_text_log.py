"""Zeek's own form: header, drift between versions, escapes, damaged lines."""

from __future__ import annotations

import pytest

from netcordon.ingest.zeek import text_log
from netcordon.tables.schema import TABLES
from tests.unit.ingest.text.logs import read

HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{path}\n"
    "#open\t2026-01-01-00-00-00\n#fields\t{fields}\n#types\t{types}\n"
)
CONN = (
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes "
    "conn_state local_orig missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes "
    "tunnel_parents"
)


def log(path: str, fields: str, *lines: str) -> bytes:
    names = fields.split()
    head = HEADER.format(path=path, fields="\t".join(names), types="\t".join(names))
    return (head + "".join(line.replace(" ", "\t") + "\n" for line in lines)).encode()


FLOW = (
    "1655071198.444458 CHLXQF2OBY4onAR0Ug 192.0.2.167 62771 2001:db8::7 443 tcp ssl 1.135424 1596 "
    "4039 SF T 0 ShADdaFf 14 2400 16 5000 (empty)"
)


def test_a_flow_keeps_what_zeek_says_of_it() -> None:
    found = read(log("conn", CONN, FLOW))
    row = found.only("network_activity")
    assert found.kind == "zeek-text"
    assert row["uid"] == "CHLXQF2OBY4onAR0Ug"
    assert (row["src_ip"], row["src_port"]) == ("192.0.2.167", 62771)
    assert (row["dst_ip"], row["dst_port"]) == ("2001:db8::7", 443)
    assert (row["service"], row["conn_state"], row["history"]) == ("tls", "SF", "ShADdaFf")
    assert (row["payload_bytes_out"], row["payload_bytes_in"]) == (1596, 4039)
    assert (row["tcp_flags_out"], row["tcp_flags_in"]) == (2 | 16 | 1, 2 | 16 | 1)
    assert str(row["end_time"]) == "2022-06-12 21:59:59.579882"
    assert row["first_frame"] == 9, "the line it stands in"
    assert found.adds_up


def test_octets_counted_by_forged_sequence_numbers_are_held_to_the_packets() -> None:
    forged = FLOW.replace(" 1596 ", " 4000000000 ")
    row = read(log("conn", CONN, forged)).only("network_activity")
    assert row["payload_bytes_out"] == 2400 - 14 * 40


def test_unset_counts_are_derived_only_where_the_packets_tell() -> None:
    udp = "1.5 C1 192.0.2.1 9 192.0.2.2 53 udp - - - - S0 - 0 D 2 120 0 0 -"
    syn = "1.5 C2 192.0.2.1 9 192.0.2.2 80 tcp - - - - S0 - 0 S 1 60 0 0 -"
    rows = read(log("conn", CONN, udp, syn)).tables["network_activity"]
    assert [row["payload_bytes_out"] for row in rows] == [120 - 2 * 28, 0]
    assert [row["tcp_flags_out"] for row in rows] == [None, 2]


def test_versions_with_fewer_more_or_other_fields_are_read() -> None:
    short = log(
        "conn",
        "ts id_orig_h id_orig_p id_resp_h id_resp_p proto new",
        "1.5 192.0.2.1 9 192.0.2.2 53 udp x",
    )
    row = read(short).only("network_activity")
    assert (row["src_ip"], row["src_port"], row["conn_state"]) == ("192.0.2.1", 9, None)
    csv = b"ts,uid,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,conn_state,label\n" + (
        b"1540469303,C1,192.0.2.1,9,192.0.2.2,123,udp,,SF,benign\n"
    )
    found = read(csv)
    assert found.kind == "zeek-csv"
    assert found.only("network_activity")["service"] is None
    assert found.adds_up


def test_what_is_no_line_of_the_log_is_refused_with_its_number() -> None:
    lines = [
        FLOW,
        FLOW.replace("192.0.2.167", "192.0.2.999"),
        "too few fields",
        FLOW.replace("1655071198.444458", "-"),
        FLOW.replace("SF", "S\rF"),
    ]
    found = read(log("conn", CONN, *lines))
    assert len(found.tables["network_activity"]) == 1
    assert dict(found.result.refused) == {
        "a carriage return inside the line": 1,
        "another number of fields": 1,
        "id.orig_h is no address": 1,
        "no time": 1,
    }
    assert found.adds_up
    kept = {row["what"]: row["first_frame"] for row in found.tables["ingest_warning"]}
    assert kept["not read: another number of fields"] == 11
    assert kept["not read: id.orig_h is no address"] == 10


def test_logs_that_follow_each_other_in_one_file_each_have_their_own_header() -> None:
    fields = (
        "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto trans_id query qtype_name rcode_name "
        "answers TTLs rtt"
    )
    line = (
        "2.5 C9 192.0.2.1 9 192.0.2.2 53 udp 7 a\\x09b.example A NOERROR "
        "192.0.2.3,192.0.2.4 60.0,60.0 0.25"
    )
    dns = log("dns", fields, line)
    found = read(log("conn", CONN, FLOW) + b"#close\tnow\n" + dns)
    assert len(found.tables["network_activity"]) == 1
    asked, told = found.tables["dns_activity"]
    assert (asked["query"], asked["is_response"], asked["rcode"]) == ("a\tb.example", False, None)
    assert told["answers"] == ["192.0.2.3", "192.0.2.4"]
    assert told["answer_ttls"] == [60, 60]
    assert str(told["time"]) == "1970-01-01 00:00:02.750000"
    assert asked["frame"] == told["frame"] == 19
    assert found.adds_up


def test_a_log_without_a_table_is_refused_not_dropped() -> None:
    found = read(log("telemetry", "ts name value", "1.5 a 2"))
    assert dict(found.result.refused) == {"no table for the log telemetry": 1}


def test_rotations_put_together_are_read_as_one_log() -> None:
    found = read(log("conn", CONN, FLOW) * 3000)
    assert found.adds_up
    assert len(found.tables["network_activity"]) == 3000


def test_ever_changing_headers_do_not_take_endless_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_log, "MOST_CHANGES", 8)
    software = log("software", "ts host software_type name", "1.5 192.0.2.1 X y")
    found = read((log("conn", CONN, FLOW) + software) * 40)
    assert found.adds_up
    assert found.result.refused["after too many changes of the header"] == 80 - 8
    assert len(found.tables["network_activity"]) + len(found.tables["application_activity"]) == 8


def test_every_column_of_every_table_is_there() -> None:
    found = read(log("conn", CONN, FLOW))
    assert set(found.only("network_activity")) == {
        c.name for c in TABLES["network_activity"].flat()
    }
