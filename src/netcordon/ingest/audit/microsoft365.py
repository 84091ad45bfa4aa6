"""Microsoft 365 unified audit log (Office 365 Management Activity API schema).

Records of the API, and those of ``Search-UnifiedAuditLog`` whose ``AuditData`` holds the event.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.audit.event import Audit, Told
from netcordon.ingest.audit.microsoft import change
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.documents import Unwrap
from netcordon.ingest.text.head import json_object
from netcordon.ingest.text.shaping import where_told, words

_TEXT = pa.string()
_PAIRS = pa.list_(pa.struct([("Name", _TEXT), ("Value", _TEXT)]))
_PATHS = (
    "CreationTime TimeGenerated Operation Workload OfficeWorkload ResultStatus ClientIP "
    "ClientIPAddress Client_IPAddress ActorIpAddress UserId ObjectId OrganizationId "
    "OrganizationName UserAgent ClientInfoString LogonError ErrorNumber Id"
)
_LOGINS = pa.array(["userloggedin", "userloginfailed", "mailboxlogin", "teamssessionstarted"])
_REFUSED = {
    "UserDeclinedAuthentication": "denied",
    "FraudulentAuthentication": "denied",
    "AuthenticationFailedSasError": "failed",
    "UserStrongAuthClientAuthNRequired": "asked",
    "UserStrongAuthClientAuthNRequiredInterrupt": "asked",
    "UserStrongAuthEnrollmentRequired": "asked",
    "UserStrongAuthEnrollmentRequiredInterrupt": "asked",
}
_FORWARDS = pa.array(["ForwardingSmtpAddress", "ForwardingAddress"])


def unwrapped(head: bytes) -> Unwrap | None:
    """What takes the event out of records that carry it as text, where these do."""
    return _inner if b"AuditData" in head[:8192] else None


def _inner(record: bytes) -> bytes:
    outer = json_object(record)
    inner = outer.get("AuditData") if outer else None
    if isinstance(inner, str):
        return inner.encode(errors="replace").replace(b"\n", b" ")
    return json.dumps(inner).encode() if isinstance(inner, dict) else record


def _pair(log: Columns, list_name: str, names: Sequence[str]) -> pa.Array:
    """Value of the first pair with one of these names, NULL where it is missing or empty."""
    lists = log.raw(list_name)
    found: list[str | None] = [None] * len(log)
    if pa.types.is_list(lists.type):
        flat = pc.list_flatten(lists)
        parents = pc.list_parent_indices(lists).to_pylist()
        values = pc.struct_field(flat, "Value").to_pylist()
        wanted = pc.is_in(pc.struct_field(flat, "Name"), pa.array(list(names))).to_pylist()
        for parent, value, is_wanted in zip(parents, values, wanted, strict=True):
            if is_wanted and value and found[parent] is None:
                found[parent] = value
    return pa.array(found, _TEXT)


def _shared(log: Columns) -> dict[str, object]:
    agent = _pair(log, "ExtendedProperties", ("UserAgent",))
    return {
        "service": log.text("Workload", "OfficeWorkload"),
        "account": where_told(log.text("UserId")),
        "user_agent": pc.coalesce(agent, log.text("UserAgent", "ClientInfoString")),
    }


def _outcome(log: Columns) -> pa.Array:
    status = {
        "succeeded": "success", "success": "success", "true": "success", "failed": "failure",
        "partiallysucceeded": "success", "false": "failure", "failure": "failure",
    }  # fmt: skip
    return words(log.lower("ResultStatus"), status, keep=False)


def _login(log: Columns) -> Told:
    failed = pc.equal(log.lower("Operation"), "userloginfailed")
    error = log.text("LogonError")
    mfa = words(error, _REFUSED, keep=False)
    asked = pc.fill_null(pc.equal(mfa, "asked"), False)
    # A login that stops to ask for the second factor has not failed: its password was right.
    failure = pc.if_else(asked, pa.scalar(None, _TEXT), "failure")
    return {
        **_shared(log),
        "method": _pair(log, "ExtendedProperties", ("RequestType",)),
        "domain": log.text("OrganizationId"),
        "outcome": pc.if_else(failed, failure, _outcome(log)),
        "status_detail": pc.coalesce(error, log.text("ErrorNumber")),
        "mfa": mfa,
    }


def _call(log: Columns) -> Told:
    operation = log.text("Operation")
    forwards = pc.and_(
        pc.equal(operation, "Set-Mailbox"),
        pc.is_valid(_pair(log, "Parameters", _FORWARDS.to_pylist())),
    )
    return {
        **_shared(log),
        "operation": operation,
        "object": where_told(log.text("ObjectId")),
        "outcome": _outcome(log),
        "change": pc.coalesce(
            change(operation), pc.if_else(forwards, "forwarding", pa.scalar(None, _TEXT))
        ),
        "tenant": log.text("OrganizationName", "OrganizationId"),
    }


MICROSOFT365 = Audit(
    provider="microsoft365",
    fields={
        **dict.fromkeys(_PATHS.split(), _TEXT),
        "ExtendedProperties": _PAIRS,
        "Parameters": _PAIRS,
    },
    time=("CreationTime", "TimeGenerated"),
    name=("Operation",),
    client=("ClientIP", "ClientIPAddress", "Client_IPAddress", "ActorIpAddress"),
    is_login=lambda log: pc.is_in(log.lower("Operation"), _LOGINS),
    login=_login,
    call=_call,
)
"""How the unified audit log is read."""
