"""Which information elements are read, and into what.

Sources: IANA, "IP Flow Information Export (IPFIX) Entities"; RFC 3954 section 8 (NetFlow version 9,
whose types are the same numbers up to 127); RFC 5103 (enterprise 29305: the reverse direction);
Cisco, "ASA NetFlow Implementation Guide" (types of security events).
"""

from __future__ import annotations

(
    SKIP, OCTETS_OUT, OCTETS_IN, PACKETS_OUT, PACKETS_IN, POST_OCTETS, POST_PACKETS, PROTOCOL,
    FLAGS_OUT, FLAGS_IN, SRC_PORT, DST_PORT, SRC4, DST4, SRC6, DST6, ICMP, ICMP_TYPE, ICMP_CODE,
    FIRST_UPTIME, LAST_UPTIME, FIRST_S, LAST_S, FIRST_MS, LAST_MS, FIRST_US, LAST_US, FIRST_NS,
    LAST_NS, FIRST_AGO_US, LAST_AGO_US, DURATION_MS, DURATION_US, SEEN_S, SEEN_MS, SEEN_US, SEEN_NS,
    BOOT_MS, VLAN, SRC_MAC, DST_MAC, METER, BEGUN_BY, EVENT, STATUS, SAMPLING, SAMPLER, SPACE,
    ACTIVE_S, IDLE_S, REVERSE_FIRST_MS, REVERSE_FIRST_US, REVERSE_FIRST_NS, SAMPLE_SIZE, POPULATION,
) = range(55)  # fmt: skip
"""What a field is read into."""
MEANINGS = 55

_REVERSE = 29305

_MEANING = {
    1: OCTETS_OUT, 2: PACKETS_OUT, 85: OCTETS_OUT, 86: PACKETS_OUT, 231: OCTETS_OUT,
    298: PACKETS_OUT, 232: OCTETS_IN, 299: PACKETS_IN, 23: POST_OCTETS, 24: POST_PACKETS,
    4: PROTOCOL, 6: FLAGS_OUT, 7: SRC_PORT, 11: DST_PORT, 180: SRC_PORT, 181: DST_PORT,
    182: SRC_PORT, 183: DST_PORT, 8: SRC4, 12: DST4, 27: SRC6, 28: DST6, 32: ICMP, 139: ICMP,
    176: ICMP_TYPE, 177: ICMP_CODE, 178: ICMP_TYPE, 179: ICMP_CODE, 22: FIRST_UPTIME,
    21: LAST_UPTIME, 150: FIRST_S, 151: LAST_S, 152: FIRST_MS, 153: LAST_MS, 154: FIRST_US,
    155: LAST_US, 156: FIRST_NS, 157: LAST_NS, 158: FIRST_AGO_US, 159: LAST_AGO_US,
    161: DURATION_MS, 162: DURATION_US, 322: SEEN_S, 323: SEEN_MS, 324: SEEN_US, 325: SEEN_NS,
    160: BOOT_MS, 58: VLAN, 243: VLAN, 56: SRC_MAC, 80: DST_MAC, 61: METER, 239: BEGUN_BY,
    233: EVENT, 89: STATUS, 34: SAMPLING, 50: SAMPLING, 305: SAMPLING, 48: SAMPLER, 302: SAMPLER,
    306: SPACE, 309: SAMPLE_SIZE, 310: POPULATION, 36: ACTIVE_S, 37: IDLE_S,
}  # fmt: skip
"""Element -> meaning."""

_CISCO = {40005: EVENT}
"""Types of version 9 that Cisco's firewalls used before the registry had them."""

_REVERSED = {
    1: OCTETS_IN, 85: OCTETS_IN, 2: PACKETS_IN, 86: PACKETS_IN, 6: FLAGS_IN,
    152: REVERSE_FIRST_MS, 154: REVERSE_FIRST_US, 156: REVERSE_FIRST_NS,
}  # fmt: skip
"""Element of the reverse direction -> meaning."""


def meaning(version: int, enterprise: int, element: int) -> int:
    """What a field of a template is read into, ``SKIP`` for nothing.

    Args:
        version: of the protocol, 9 or 10.
        enterprise: private enterprise number, 0 for IANA's own elements.
        element: type of version 9, information element of IPFIX (without the enterprise bit).
    """
    if enterprise == _REVERSE:
        return _REVERSED.get(element, SKIP)
    if enterprise:
        return SKIP
    if version == 9 and element in _CISCO:
        return _CISCO[element]
    return _MEANING.get(element, SKIP)


ADDRESS_OCTETS = {SRC4: 4, DST4: 4, SRC6: 16, DST6: 16}
HAS_ENDS = (frozenset((SRC4, DST4)), frozenset((SRC6, DST6)))
"""Meanings of which a template must hold one pair for its records to be flows."""
