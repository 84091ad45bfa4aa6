"""An overflow that only ends the resolver is told as such."""

from __future__ import annotations

from functools import partial

from tests.unit.plugins.detectors.judging import judged

ANSWER: dict[str, object] = {
    "src_ips": ["203.0.113.50"], "dst_ips": ["10.1.0.2"], "dst_names": ["9.evil.example"],
    "dst_ports": [53], "answers": 1, "record_bytes": 65_300, "answer_bytes": 65_300,
    "obsolete": True, "clients": 4, "asked_after": 9, "answered_after": 0,
}  # fmt: skip
answer = partial(judged, "access_dns_overflow", ANSWER)


def test_a_resolver_that_says_nothing_more_has_crashed() -> None:
    found = answer()
    assert found is not None
    assert (found.techniques, found.facts["fell_silent"]) == (("T1499.004",), True)


def test_one_that_goes_on_or_was_not_asked_again_may_have_been_entered() -> None:
    for changes in ({"answered_after": 1}, {"asked_after": 2}):
        found = answer(**changes)
        assert found is not None
        assert (found.techniques, found.facts["fell_silent"]) == (("T1190",), False)
