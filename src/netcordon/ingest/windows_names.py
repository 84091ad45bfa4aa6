"""Names of Windows protocols, whatever another tool shortens them to.

The names of calls stand beside the packet decoder, which is loaded when the first call is seen.
"""

from __future__ import annotations

from functools import cache, lru_cache

KERBEROS_ERRORS = {
    "KDC_ERR_NAME_EXP": "1", "KDC_ERR_C_PRINCIPAL_UNKNOWN": "6", "KDC_ERR_S_PRINCIPAL_UNKNOWN": "7",
    "KDC_ERR_POLICY": "12", "KDC_ERR_BADOPTION": "13", "KDC_ERR_ETYPE_NOSUPP": "14",
    "KDC_ERR_PADATA_TYPE_NOSUPP": "16", "KDC_ERR_CLIENT_REVOKED": "18",
    "KDC_ERR_KEY_EXPIRED": "23", "KDC_ERR_PREAUTH_FAILED": "24", "KDC_ERR_PREAUTH_REQUIRED": "25",
    "KRB_AP_ERR_BAD_INTEGRITY": "31", "KRB_AP_ERR_TKT_EXPIRED": "32", "KRB_AP_ERR_REPEAT": "34",
    "KRB_AP_ERR_SKEW": "37", "KRB_AP_ERR_MODIFIED": "41", "KRB_ERR_RESPONSE_TOO_BIG": "52",
    "KRB_ERR_GENERIC": "60", "KDC_ERR_WRONG_REALM": "68",
}  # fmt: skip
"""Name of a Kerberos error -> its number (RFC 4120 section 7.5.9)."""

KERBEROS_ENCRYPTION = {
    "des-cbc-crc": "1", "des-cbc-md4": "2", "des-cbc-md5": "3", "des3-cbc-md5": "5",
    "des3-cbc-sha1": "16", "des3-cbc-sha1-kd": "16", "aes128-cts-hmac-sha1-96": "17",
    "aes256-cts-hmac-sha1-96": "18", "aes128-cts-hmac-sha256-128": "19",
    "aes256-cts-hmac-sha384-192": "20", "rc4-hmac": "23", "arcfour-hmac": "23",
    "arcfour-hmac-md5": "23", "rc4-hmac-exp": "24",
}  # fmt: skip
"""Name of an encryption type -> its number (RFC 3961, RFC 4757, IANA)."""

_REMEMBERED = 4096
"""Names of hostile logs may all be different."""
_PREFIXES = ("", "R", "IDL_", "r_", "Netr", "Samr", "Lsar")


@lru_cache(_REMEMBERED)
def interface_name(name: str) -> str:
    """The tables' name of an interface, or the name as it is."""
    return next((each for each in _operations() if each.lower() == name.lower()), name)


@lru_cache(_REMEMBERED)
def operation_name(interface: str, operation: str) -> str | None:
    """The specification's name of an operation, of which other tools leave the beginning out.

    ``CreateServiceW`` of ``svcctl`` is ``RCreateServiceW``; what is not known stays as it is.
    """
    known = _operations().get(interface_name(interface), frozenset())
    full = (prefix + operation for prefix in _PREFIXES)
    return next((name for name in full if name in known), operation or None)


@lru_cache(_REMEMBERED)
def interface_by_uuid(uuid: str) -> str | None:
    """The name of an abstract syntax in text form, or ``None``."""
    from netcordon.ingest.capture.application.dcerpc.interfaces import interface_of

    found = interface_of(uuid.lower())
    return found.name if found else None


@cache
def _operations() -> dict[str, frozenset[str]]:
    from netcordon.ingest.capture.application.dcerpc.interfaces import known_interfaces

    return {
        each.name: frozenset(operation.name for operation in each.operations.values())
        for each in known_interfaces()
    }
