"""Reports to providers are sound, say nothing of ours, and go to whom a file names."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcordon.model.abuse import AbuseContact, AbuseMatter
from netcordon.notices.complaint import complaint, subject
from netcordon.notices.contacts import ContactsError, contact_for, is_registry, read_contacts
from netcordon.notices.xarf import faults, kind_of, report

FIRST = datetime(2026, 3, 2, 8, 11, 12, tzinfo=UTC)
MATTER = AbuseMatter(
    source="203.0.113.9", name="evil\r\nBcc: x\x1b.example", role="command_server",
    attacks_us=False, techniques=("T1110", "T1071.001"), description="It called.",
    confidence=0.987, first_seen=FIRST, last_seen=FIRST, protocol="tcp", source_port=443,
    destination_ip="", destination_port=None, url="", heading="time", lines=("a > b",),
)  # fmt: skip


def _report(**changes: Any) -> dict[str, Any]:
    return report(replace(MATTER, **changes), org="Example", mail="abuse@corp.example", time=FIRST)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, ("infrastructure", "botnet")),
        ({"role": "staging_server", "url": "http://a.example/x"}, ("content", "malware")),
        ({"role": "staging_server"}, ("infrastructure", "botnet")),
        ({"role": "exfil_destination"}, ("infrastructure", "compromised_server")),
        ({"attacks_us": True}, ("connection", "login_attack")),
        ({"attacks_us": True, "techniques": ("T1498.001",)}, ("connection", "ddos")),
        ({"attacks_us": True, "techniques": ("T1190",)}, ("connection", "vulnerability_scan")),
        ({"attacks_us": True, "techniques": ("T1046",)}, ("connection", "port_scan")),
        ({"attacks_us": True, "techniques": ("T9999",)}, ("infrastructure", "botnet")),
    ],
)
def test_every_kind_of_report_is_sound(changes, kind) -> None:
    assert kind_of(replace(MATTER, **changes)) == kind
    said = _report(**changes)
    assert (said["category"], said["type"]) == kind
    assert faults(said) == []
    assert faults(json.loads(json.dumps(said))) == []
    assert _report(**changes) == said


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"xarf_version": "3.0.0"}, "xarf_version"),
        ({"report_id": "7"}, "UUID"),
        ({"timestamp": "2026-03-02 08:11"}, "timestamp is no time in UTC"),
        ({"reporter": {"org": "a", "contact": "x", "domain": "y.example"}}, "reporter.contact"),
        ({"sender": {"org": "a"}}, "sender has not exactly"),
        ({"source_identifier": "not an address"}, "neither an address nor a name"),
        ({"source_port": 0}, "source_port is no port"),
        ({"protocol": "TLS"}, "protocol is none of"),
        ({"type": "fun"}, "has no type"),
        ({"first_seen": ""}, "first_seen is missing"),
        ({"confidence": 1.5}, "confidence"),
        ({"description": "a" * 1001}, "longer than"),
        ({"evidence": [{"payload": "!"}]}, "base 64"),
        ({"evidence": [{"payload": "QQ==", "hash": "sha256:00", "size": 1}]}, "hash"),
    ],
)
def test_what_is_wrong_with_a_report_is_named(change, fault) -> None:
    said = {**_report(attacks_us=True), **change}
    assert any(fault in each for each in faults(said)), faults(said)


def test_a_report_without_a_port_or_a_field_is_named() -> None:
    said = _report(attacks_us=True, source_port=None)
    assert faults(said) == ["source_port is missing; providers behind shared addresses need it"]
    assert faults({k: v for k, v in said.items() if k != "reporter"}) == ["reporter is missing"]


def test_evidence_holds_the_lines() -> None:
    payload = base64.b64decode(_report()["evidence"][0]["payload"])
    assert payload == b"time\na > b\n"


def test_a_complaint_is_plain_text_whatever_the_attacker_calls_himself() -> None:
    text = complaint(MATTER, org="Example", reference="abuse-0001", recorded=7)
    assert "\x1b" not in text + subject(MATTER)
    assert not any(line.startswith("Bcc") for line in text.splitlines())
    assert "7 connections recorded, 1 shown. All times are UTC." in text


RDAP = {
    "handle": "NET-1",
    "startAddress": "203.0.113.0",
    "endAddress": "203.0.113.127",
    "events": [{"eventAction": "last changed", "eventDate": "2026-01-02T00:00:00Z"}],
    "entities": [
        {"roles": ["technical"], "vcardArray": ["vcard", [["email", {}, "text", "noc@a.example"]]]},
        {"roles": ["registrant"], "entities": [
            {"roles": ["abuse"],
             "vcardArray": ["vcard", [["fn", {}, "text", "x"],
                                      ["email", {}, "text", "abuse@a.example"]]]}]},
    ],
}  # fmt: skip


def test_the_smallest_network_answers() -> None:
    rdap = read_contacts(json.dumps(RDAP).encode(), "a.json")
    assert rdap == (
        AbuseContact(network="203.0.113.0/25", mail="abuse@a.example",
                     source="a.json (RDAP NET-1)", dated="2026-01-02"),
    )  # fmt: skip
    table = read_contacts(
        b"network,mail,source,date\n203.0.0.0/16,abuse@wide.example,whois,2025-01-01\n"
        b"2001:db8::/32,six@a.example\nevil.example,abuse@registrar.example\n", "t.csv",
    )  # fmt: skip
    known = (*table, *rdap)

    def mail(source: str) -> str | None:
        found = contact_for(source, known)
        return found.mail if found else None

    assert mail("203.0.113.9") == "abuse@a.example"
    assert mail("203.0.113.200") == "abuse@wide.example"
    assert mail("2001:db8::7") == "six@a.example"
    assert mail("c2.EVIL.example.") == "abuse@registrar.example"
    assert mail("notevil.example") is None
    assert mail("198.51.100.1") is None


@pytest.mark.parametrize("mail", ["abuse@ripe.net", "x@db.arin.net"])
def test_registries_are_not_written_to(mail: str) -> None:
    assert is_registry(mail)
    assert not is_registry("abuse@notripe.net")


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe", b"{", b"{}", b'{"entities": 7}', b"[[[[", b"10.0.0.0/8,nobody\n", b"", b"a\n",
     b'{"entities":[{"roles":["abuse"],"vcardArray":["vcard",[["email",{},"text","a b@c.d"]]]}]}'],
)  # fmt: skip
def test_files_without_contacts_are_refused(content: bytes) -> None:
    with pytest.raises(ContactsError):
        read_contacts(content, "f")


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["entities", "roles", "vcardArray", "cidr0_cidrs", "startAddress", "events",
                         "ldhName", "endAddress"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
@settings(max_examples=80)
def test_any_json_is_read_or_refused(value: object) -> None:
    try:
        read_contacts(json.dumps(value).encode(), "f")
    except ContactsError:
        return
