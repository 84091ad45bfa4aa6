"""Flow logs of clouds and tools: one row a flow, both directions, turned to who began it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from netcordon.evidence.recognise import recognise
from tests.unit.ingest.flow_logs import samples
from tests.unit.ingest.text.logs import Read, read

CLIENT, SERVER = "10.1.0.5", "192.0.2.80"


def flows(found: Read) -> dict[object, dict[str, object]]:
    """Rows by the port of the initiator."""
    return {row["src_port"]: row for row in found.tables["network_activity"]}


@pytest.mark.parametrize(
    ("name", "kind", "packets", "octets"),
    [
        ("vpc", "vpc", (10, 8), (2000, 9000)),
        ("vpc_fields", "vpc", (10, 8), (2000, 9000)),
        ("azure_group", "azure-flow", (11, 9), (2060, 9060)),
        ("azure_network", "azure-flow", (10, 8), (2000, 9000)),
        ("google", "google-flow", (10, 8), (2000, 9000)),
        ("argus", "argus", (10, 8), (2000, 9000)),
        ("silk", "silk", (10, 8), (2000, 9000)),
        ("nfdump", "nfdump", (10, 8), (2000, 9000)),
    ],
)
def test_a_connection_is_one_row_of_every_log(
    name: str, kind: str, packets: tuple[int, int], octets: tuple[int, int]
) -> None:
    found = read(samples.log(samples.ALL[name]))
    assert found.kind == kind
    assert found.adds_up
    row = flows(found)[40000]
    ends = [row[k] for k in ("src_ip", "dst_ip", "dst_port", "protocol")]
    assert ends == [CLIENT, SERVER, 443, "tcp"]
    assert (row["packets_out"], row["packets_in"]) == packets
    assert (row["ip_bytes_out"], row["ip_bytes_in"]) == octets
    assert row["start_time"].replace(microsecond=0) == datetime(2023, 11, 14, 22, 13, 20)  # type: ignore[attr-defined]
    assert row["exporter"]
    with_zone = name in ("argus", "silk", "nfdump")
    assert {w.code for w in found.result.warnings} >= ({"NC-271"} if with_zone else set())


def test_vpc_records_with_and_without_traffic() -> None:
    found = read(samples.log(samples.VPC))
    assert (found.result.records, found.result.facts["comment_lines"]) == (4, 2)
    assert found.result.facts["vpc_skipped_intervals"] == 1
    rows = flows(found)
    assert (rows[51000]["conn_state"], rows[51000]["packets_in"]) == ("S0", 0)
    assert (rows[5000]["src_ip"], rows[5000]["protocol"]) == ("2001:db8::1", "udp")
    assert (rows[40000]["exporter"], rows[40000]["first_frame"]) == ("eni-0a1", 1)


def test_vpc_headers_again_and_again_and_times_of_cloudwatch() -> None:
    twice = samples.VPC_FIELDS[:2] + [samples.VPC_FIELDS[0].upper()] + samples.VPC_FIELDS[2:]
    found = read(samples.log(twice))
    assert (found.result.records, found.result.facts["comment_lines"]) == (3, 2)
    rows = flows(found)
    assert (rows[40000]["tcp_flags_out"], rows[40000]["tcp_flags_in"]) == (3, 19)
    assert rows[None]["protocol"] == "icmp"
    watched = [f"2023-11-14T22:14:00.000Z {line}" for line in samples.VPC]
    assert flows(read(samples.log(watched)))[40000]["packets_in"] == 8
    transit = [
        "version account-id tgw-id tgw-attachment-id srcaddr dstaddr srcport dstport protocol "
        "packets bytes start end log-status",
        "6 1 tgw-1 att-1 10.1.0.5 10.2.0.5 40000 445 6 3 180 1700000000 1700000001 OK",
    ]
    assert flows(read(samples.log(transit)))[40000]["exporter"] == "att-1"


def test_azure_counts_what_it_cannot_read() -> None:
    (line,) = samples.AZURE_NETWORK
    value = json.loads(line)
    tuples = value["flowRecords"]["flows"][0]["flowGroups"][0]["flowTuples"]
    tuples += ["x", 7, "1,2", "1700000000000,host,192.0.2.80,1,443,6,O,B,NX,0,0,0,0"]
    found = read(json.dumps({"records": [value]}, indent=1).encode())
    assert found.result.facts["azure_unread_tuples"] == 4
    rows = flows(found)
    assert (rows[51000]["conn_state"], rows[40000]["exporter"]) == ("S0", "00:0d:3a:f8:78:56")
    assert rows[40000]["duration_s"] == 5.25
    (old,) = flows(read(samples.log(samples.AZURE_GROUP_1))).values()
    assert (old["packets_out"], old["src_ip"]) == (None, CLIENT)


def test_argus_with_states_arrows_and_lines_that_are_no_flows() -> None:
    found = read(samples.log(samples.ARGUS))
    assert found.result.refused == {"no protocol of IP": 1}
    rows = flows(found)
    assert (rows[40000]["conn_state"], rows[51000]["conn_state"]) == ("SF", "REJ")
    assert (rows[5000]["src_ip"], rows[5000]["packets_in"], rows[5000]["conn_state"]) == (
        CLIENT, 1, "SF",
    )  # fmt: skip
    assert (rows[3]["src_ip"], rows[3]["protocol"]) == ("10.1.0.1", "icmp")
    words = [
        samples.ARGUS[0],
        "2023/11/14 22:13:20.25,2.0,tcp,10.1.0.5,1,  ->,192.0.2.80,443,CON,0,0,9,900,400,5,",
        "2023/11/14 22:13:20.25,2.0,tcp,10.1.0.5,2,  ->,192.0.2.80,443,REQ,0,0,1,74,74,1,",
        "2023/11/14 22:13:20.25,2.0,tcp,192.0.2.80,443,  <?>,10.1.0.5,50003,FIN,0,0,9,900,400,5,",
    ]
    states = {port: row["conn_state"] for port, row in flows(read(samples.log(words))).items()}
    assert states == {1: "S1", 2: "S0", 50003: "SF"}


@pytest.mark.parametrize(
    "line",
    [
        b"2 123 eni a b c d e f g h i j k\n", b"srcaddr dstaddr\n", b'{"flowTuples": 1}\n',
        b'{"jsonPayload": {"connection": []}}\n', b"StartTime,Dur,Proto\n", b"sIP|dIP|\n",
        b'{"properties": {"flows": [{"flows": [{"flowTuples": 3}]}]}}\n',
    ],
)  # fmt: skip
def test_what_only_looks_like_a_flow_log_is_left_to_others(line: bytes) -> None:
    found = recognise(line)
    kinds = ("vpc", "azure-flow", "google-flow", "argus", "silk", "nfdump")
    assert found is None or found.kind not in kinds
