"""LDAPMessages: their operation, and what it names (RFC 4511 section 4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.ldap.filter import filter_text
from netcordon.ingest.capture.application.record.text import safe_text

BIND, BIND_RESPONSE, UNBIND, SEARCH, ENTRY, DONE = 0x60, 0x61, 0x42, 0x63, 0x64, 0x65
MODIFY, ADD, DELETE, MODIFY_DN, COMPARE, ABANDON = 0x66, 0x68, 0x4A, 0x6C, 0x6E, 0x50
REFERENCE, EXTENDED, EXTENDED_RESPONSE, INTERMEDIATE = 0x73, 0x77, 0x78, 0x79
REQUESTS = {
    BIND: "bind", SEARCH: "search", MODIFY: "modify", ADD: "add", DELETE: "delete",
    MODIFY_DN: "modify_dn", COMPARE: "compare", EXTENDED: "extended",
}  # fmt: skip
START_TLS = "1.3.6.1.4.1.1466.20037"
BIND_IN_PROGRESS = 14
_SCOPES = ("base", "one", "sub", "children")
_CHANGES = ("add", "delete", "replace", "increment")
_SIMPLE, _SASL = 0x80, 0xA3
_MOST_ATTRIBUTES = 64
_RESULTS = {
    0: "success", 1: "operationsError", 2: "protocolError", 3: "timeLimitExceeded",
    4: "sizeLimitExceeded", 5: "compareFalse", 6: "compareTrue", 7: "authMethodNotSupported",
    8: "strongerAuthRequired", 10: "referral", 11: "adminLimitExceeded",
    12: "unavailableCriticalExtension", 13: "confidentialityRequired", 14: "saslBindInProgress",
    16: "noSuchAttribute", 17: "undefinedAttributeType", 18: "inappropriateMatching",
    19: "constraintViolation", 20: "attributeOrValueExists", 21: "invalidAttributeSyntax",
    32: "noSuchObject", 33: "aliasProblem", 34: "invalidDNSyntax", 36: "aliasDereferencingProblem",
    48: "inappropriateAuthentication", 49: "invalidCredentials", 50: "insufficientAccessRights",
    51: "busy", 52: "unavailable", 53: "unwillingToPerform", 54: "loopDetect",
    64: "namingViolation", 65: "objectClassViolation", 66: "notAllowedOnNonLeaf",
    67: "notAllowedOnRDN", 68: "entryAlreadyExists", 69: "objectClassModsProhibited",
    71: "affectsMultipleDSAs", 80: "other",
}  # fmt: skip

RESULT_CODES = {name: number for number, name in _RESULTS.items()}
"""Name of a result -> its code."""


@dataclass(slots=True)
class Operation:
    """What a request asks.

    Attributes:
        name: bind, search, ...
        target: DN it acts on, or the object identifier of an extended operation.
        detail: more facts; never a password or an attribute's value.
        token: SASL credentials of a bind.
        simple: DN of a simple bind, else ``None``.
    """

    name: str
    target: str = ""
    detail: dict[str, object] = field(default_factory=dict)
    token: bytes = b""
    simple: str | None = None


def length(buffer: bytes | bytearray) -> int:
    """Length of the message at the front: 0 when more octets are needed, -1 when it is none."""
    if len(buffer) < 2:
        return 0
    if buffer[0] != 0x30:
        return -1
    if not buffer[1] & 0x80:
        return 2 + buffer[1]
    octets = buffer[1] & 0x7F
    if not 1 <= octets <= 4:
        return -1
    if len(buffer) < 2 + octets:
        return 0
    return 2 + octets + int.from_bytes(buffer[2 : 2 + octets], "big")


def operation_tag(data: bytes | bytearray) -> tuple[int, int]:
    """Tag of the operation at the beginning of an LDAPMessage, and its message id.

    The tag is 0, the tag of nothing, where ``data`` is none or too short to tell.
    """
    if len(data) < 2 or data[0] != 0x30:
        return 0, 0
    at = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    if at > 6 or at + 2 >= len(data) or data[at] != 2 or not 1 <= data[at + 1] <= 4:
        return 0, 0
    behind = at + 2 + data[at + 1]
    number = int.from_bytes(data[at + 2 : behind], "big")
    return (data[behind], number) if behind < len(data) else (0, 0)


def request(tag: int, content: bytes) -> Operation:
    """What a request asks, by the tag and content of its operation."""
    asked = Operation(REQUESTS[tag])
    parts = [] if tag == DELETE else der.elements(content)
    texts = [content for _, content in parts]
    if tag == BIND:
        _bind(parts, asked)
    elif tag == SEARCH and len(parts) >= 7:
        asked.target = safe_text(texts[0])
        scope = texts[1][0] if texts[1] else 0
        names = [safe_text(name, 128) for _, name in der.elements(texts[7])] if texts[7:] else []
        asked.detail = {
            "attributes": names[:_MOST_ATTRIBUTES],
            "filter": filter_text(*parts[6]),
            "scope": _SCOPES[scope] if scope < len(_SCOPES) else scope,
        }
    elif tag == DELETE:
        asked.target = safe_text(content)
    elif tag == EXTENDED and parts and parts[0][0] == 0x80:
        asked.target = safe_text(texts[0], 128)
    elif parts and tag != EXTENDED:
        asked.target = safe_text(texts[0])
        if tag == MODIFY:
            asked.detail = {"changes": _changes(texts[1] if texts[1:] else b"")}
        elif tag == ADD:
            asked.detail = {"attributes": _names(texts[1] if texts[1:] else b"")}
        elif tag == MODIFY_DN:
            asked.detail = {"new_rdn": safe_text(texts[1]) if texts[1:] else ""}
            if parts[3:] and parts[3][0] == 0x80:
                asked.detail["new_superior"] = safe_text(texts[3])
        elif tag == COMPARE and texts[1:]:
            asked.detail = {"attribute": safe_text(der.inner(texts[1]), 128)}
    return asked


def result(content: bytes) -> tuple[int | None, str | None]:
    """Result code of a response and its name."""
    tag, code = der.first(content)
    if tag != 10 or len(code) > 4 or not code:
        return None, None
    number = int.from_bytes(code, "big")
    return number, _RESULTS.get(number, str(number))


def _bind(parts: list[tuple[int, bytes]], asked: Operation) -> None:
    if len(parts) < 3:
        return
    asked.target = safe_text(parts[1][1])
    kind, credentials = parts[2]
    if kind == _SIMPLE:
        asked.simple = asked.target
        asked.detail = {"mechanism": "simple"}
    elif kind == _SASL:
        inner = [content for _, content in der.elements(credentials)]
        asked.detail = {"mechanism": safe_text(inner[0], 64) if inner else ""}
        asked.token = inner[1] if inner[1:] else b""
    else:  # the negotiation of Windows before SASL ([MS-ADTS] section 5.1.1.1.3)
        asked.detail = {"mechanism": "sicily"}
        asked.token = credentials


def _changes(content: bytes) -> list[str]:
    found = []
    for _, change in der.elements(content)[:_MOST_ATTRIBUTES]:
        parts = [part for _, part in der.elements(change)]
        if len(parts) >= 2 and parts[0]:
            kind = _CHANGES[parts[0][0]] if parts[0][0] < len(_CHANGES) else "?"
            found.append(f"{kind} {safe_text(der.inner(parts[1]), 128)}")
    return found


def _names(content: bytes) -> list[str]:
    attributes = der.elements(content)[:_MOST_ATTRIBUTES]
    return [safe_text(der.inner(attribute), 128) for _, attribute in attributes]
