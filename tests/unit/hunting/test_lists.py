"""Lists of every format: what is taken, what is left out and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.errors import UsageError
from netcordon.hunting.lists.reading import MOST_WANTED, merged, read_list, typed
from netcordon.hunting.lists.stix_pattern import RicherPatternError, alternatives
from netcordon.model.hunt import HuntList, WantedType

_SHA256 = "ab" * 32


def read(content: object, **options: Any) -> HuntList:
    text = content if isinstance(content, str) else json.dumps(content)
    return read_list(text.encode(), "list", **options)


def values(of: HuntList) -> list[tuple[str, str]]:
    return [(wanted.type, wanted.value) for wanted in of.wanted]


def test_a_plain_list_with_comments_and_slips() -> None:
    found = read("# feed\n\n192[.]0[.]2[.]1  # c2\nevil.example ; old\n0.0.0.0 bad.example\nhm?\n")
    assert found.format == "plain list"
    assert values(found) == [
        ("address", "192.0.2.1"), ("domain", "evil.example"), ("domain", "bad.example"),
    ]  # fmt: skip
    assert [(out.given, out.source) for out in found.left_out] == [("hm?", "line 6")]
    assert all(wanted.is_guessed for wanted in found.wanted)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_by_its_heading(mark: str) -> None:
    lines = [["date", "Indicator", "Type"], ["2026", "evil.example", "domain"],
             ["2026", "svc", "account"], ["2026", "'=evil", "user-agent"], ["2026"]]  # fmt: skip
    found = read("\r\n".join(mark.join(line) for line in lines))
    assert found.format == "CSV"
    assert values(found) == [
        ("domain", "evil.example"), ("account", "svc"), ("user-agent", "=evil"),
    ]  # fmt: skip
    assert [out.source for out in found.left_out] == ["line 5"]


def test_a_user_agent_alone_is_no_csv() -> None:
    text = "Mozilla/5.0 (X11; Linux) Gecko (KHTML, like it)"
    assert values(read(text)) == [("user-agent", text)]


def test_our_own_report_is_a_list() -> None:
    report = {"version": "1", "indicators": [{"type": "domain-name", "value": "evil.example"}]}
    assert values(read(report)) == [("domain", "evil.example")]


def indicator(pattern: str, **more: object) -> dict[str, object]:
    return {"type": "indicator", "id": "indicator--1", "pattern_type": "stix", "pattern": pattern,
            **more}  # fmt: skip


def test_a_stix_bundle() -> None:
    found = read({
        "type": "bundle",
        "id": "bundle--1",
        "objects": [
            indicator("[ipv4-addr:value = '192.0.2.1']", valid_until="2020-01-01T00:00:00Z",
                      name="old", object_marking_refs=[
                          "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"]),
            indicator("[domain-name:value = 'a.example' OR domain-name:value = 'b.example']"),
            indicator("[network-traffic:dst_ref.value = '192.0.2.1' "
                      "AND network-traffic:dst_port = 443]"),
            indicator(f"[file:hashes.MD5 = '{'a' * 32}' AND file:hashes.'SHA-256' = '{_SHA256}']"),
            indicator("[ipv4-addr:value ISSUBSET '192.0.2.0/24']"),
            indicator("[url:value LIKE 'http://%']"),
            indicator("[process:name = 'x']"),
            indicator("[domain-name:value = 'c.example']", revoked=True),
            indicator("rule x {}", pattern_type="yara"),
            {"type": "observed-data", "id": "o", "objects": {"0": {"type": "ipv4-addr",
                                                                   "value": "192.0.2.9"}}},
            {"type": "file", "id": "file--1", "hashes": {"SHA-256": "cd" * 32, "TLSH": "x"}},
            {"type": "marking-definition", "id": "marking-definition--p",
             "extensions": {"extension-definition--x": {"pap": "red"}}},
            {"type": "url", "id": "url--1", "value": "https://u.example/",
             "object_marking_refs": ["marking-definition--p"]},
            {"type": "malware", "id": "malware--1", "name": "x"}, "no object",
        ],
    })  # fmt: skip
    assert found.format == "STIX 2.1"
    assert (found.tlp, found.pap) == ("TLP:AMBER+STRICT", "PAP:RED")
    assert values(found) == [
        ("address", "192.0.2.1"), ("domain", "a.example"), ("domain", "b.example"),
        ("pattern", "address 192.0.2.1 AND port 443"), ("sha256", _SHA256),
        ("prefix", "192.0.2.0/24"), ("address", "192.0.2.9"), ("sha256", "cd" * 32),
        ("url", "https://u.example/"),
    ]  # fmt: skip
    assert found.wanted[0].valid_until == datetime(2020, 1, 1, tzinfo=UTC)
    assert [wanted.is_observed for wanted in found.wanted] == [False] * 6 + [True] * 3
    reasons = [out.why for out in found.left_out]
    assert reasons[0] == "it asks for a wildcard (LIKE)"
    assert "process:name is not looked for" in reasons[1]
    assert "revoked" in reasons[2]
    assert "yara" in reasons[3]
    assert len(reasons) == 4


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[a:b = 'x'] FOLLOWEDBY [a:b = 'y']", "an order of events"),
        ("[a:b = 'x'] AND [a:b = 'y']", "two observations"),
        ("([a:b = 'x']) WITHIN 5 SECONDS", "a span of time"),
        ("[a:b = 'x'] REPEATS 3 TIMES", "a repetition"),
        ("[NOT a:b = 'x']", "a negation"),
        ("[a:b NOT = 'x']", "a negation"),
        ("[a:b != 'x']", "'!='"),
        ("[a:b > 3]", "'>'"),
        ("[a:b MATCHES 'x']", "a regular expression"),
        ("[a:b = 'x", "not understood"),
        ("[a:b = 'x'] trailing", "not understood"),
        ("[a:b IN ('x' 'y')]", "missing"),
        ("(" * 100 + "[a:b = 'x']", "nested"),
        ("[" + " AND ".join(["(a:b = 'x' OR a:b = 'y')"] * 12) + "]", "alternatives"),
        ("", "missing"),
    ],
)
def test_richer_patterns_are_named_never_guessed(pattern: str, why: str) -> None:
    with pytest.raises(RicherPatternError, match=why):
        alternatives(pattern)


def test_alternatives_of_a_pattern() -> None:
    found = alternatives(
        r"[(a:b = 'x' OR a:b = 'it\'s') AND a:c.'d-e' = 5] OR ([a:f IN ('1','2')])"
    )
    assert [[(c.path, c.value) for c in one] for one in found] == [
        [("a:b", "x"), ("a:c.'d-e'", "5")], [("a:b", "it's"), ("a:c.'d-e'", "5")],
        [("a:f", "1")], [("a:f", "2")],
    ]  # fmt: skip


@given(st.text(alphabet="[]()'=a:b.\\ ANDORIN,<>1\n", max_size=60))
def test_any_pattern_is_answered(pattern: str) -> None:
    try:
        found = alternatives(pattern)
    except RicherPatternError:
        return
    assert found
    assert all(one for one in found)


def test_misp_events() -> None:
    def attribute(
        type_: str, value: str, *, to_ids: bool = True, **more: object
    ) -> dict[str, object]:
        return {"type": type_, "value": value, "to_ids": to_ids, "uuid": value, **more}

    event = {"Event": {
        "Tag": [{"name": "tlp:amber"}],
        "Attribute": [
            attribute("ip-dst", "192.0.2.1"), attribute("ip-dst|port", "192.0.2.2|8443"),
            attribute("ip-src", "198.51.100.0/24"), attribute("comment", "x"),
            attribute("domain|ip", "evil.example|192.0.2.3"),
            attribute("md5", "nonsense"), attribute("url", "http://seen.example/", to_ids=False),
            attribute("domain", "gone.example", deleted=True),
        ],
        "Object": [{"Attribute": [attribute("filename|sha256", f"a.exe|{_SHA256}",
                                            Tag=[{"name": "PAP:GREEN"}])]}],
    }}  # fmt: skip
    found = read({"response": [event]})
    assert (found.format, found.tlp, found.pap) == ("MISP", "TLP:AMBER", "PAP:GREEN")
    assert values(found) == [
        ("address", "192.0.2.1"), ("pattern", "address 192.0.2.2 AND port 8443"),
        ("prefix", "198.51.100.0/24"), ("domain", "evil.example"), ("address", "192.0.2.3"),
        ("sha256", _SHA256),
    ]  # fmt: skip
    assert [out.source for out in found.left_out] == ["x", "nonsense", "http://seen.example/"]
    more = read(event, with_context=True)
    assert [w.value for w in more.wanted if w.is_observed] == ["http://seen.example/"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{broken", "NC-402"), (b'{"a": 1}', "NC-402"), (b"[" * 100_000, "NC-402"),
        (b'{"a":' * 100_000, "NC-402"), (b"\xff\xfe\x00", "NC-402"), (b"a\x00b", "NC-402"),
        (b"\x89PNG\r\n", "NC-402"), (b"", "NC-404"), (b"# nothing\n", "NC-404"),
        (b'{"type":"bundle","objects":5}', "NC-404"),
        (b'{"Event":{"Attribute":{"a":1}}}', "NC-404"),
        ("\n".join(f"h{n}.example" for n in range(MOST_WANTED + 1)).encode(), "NC-403"),
    ],
)  # fmt: skip
def test_damaged_and_hostile_lists_are_errors(content: bytes, code: str) -> None:
    with pytest.raises(UsageError) as caught:
        merged([read_list(content, "list")])
    assert caught.value.code == code


def test_utf16_and_a_byte_order_mark_are_read() -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        found = read_list("evil.example".encode(encoding), "list")
        assert values(found) == [("domain", "evil.example")]


def test_a_slip_in_what_is_typed_is_an_error() -> None:
    with pytest.raises(UsageError, match="NC-401"):
        typed(["192.0.2.1", "192.0.2.999"], None)
    assert typed(["alice"], WantedType.ACCOUNT).wanted[0].type == "account"


def test_repetitions_are_hunted_once() -> None:
    one, two = typed(["a.example", "A.example."], None), typed(["a[.]example", "b.example"], None)
    wanted, repeated = merged([one, two])
    assert ([w.value for w in wanted], repeated) == (["a.example", "b.example"], 2)
