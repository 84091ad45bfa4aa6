"""Defanged text, guessed types, one form for each thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.hunting.canonical import LONGEST, NotUnderstoodError, guessed, of_type
from netcordon.hunting.refang import refanged
from netcordon.model.hunt import WantedType

_JA4 = "t13d1516h2_8daaf6152771_b186095e22b6"


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("192[.]0[.]2[.]1", "address", "192.0.2.1"),
        ("192.0.2[.1", "address", "192.0.2.1"),
        ("::ffff:192.0.2.1", "address", "192.0.2.1"),
        ("2001:DB8:0:0::1", "address", "2001:db8::1"),
        ("2001[:]db8[::]1", "address", "2001:db8::1"),
        ("[2001:db8::1]", "address", "2001:db8::1"),
        ("192.0.2.1/32", "address", "192.0.2.1"),
        ("::ffff:192.0.2.0/120", "prefix", "192.0.2.0/24"),
        ("192.0.2.77/24", "prefix", "192.0.2.0/24"),
        ("evil[.]example", "domain", "evil.example"),
        ("evil (dot) example", "domain", "evil.example"),
        ("evil dot example", "domain", "evil.example"),
        ("*.EVIL.example.", "domain", "evil.example"),
        ("bücher.example", "domain", "xn--bcher-kva.example"),
        ("_dmarc.evil.example", "domain", "_dmarc.evil.example"),
        ("hxxps[:]//evil[.]example/a?b=c#d", "url", "https://evil.example/a?b=c"),
        ("hXXp://EVIL.example:80", "url", "http://evil.example/"),
        ("h**p://evil.example:8080/x", "url", "http://evil.example:8080/x"),
        ("evil[dot]example[/]x", "url", "//evil.example/x"),
        ("https://[2001:db8::1]/a", "url", "https://[2001:db8::1]/a"),
        ("bob[at]evil[.]example", "mail", "bob@evil.example"),
        ("D41D8CD98F00B204E9800998ECF8427E", "md5", "d41d8cd98f00b204e9800998ecf8427e"),
        (":".join(["AB"] * 20), "sha1", "ab" * 20),
        ("0" * 64, "sha256", "0" * 64),
        (_JA4.upper(), "ja4", _JA4),
        ("CORP\\Alice", "account", "corp\\alice"),
        ("curl/8.1.2", "user-agent", "curl/8.1.2"),
        ("Mozilla/5.0 (X11; a) (b, like c)", "user-agent", "Mozilla/5.0 (X11; a) (b, like c)"),
    ],
)
def test_what_people_write_is_told_apart(text: str, type_: str, value: str) -> None:
    (atom,) = guessed(text)
    assert (atom.type.value, atom.value) == (type_, value)


@pytest.mark.parametrize(
    "text", ["", "alice", "1.2.3.04", "a b c", "http://", "evil.example:99999", "fe80::1%eth0",
             "0.0.0.0/0", "2000::/3", "::/33", "x" * (LONGEST + 1), "-a.example", "http://a b/c",
             "evil\ud800.example", "a\x00b/1.0"],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        guessed(text)


def test_a_port_is_a_second_part() -> None:
    address, port = guessed("192[.]0[.]2[.]1:8443")
    assert (address.value, port.type, port.value) == ("192.0.2.1", WantedType.PORT, "8443")
    name, port = guessed("evil.example:53")
    assert (name.value, port.value) == ("evil.example", "53")


def test_a_type_that_is_said_is_held_to() -> None:
    assert of_type(WantedType.ACCOUNT, "Alice")[0].value == "alice"
    assert of_type(WantedType.USER_AGENT, "look at me [.]")[0].value == "look at me [.]"
    assert of_type(WantedType.DOMAIN, "intranet")[0].value == "intranet"
    assert of_type(WantedType.JA3, "ab" * 16)[0].type is WantedType.JA3
    with pytest.raises(NotUnderstoodError, match="64 hexadecimal digits, not 32"):
        of_type(WantedType.MD5, "ab" * 32)
    with pytest.raises(NotUnderstoodError):
        of_type(WantedType.ADDRESS, "evil.example")


@given(st.text(max_size=200))
def test_any_text_is_answered(text: str) -> None:
    try:
        atoms = guessed(text)
    except NotUnderstoodError:
        return
    for atom in atoms:
        assert of_type(atom.type, atom.value)[0] == atom


@given(st.ip_addresses(v=4))
def test_defanging_does_not_change_an_address(ip: object) -> None:
    assert refanged(str(ip).replace(".", "[.]")) == str(ip)
    assert guessed(str(ip).replace(".", "(dot)"))[0].value == str(ip)
