"""Each vendor's messages by lines written after its log reference."""

from __future__ import annotations

from datetime import datetime

import pytest

from netcordon.tables.schema import TABLES
from tests.unit.ingest.messages.lines import read_messages
from tests.unit.ingest.messages.more_vendor_lines import MORE
from tests.unit.ingest.messages.vendor_lines import CASES, Case

ALL_CASES = (*CASES, *MORE)


@pytest.mark.parametrize("case", ALL_CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(ALL_CASES)])
def test_a_message_says(case: Case) -> None:
    kind, line, table, wanted = case
    found = read_messages(line)
    assert found.kind == f"syslog:{kind}"
    row = found.only(table)
    assert {name: row[name] for name in wanted} == dict(wanted)
    time = row[TABLES[table].time]
    assert isinstance(time, datetime)
    assert (time.year, time.month, time.minute, time.second) in ((2024, 5, 8, 9), (2024, 5, 8, 4))


def test_a_tunnel_told_of_in_steps_is_one_login() -> None:
    steps = [case[1] for case in CASES[:2]]
    found = read_messages(*steps)
    assert len(found.tables["authentication"]) == 1
    later = [step.replace("07:08:09", "07:10:00") for step in steps[:1]]
    assert len(read_messages(*steps, *later).tables["authentication"]) == 2


def test_what_is_said_often_of_an_address_is_one_row() -> None:
    lease = "<30>2024-05-06T07:0{}:09Z srv dhcpd[9]: DHCPACK on 10.1.0.9 to 02:00:00:00:00:09 (pc9)"
    row = read_messages(*(lease.format(n) for n in (3, 1, 2))).only("host_identity")
    assert (row["count"], row["first_frame"]) == (3, 1)
    assert (row["first_seen_time"], row["last_seen_time"]) == (
        datetime(2024, 5, 6, 7, 1, 9), datetime(2024, 5, 6, 7, 3, 9),
    )  # fmt: skip


def test_inspection_and_interim_reports_of_a_session_make_one_flow() -> None:
    line = (
        '<189>date=2024-05-06 time=09:08:{} devname="fg" devid="F1" tz="+0200" '
        'eventtime=17149792{} logid="1" sessionid=9 srcip=192.0.2.9 srcport=50000 '
        "dstip=198.51.100.5 dstport=443 proto=6 "
    )
    found = read_messages(
        line.format("09", 89) + 'type="utm" subtype="webfilter" hostname="a.example" url="/"',
        line.format("10", 90) + 'type="utm" subtype="webfilter" hostname="a.example" url="/b"',
        line.format("11", 91) + 'type="traffic" subtype="forward" action="accept" duration=2 '
        "sentbyte=500 rcvdbyte=600 sentdelta=500",
        line.format("19", 99) + 'type="traffic" subtype="forward" action="close" duration=10 '
        "sentbyte=900 rcvdbyte=800",
    )
    row = found.only("network_activity")
    assert (row["ip_bytes_out"], row["ip_bytes_in"], row["duration_s"]) == (900, 800, 10.0)
    assert len(found.tables["http_activity"]) == 2
