"""AWS GuardDuty findings, and web requests that AWS WAF judged.

Sources: GuardDuty user guide ("GuardDuty finding format"), AWS WAF developer guide ("Log fields").
Server access logs of S3 are lines of text and no JSON.
"""

from __future__ import annotations

from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.product import (
    Product,
    Shape,
    Source,
    either,
    fixed,
    has,
    joined,
    said,
    word,
)
from netcordon.ingest.records.record import Record

_ACTION = "service.action."
_REMOTE = tuple(
    f"{_ACTION}{name}.remoteIpDetails.ipAddressV4"
    for name in (
        "networkConnectionAction", "awsApiCallAction", "kubernetesApiCallAction",
        "rdsLoginAttemptAction",
    )
)  # fmt: skip
_PROBES = f"{_ACTION}portProbeAction.portProbeDetails"
_CONNECTION = f"{_ACTION}networkConnectionAction"
_OWN = (
    "service.action.networkConnectionAction.localIpDetails.ipAddressV4 "
    "resource.instanceDetails.networkInterfaces.privateIpAddress "
    "resource.instanceDetails.networkInterfaces.publicIp"
)


def _severity(record: Record) -> Value:
    """Low below 4, medium below 7, high below 9, critical from there."""
    try:
        level = float(record.text("severity") or "")
    except ValueError:
        return None
    return 2 if level < 4 else 3 if level < 7 else 4 if level < 9 else 5


def _is_outward(record: Record) -> bool:
    return record.lower(f"{_CONNECTION}.connectionDirection") == "outbound"


def _source(record: Record) -> Value:
    remote = record.text(*_REMOTE, f"{_PROBES}.remoteIpDetails.ipAddressV4")
    return record.text(*_OWN.split()) if _is_outward(record) else remote


def _target(record: Record) -> Value:
    remote = record.text(*_REMOTE, f"{_PROBES}.remoteIpDetails.ipAddressV4")
    return remote if _is_outward(record) else record.text(*_OWN.split())


def _port(ours: str, theirs: str) -> Source:
    def read(record: Record) -> Value:
        return record.text(theirs if _is_outward(record) else ours)

    return read


GUARDDUTY = Product(
    name="guardduty",
    marks=has("schemaVersion", "type", "service.serviceName", "severity"),
    shapes=(
        Shape(
            table="detection_finding",
            columns={
                "time": "service.eventLastSeen updatedAt createdAt",
                "src_ip": _source,
                "dst_ip": _target,
                "dst_port": either(
                    _port(
                        f"{_CONNECTION}.localPortDetails.port",
                        f"{_CONNECTION}.remotePortDetails.port",
                    ),
                    f"{_PROBES}.localPortDetails.port",
                ),
                "protocol": word(f"{_CONNECTION}.protocol", {"tcp": "tcp", "udp": "udp"}),
                "product": fixed("guardduty"),
                "kind": fixed("alert"),
                "rule_id": "type",
                "title": "title type",
                "category": lambda record: (record.text("type") or "").partition(":")[0] or None,
                "severity": "severity",
                "severity_id": _severity,
                "action": word(f"{_CONNECTION}.blocked", {"true": "blocked", "false": "allowed"}),
                "message": "description",
                "account": "resource.accessKeyDetails.userName "
                "resource.kubernetesDetails.kubernetesUserDetails.username "
                "resource.rdsDbUserDetails.user",
                "observable": f"{_ACTION}dnsRequestAction.domain "
                "resource.instanceDetails.instanceId "
                "resource.s3BucketDetails.name resource.eksClusterDetails.name "
                "resource.accessKeyDetails.accessKeyId",
                "count": either("service.count", fixed(1)),
                "reference": "id",
                "reporter": joined(" ", "accountId", "region"),
            },
        ),
    ),
)
"""A finding of GuardDuty; its actor is the source, unless the instance itself connected."""

_ACTIONS = {"allow": "allowed", "block": "blocked", "count": "allowed", "captcha": "challenged",
            "challenge": "challenged"}  # fmt: skip
_HTTP = "httpRequest."


def _is_refused(record: Record) -> bool:
    return record.lower("action") != "allow"


def _uri(record: Record) -> Value:
    path, query = record.text(f"{_HTTP}uri"), record.text(f"{_HTTP}args")
    return f"{path}?{query}" if path and query else path


def _version(record: Record) -> Value:
    return (record.text(f"{_HTTP}httpVersion") or "").rpartition("/")[2] or None


WAF = Product(
    name="aws_waf",
    marks=has("webaclId", "httpRequest.clientIp", "action"),
    shapes=(
        Shape(
            table="detection_finding",
            when=_is_refused,
            columns={
                "time": "timestamp",
                "src_ip": f"{_HTTP}clientIp",
                "service": fixed("http"),
                "product": fixed("aws_waf"),
                "kind": fixed("alert"),
                "rule_id": "terminatingRuleId",
                "title": joined(
                    " ", "terminatingRuleId", "terminatingRuleMatchDetails.conditionType"
                ),
                "category": "terminatingRuleMatchDetails.conditionType terminatingRuleType",
                "action": word("action", _ACTIONS, keep=True),
                "message": joined(" ", f"{_HTTP}httpMethod", f"{_HTTP}uri"),
                "observable": f"{_HTTP}headers[host] {_HTTP}host {_HTTP}uri",
                "count": fixed(1),
                "reference": f"{_HTTP}requestId",
                "reporter": "httpSourceId webaclId",
            },
        ),
        Shape(
            table="http_activity",
            columns={
                "time": "timestamp",
                "src_ip": f"{_HTTP}clientIp",
                "method": f"{_HTTP}httpMethod",
                "host": f"{_HTTP}headers[host] {_HTTP}host",
                "uri": _uri,
                "version": _version,
                "user_agent": f"{_HTTP}headers[user-agent]",
                "referrer": f"{_HTTP}headers[referer]",
                "proxied_for": f"{_HTTP}headers[x-forwarded-for]",
                "status_code": said("responseCodeSent"),
            },
        ),
    ),
)
"""A request that was allowed is one; one that a rule stopped is a finding with its rule."""

PRODUCTS = (GUARDDUTY, WAF)
