"""Google Cloud: audit logs (``protoPayload`` of type AuditLog), requests of its load balancer.

Sources: Cloud Logging reference (LogEntry, HttpRequest, AuditLog).
"""

from __future__ import annotations

import re

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.changes import by_name
from netcordon.ingest.records.product import (
    Product,
    Shape,
    Sources,
    either,
    fixed,
    has,
    joined,
    said,
)
from netcordon.ingest.records.record import Record

_weakened = by_name(
    {
        "secret": r"secrets\.(get|list|watch)$ accesssecretversion$ "
        r"generateaccesstoken$ signjwt$ signblob$",
        "logging": "(deletesink|updatesink|deletelog|deletebucket|createexclusion"
        "|updateexclusion|deletemetric|disableservice)$",
        "sharing": r"storage\.setiampermissions$ firewalls\.(insert|patch|update)$ "
        r"setpublicaccess images\.setiampolicy snapshots\.setiampolicy",
        "role": r"setiampolicy setorgpolicy addgroupmember$ insertprojectownershipinvite$ "
        r"iam\.roles\.(create|patch) "
        r"(create|update|undelete)role$ (rolebindings|roles)\.(create|patch|update)$ attachrole",
        "credential": r"certificatesigningrequests\.create$ serviceaccounts\.token\.create$ "
        r"createserviceaccountkey$ uploadserviceaccountkey$ createkey$ "
        r"hmackeys?\.create createhmackey (workload|workforce)(identity)?pool "
        r"setcommoninstancemetadata setmetadata$ createapikey passwordchange",
        "account": r"createserviceaccount$ enableserviceaccount$ undeleteserviceaccount$ "
        r"createuser$",
        "mfa": r"2svdisable$ unenroll",
        "deletion": r"(instances|snapshots|disks|images|buckets|projects|datasets|tables|clusters)"
        r"\.delete$ destroycryptokeyversion$ deletecluster$ deleteproject$ deleteinstance$ "
        r"deletedatabase$",
    }
)
_LOGIN = re.compile(
    r"(?i)google\.login\.LoginService\.login(success|failure|verification|challenge)$"
)


def _method(record: Record) -> str:
    return record.text("protoPayload.methodName") or ""


def _change(record: Record) -> Value:
    return _weakened(_method(record))


def _is_login(record: Record) -> bool:
    return _LOGIN.match(_method(record)) is not None


def _login_outcome(record: Record) -> Value:
    name = _method(record).lower()
    return "success" if name.endswith("success") else "failure" if "failure" in name else None


def _outcome(record: Record) -> Value:
    code = record.text("protoPayload.status.code")
    denied = any(
        str(one.find("granted")).lower() == "false"
        for one in record.parts("protoPayload.authorizationInfo")
    )
    return "failure" if code not in (None, "0") or denied else "success"


_SHARED: Sources = {
    "time": "timestamp receiveTimestamp",
    "src_ip": "protoPayload.requestMetadata.callerIp",
    "provider": fixed("gcp"),
    "service": "protoPayload.serviceName",
    "account": "protoPayload.authenticationInfo.principalEmail "
    "protoPayload.authenticationInfo.principalSubject "
    "protoPayload.metadata.event.parameter[affected_email_address]",
    "status_detail": either(
        joined(" ", "protoPayload.status.code", "protoPayload.status.message"),
        "protoPayload.metadata.event.parameter[login_failure_type]",
    ),
    "user_agent": "protoPayload.requestMetadata.callerSuppliedUserAgent",
}
AUDIT = Product(
    name="gcp",
    marks=has("protoPayload.methodName"),
    shapes=(
        Shape(
            table="authentication",
            when=_is_login,
            columns={
                **_SHARED,
                "method": "protoPayload.metadata.event.parameter[login_type]",
                "outcome": _login_outcome,
            },
        ),
        Shape(
            table="api_activity",
            columns={
                **_SHARED,
                "operation": "protoPayload.methodName",
                "object": "protoPayload.resourceName resource.labels.cluster_name",
                "outcome": _outcome,
                "change": _change,
                "tenant": "resource.labels.project_id resource.labels.organization_id logName",
            },
        ),
    ),
)
"""An audit entry of Google Cloud, or of Workspace as Cloud Logging keeps it."""

_HTTP = "httpRequest."


def _host(record: Record) -> Value:
    found = re.match(r"[a-z]{2,8}://([^/?#:\s]+)", record.text(f"{_HTTP}requestUrl") or "")
    return found[1] if found else None


REQUESTS = Product(
    name="gcp_load_balancer",
    marks=has("httpRequest.requestUrl", "resource.type"),
    shapes=(
        Shape(
            table="http_activity",
            columns={
                "time": "timestamp receiveTimestamp",
                "src_ip": f"{_HTTP}remoteIp jsonPayload.remoteIp",
                "dst_ip": f"{_HTTP}serverIp",
                "method": f"{_HTTP}requestMethod",
                "host": _host,
                "uri": f"{_HTTP}requestUrl",
                "version": lambda record: (record.text(f"{_HTTP}protocol") or "").rpartition("/")[
                    2
                ],
                "user_agent": f"{_HTTP}userAgent",
                "referrer": f"{_HTTP}referer",
                "status_code": said(f"{_HTTP}status"),
                "request_body_bytes": f"{_HTTP}requestSize",
                "response_body_bytes": f"{_HTTP}responseSize",
            },
        ),
    ),
)
"""A request through the load balancer, App Engine or Cloud Run."""

PRODUCTS = (AUDIT, REQUESTS)
