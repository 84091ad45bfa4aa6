"""Names of DNS types and response codes (IANA DNS parameters)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_TYPES = {
    1: "A", 2: "NS", 3: "MD", 4: "MF", 5: "CNAME", 6: "SOA", 7: "MB", 8: "MG", 9: "MR", 10: "NULL",
    11: "WKS", 12: "PTR", 13: "HINFO", 14: "MINFO", 15: "MX", 16: "TXT", 17: "RP", 18: "AFSDB",
    24: "SIG", 25: "KEY", 28: "AAAA", 29: "LOC", 30: "NXT", 33: "SRV", 35: "NAPTR", 36: "KX",
    37: "CERT", 38: "A6", 39: "DNAME", 41: "OPT", 42: "APL", 43: "DS", 44: "SSHFP", 45: "IPSECKEY",
    46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 49: "DHCID", 50: "NSEC3", 51: "NSEC3PARAM", 52: "TLSA",
    53: "SMIMEA", 55: "HIP", 59: "CDS", 60: "CDNSKEY", 61: "OPENPGPKEY", 62: "CSYNC", 63: "ZONEMD",
    64: "SVCB", 65: "HTTPS", 99: "SPF", 108: "EUI48", 109: "EUI64", 249: "TKEY", 250: "TSIG",
    251: "IXFR", 252: "AXFR", 253: "MAILB", 254: "MAILA", 255: "ANY", 256: "URI", 257: "CAA",
    32768: "TA", 32769: "DLV",
}  # fmt: skip
_NETBIOS = 1 << 16
"""Added to the number of a type in NetBIOS, where some numbers mean other things."""
_NETBIOS_TYPES = {32: "NB", 33: "NBSTAT"}

CODES = pa.array(
    ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET",
     "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI", "RCODE12", "RCODE13", "RCODE14", "RCODE15"]
)  # fmt: skip
"""Names of the response codes 0 to 15."""


def names_of_types(kinds: NDArray[Any], is_netbios: NDArray[np.bool_] | None = None) -> pa.Array:
    """Names of types, ``TYPE123`` for unknown ones (RFC 3597), NULL for negative numbers."""
    keys = kinds.astype(np.int64)
    if is_netbios is not None:
        keys += np.where(is_netbios & (kinds >= 0), _NETBIOS, 0)
    places = _PLACES[keys]
    if (places >= 0).all():
        return _NAMES.take(pa.array(places))
    distinct, index = np.unique(keys, return_inverse=True)
    words = pa.array([_name(int(key)) for key in distinct], pa.string())
    return words.take(pa.array(index.astype(np.int32)))


def _name(key: int) -> str | None:
    if key < 0:
        return None
    kind = key & 0xFFFF
    if key >> 16 and kind in _NETBIOS_TYPES:
        return _NETBIOS_TYPES[kind]
    return _TYPES.get(kind, f"TYPE{kind}")


def _places() -> tuple[pa.Array, NDArray[np.int32]]:
    """The known names, and where the name of each key stands among them; -1 for unknown ones."""
    known = [-1, *_TYPES, *(_NETBIOS | kind for kind in (*_NETBIOS_TYPES, *_TYPES))]
    places = np.full(2 * _NETBIOS + 1, -1, dtype=np.int32)
    places[known] = range(len(known))  # the last one is that of -1
    return pa.array([_name(key) for key in known], pa.string()), places


_NAMES, _PLACES = _places()
