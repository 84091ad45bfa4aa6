"""Registered domains by the Public Suffix List."""

from __future__ import annotations

import pytest

from netcordon.tables.names import registered_domain


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("www.example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("EXAMPLE.com.", "example.com"),
        ("co.uk", None),
        ("localhost", None),
        ("192.0.2.1", None),
        ("[2001:db8::1]", None),
        ("", None),
        ("bad\\000label.example.org", "example.org"),
        ("<script>.example.org", "example.org"),
    ],
)
def test_registered_domain(name: str, expected: str | None) -> None:
    assert registered_domain(name) == expected
