"""Marks of recorded flows as rules: Sigma's are asked of the same tables, numbers are kept."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.model.severity import Severity
from netcordon.model.signature import How, Mark, Pace, Trait
from netcordon.signatures.belonging import add_own_flows
from netcordon.signatures.marks import marks_of
from netcordon.signatures.sids import COUNT, FIRST, Ledger, fingerprint
from netcordon.signatures.sigma_rule import as_yaml, sigma_rules
from netcordon.signatures.sigma_tables import add_hits
from netcordon.signatures.suricata_rule import suricata_rule
from tests.cases import evidence
from tests.unit.planning.network import HOME, JA4, PARTNER, PC, PC2, calls, hellos

DAY = datetime(2026, 9, 21)
NAME = "c2.bad.example"
RESOLVER = "10.2.0.53"
CHANNELS = [
    {"src": PC, "dst": HOME, "dst_name": NAME, "port": 443, "finding_ids": ["f-1"]},
    {"src": PC, "dst": RESOLVER, "dst_name": "t.worse.example", "port": 53, "finding_ids": []},
]


@pytest.fixture
def traffic(tmp_path):
    home = calls(1, PC, HOME, 443, [22.0 * n for n in range(12)])
    web = calls(30, PC, HOME, 80, [5.0, 6.0])
    pages = calls(100, PC2, PARTNER, 443, [float(n) for n in range(8)])
    names = [f"{n:08x}.t.worse.example" for n in range(40)] + ["www.partner.example"]
    asked = calls(200, PC, RESOLVER, 53, [float(n) for n in range(len(names))])
    tables = {
        "network_activity": [*home, *web, *pages, *asked],
        "tls_activity": [
            *hellos(home, server_name=NAME, ja4=JA4),
            *hellos(pages, server_name="www.partner.example", ja4=JA4),
        ],
        "http_activity": [
            {**row, "uri": f"/gate/{n}{n}.php"}
            for n, row in enumerate(
                hellos(web, host=f"{HOME}", method="POST", user_agent='Evil"; sid:1;)')
            )
        ],
        "dns_activity": [
            {"time": f["start_time"], "frame": n, "uid": f["uid"], "src_ip": PC,
             "dst_ip": RESOLVER, "dst_port": 53, "service": "dns", "is_response": False,
             "query": name}
            for n, (f, name) in enumerate(zip(asked, names, strict=True))
        ],
    }  # fmt: skip
    with evidence.engine(tables, tmp_path, home_nets=("10.0.0.0/8",)) as engine:
        yield engine


def sigma(mark):
    return sigma_rules(mark, "NC-2026-0001", Severity.HIGH, ["T1071.001"], DAY)


def hit(engine, mark):
    add_hits(engine, sigma(mark))
    return uids(engine, "hit")


def uids(engine, table):
    return {row["uid"] for row in engine.query(f"SELECT uid FROM {table}")}


def test_own_flows_are_those_of_the_attacker_and_the_look_ups_of_his_names(traffic):
    count = add_own_flows(traffic, CHANNELS)
    own = uids(traffic, "told")
    assert count == len(own)
    assert own == {f"C{n}" for n in (*range(1, 13), 30, 31, *range(200, 240))}


def test_each_mark_is_seen_in_the_flows_it_was_taken_from_and_wide_ones_elsewhere(traffic):
    add_own_flows(traffic, CHANNELS)
    own = uids(traffic, "told")
    marks = marks_of(traffic)
    found = {
        (mark.kind, tuple(t.column for t in mark.traits)): hit(traffic, mark) for mark in marks
    }
    home, labels = {f"C{n}" for n in range(1, 13)}, {f"C{n}" for n in range(200, 240)}
    assert found["tls client", ("ja4", "server_name")] == home
    assert found["tls client", ("ja4",)] == home | {f"C{n}" for n in range(100, 108)}
    assert found["tls name", ("server_name",)] == home
    assert found["dns labels", ("query", "query")] == labels
    assert found["http request", ("user_agent", "method", "uri")] == {"C30", "C31"}
    # The first calls of a run are no pace yet.
    assert found["pace", ("protocol", "dst_ip", "dst_port")] == {f"C{n}" for n in range(5, 13)}
    assert all(hits & own for hits in found.values())


def test_numbers_are_kept_and_texts_that_change_are_new_revisions(traffic):
    add_own_flows(traffic, CHANNELS)
    marks = marks_of(traffic)
    first = Ledger({})
    rules = [suricata_rule(mark, "NC-2026-0001", first) for mark in marks]
    assert len({sid for sid, _, _ in rules}) == len(marks)
    assert all(FIRST <= sid < FIRST + COUNT and rev == 1 for sid, rev, _ in rules)
    again = Ledger(first.entries)
    assert [suricata_rule(mark, "NC-2026-0001", again) for mark in marks] == rules
    other = suricata_rule(marks[0], "NC-2026-0002", Ledger(first.entries))
    assert other[:2] == (rules[0][0], 2)


def test_a_number_that_is_taken_goes_to_the_next():
    mark = Mark(kind="k", title="t", table="dns_activity",
                traits=(Trait(column="query", how=How.UNDER, value=NAME),))  # fmt: skip
    wanted = FIRST + int(fingerprint(mark)[:12], 16) % COUNT
    ledger = Ledger({"0" * 64: (wanted, 1, "")})
    assert ledger.number(mark, "text")[0] == FIRST + (wanted + 1 - FIRST) % COUNT


HOSTILE = st.text(min_size=1, max_size=60)


@given(HOSTILE, HOSTILE)
def test_no_string_breaks_out_of_a_rule(agent, path):
    mark = Mark(
        kind="http request", title="a request", table="http_activity",
        traits=(
            Trait(column="user_agent", how=How.IS, value=agent),
            Trait(column="host", how=How.UNDER, value=path),
        ),
    )  # fmt: skip
    _, _, text = suricata_rule(mark, "NC-2026-0001", Ledger({}))
    assert text.isascii()
    assert text.isprintable()
    body = re.fullmatch(r"alert http any any -> any any \((.*)\)", text)
    assert body is not None
    options = [each.split(":")[0].strip() for each in body[1].split(";")]
    assert options == [
        "msg", "http.user_agent", "content", "startswith", *(
            ["endswith"] if len(agent.encode("utf-8", "replace")) <= 200 else []),
        "http.host", "dotprefix", "content", "endswith", "metadata", "sid", "rev", "",
    ]  # fmt: skip
    (rule,) = sigma(mark)
    lines = as_yaml([rule]).splitlines()
    known = r" *(- )?([A-Za-z0-9_-]+|\"[^\"]*\"):( .*)?| *- \".*\"| *- [0-9]+"
    assert all(re.fullmatch(known, line) for line in lines), lines


def test_a_pace_is_a_rule_and_its_correlation():
    mark = Mark(
        kind="pace", title="calls", table="network_activity", pace=Pace(count=5, seconds=60),
        traits=(
            Trait(column="protocol", how=How.IS, value="tcp"),
            Trait(column="dst_ip", how=How.IS, value=HOME),
            Trait(column="dst_port", how=How.IS, value="443"),
        ),
    )  # fmt: skip
    rule, counted = sigma(mark)
    assert counted["correlation"]["rules"] == [rule["name"]]
    assert counted["correlation"]["condition"] == {"gte": 5}
    assert json.loads(json.dumps(rule))["detection"]["t3"] == {"dst_port": 443}
    _, _, text = suricata_rule(mark, "NC-2026-0001", Ledger({}))
    assert f"alert tcp any any -> {HOME} 443 (" in text
    assert "threshold:type both, track by_src, count 5, seconds 60;" in text


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"logsource": {"category": "none"}}, "no table is"),
        ({"detection": {"t1": {"nothing": "x"}, "condition": "t1"}}, "nothing like"),
        ({"detection": {"t1": {"query|base64": "x"}, "condition": "t1"}}, "no such modifier"),
    ],
)
def test_what_no_table_can_be_asked_is_an_error(traffic, change, why):
    mark = Mark(kind="k", title="t", table="dns_activity",
                traits=(Trait(column="query", how=How.UNDER, value=NAME),))  # fmt: skip
    (rule,) = sigma(mark)
    with pytest.raises(ValueError, match=why):
        add_hits(traffic, [{**rule, **change}])


def test_a_pipe_is_told_as_it_stands_in_the_create_and_a_call_by_interface_and_number():
    pipe = Mark(kind="named pipe", title="pipe", table="smb_activity",
                traits=(Trait(column="path", how=How.IS, value='p"x'),))  # fmt: skip
    _, _, text = suricata_rule(pipe, "NC-2026-0001", Ledger({}))
    assert (
        'alert smb any any -> any any (msg:"netcordon NC-2026-0001 pipe"; flow:to_server;' in text
    )
    assert 'content:"p|00 22 00|x|00|"; nocase;' in text
    values = {
        "interface_uuid": "367abb81-9844-35f1-ad32-98f038001003", "operation_number": "12",
        "interface": "svcctl", "operation": "RCreateServiceW",
    }  # fmt: skip
    call = Mark(
        kind="remote call", title="call", table="dcerpc_activity",
        traits=tuple(Trait(column=c, how=How.IS, value=v) for c, v in values.items()),
    )  # fmt: skip
    _, _, text = suricata_rule(call, "NC-2026-0001", Ledger({}))
    assert "dcerpc.iface:367abb81-9844-35f1-ad32-98f038001003; dcerpc.opnum:12;" in text
    (rule,) = sigma(call)
    assert rule["detection"] == {
        "t1": {"endpoint": "svcctl"}, "t2": {"operation": "RCreateServiceW"},
        "condition": "t1 and t2",
    }  # fmt: skip
