"""Addresses by the published vectors, prefixes kept, and names of the same length."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcordon.ingest.anonymise.cryptopan import MEANING, WHOLE, CryptoPan
from netcordon.ingest.anonymise.pseudonyms import Pseudonyms

# Key and addresses of the sample that the authors of Crypto-PAn published with their program.
_KEY = bytes(
    (21, 34, 23, 141, 51, 164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
     216, 152, 143, 131, 121, 121, 101, 39, 98, 87, 76, 45, 42, 132, 34, 2)
)  # fmt: skip
_PLAIN, _KEPT = CryptoPan(_KEY, meaning=(), whole=()), CryptoPan(_KEY)
_VECTORS = {
    "128.11.68.132": "135.242.180.132", "129.118.74.4": "134.136.186.123",
    "130.132.252.244": "133.68.164.234", "141.223.7.43": "141.167.8.160",
    "192.102.249.13": "252.138.62.131", "208.147.89.59": "227.237.98.191",
    "::1": "78ff:f001:9fc0:20df:8380:b1f1:704:ed",
    "::ffff": "78ff:f001:9fc0:20df:8380:b1f1:704:f838",
    "2001:db8::1": "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e",
}  # fmt: skip
addresses = st.one_of(st.binary(min_size=4, max_size=4), st.binary(min_size=16, max_size=16))


@pytest.mark.parametrize(("address", "made"), _VECTORS.items())
def test_the_published_vectors(address: str, made: str) -> None:
    assert _PLAIN.text(address) == made


def _shared(a: bytes, b: bytes) -> int:
    return 8 * len(a) - (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_length()


@given(addresses, st.integers(0, 128), st.randoms(use_true_random=False))
def test_who_shares_a_prefix_still_does_and_no_more(a: bytes, length: int, random) -> None:
    bits = 8 * len(a)
    tail = random.getrandbits(bits) >> min(length, bits)
    b = (int.from_bytes(a, "big") ^ tail).to_bytes(len(a), "big")
    for pan in (_PLAIN, _KEPT):
        assert _shared(pan.address(a), pan.address(b)) == _shared(a, b)


@given(st.sampled_from(MEANING + WHOLE), st.integers(0, 1 << 128))
def test_prefixes_with_a_meaning_stay(prefix: str, number: int) -> None:
    network = ipaddress.ip_network(prefix)
    address = network[number % network.num_addresses]
    made = ipaddress.ip_address(_KEPT.address(address.packed))
    assert made in network
    assert made == address or prefix in MEANING


def test_addresses_outside_of_them_do_not_come_in() -> None:
    for text in ("203.0.113.77", "8.8.8.8", "172.32.0.1", "192.167.1.1", "2001:db8::1"):
        made = ipaddress.ip_address(_KEPT.text(text))
        assert made.is_global or made in ipaddress.ip_network("2000::/3"), text
        assert str(made) != text


def test_names_keep_length_case_and_public_suffix() -> None:
    pseudonyms = Pseudonyms(_KEY)
    name = pseudonyms.name(b"mail.corp.brightwater.co.uk")
    assert len(name) == 27
    assert name.endswith(b".co.uk")
    assert b"brightwater" not in name
    other = pseudonyms.name(b"WWW.corp.BrightWater.co.uk")
    assert other.split(b".")[1:] == name.split(b".")[1:]
    assert pseudonyms.name(b"_ldap._tcp.x.example").startswith(b"_ldap._tcp.")
    assert pseudonyms.name(b"4.3.2.10.in-addr.arpa").endswith(b".in-addr.arpa")
    assert pseudonyms.name(b"com.") == b"com."
    assert Pseudonyms(b"k" * 32).name(b"mail.example.com") != pseudonyms.name(b"mail.example.com")


@given(st.binary(max_size=80))
def test_any_octets_as_a_name_keep_their_length(name: bytes) -> None:
    made = Pseudonyms(_KEY).name(name)
    assert (len(made), made.count(b".")) == (len(name), name.count(b"."))


def test_hardware_addresses() -> None:
    plain, maker = Pseudonyms(_KEY), Pseudonyms(_KEY, keep_oui=True)
    card = bytes.fromhex("001122334455")
    assert plain.mac(card)[0] & 3 == 2  # one host's, given locally
    assert plain.mac(card) != card
    assert maker.mac(card)[:3] == card[:3]
    assert maker.mac(card) != card
    for group in ("ffffffffffff", "01005e0000fb", "333300000001", "000000000000"):
        assert plain.mac(bytes.fromhex(group)) == bytes.fromhex(group)
    # The group in which a host is asked for by its address, and that of its frames, agree.
    group = ipaddress.ip_address("ff02::1:ff12:3456").packed
    assert plain.address(group)[-3:] == plain.mac(bytes.fromhex("3333ff123456"))[-3:]
    assert plain.address(group)[-3:] != group[-3:]


def test_a_key_has_32_bytes() -> None:
    for maker in (CryptoPan, Pseudonyms):
        with pytest.raises(ValueError, match="31"):
            maker(b"x" * 31)
