"""Azure activity and resource logs (diagnostic settings, the activity log's API, Event Hubs).

Sign-ins and directory audits of Entra ID have a reader of their own (``ingest.audit.entra``).
Source: "Azure Monitor activity log event schema".
"""

from __future__ import annotations

from netcordon.ingest.audit.microsoft import CHANGES
from netcordon.ingest.messages.events import Value
from netcordon.ingest.records.changes import by_name
from netcordon.ingest.records.product import Product, Shape, either, fixed, word
from netcordon.ingest.records.record import Record

_UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_weakened = by_name(
    {
        "role": "roleassignments/write$ elevateaccess roledefinitions/write$",
        "logging": "diagnosticsettings/delete$ flowlogs/delete$ workspaces/delete$ "
        "alerts?suppressionrules/(write|delete)$ eventhubs/delete$ activitylogalerts/delete$ "
        "securitycontacts/delete$ pricings/(write|delete)$ autoprovisioningsettings/write$",
        "secret": "listkeys listaccountsas listservicesas listcredentials secretget$ secretlist$ "
        "listclusteradmincredential listconnectionstrings keyget$ publishingcredentials "
        "getsecret vaults/secrets/read begingetaccess",
        "credential": "regeneratekey /extensions/write$ runcommand resetpassword keycreate$ "
        "accesspolicies/write$ federatedidentitycredentials/write$ sshpublickeys/write$ "
        "secretset$ automationaccounts/webhooks/write$",
        "deletion": "(storageaccounts|vaults|snapshots|restorepointcollections|locks"
        "|resourcegroups|virtualmachines|immutabilitypolicies|servers|databases|containers"
        "|backupprotecteditems|virtualnetworks)/delete$ keydelete$ secretdelete$ purge",
        "sharing": "firewallrules/write$ networksecuritygroups/(securityrules/)?(write|delete)$ "
        "setcontaineracl blobservices/containers/write$",
    }
)
_RESULTS = {
    "success": "success", "succeeded": "success", "ok": "success", "accept": "success",
    "accepted": "success", "created": "success", "started": None, "start": None,
    "failure": "failure", "failed": "failure", "fail": "failure",
    "clientauthenticationerror": "failure",
    "forbidden": "failure", "unauthorized": "failure", "authorizationerror": "failure",
}  # fmt: skip


def _operation(record: Record) -> str:
    return record.text("operationName.value", "operationName", "authorization.action") or ""


def _change(record: Record) -> Value:
    name = _operation(record).lower()
    found = CHANGES.get(name)
    return found or _weakened(name)


def _outcome(record: Record) -> Value:
    for path in ("status.value", "resultType", "statusText", "resultSignature", "status"):
        told = record.lower(path).partition(".")[0].partition(" ")[0]
        if told in _RESULTS:
            return _RESULTS[told]
        if told.isdecimal() and len(told) == 3:
            return "success" if told < "400" else "failure"
    return None


def _portal_mfa(record: Record) -> Value:
    told = record.lower("Multifactor_authentication_result")
    if "denied" in told:
        return "denied" if "declined" in told or "fraud" in told else "failed"
    return "passed" if "satisfied" in told or "completed" in told else None


PORTAL = Product(
    name="entra",
    marks=lambda record: (
        record.has("Date_(UTC)", "IP_address") and record.text("Username", "User") is not None
    ),
    shapes=(
        Shape(
            table="authentication",
            columns={
                "time": "Date_(UTC)",
                "src_ip": "IP_address",
                "provider": fixed("entra"),
                "method": "Client_app Authentication_Protocol",
                "service": "Application Resource",
                "account": "Username User User_ID",
                "outcome": word("Status", {"success": "success", "failure": "failure"}),
                "status_detail": lambda record: (
                    record.text("Failure_reason", "Sign-in_error_code")
                    if record.lower("Status") == "failure"
                    else None
                ),
                "mfa": _portal_mfa,
                "user_agent": "User_agent Browser",
                "src_country": lambda record: (
                    (record.text("Location") or "").rpartition(",")[2].strip() or None
                ),
            },
        ),
    ),
)
"""A sign-in of Entra ID as its portal exports it (CSV)."""

PRODUCTS = (
    PORTAL,
    Product(
        name="azure",
        marks=lambda record: (
            record.has("operationName")
            and record.has("resourceId")
            and (record.has("time") or record.has("eventTimestamp") or record.has("TimeGenerated"))
            and not record.lower("operationName").endswith("flowevents")
            and not record.lower("category").endswith("flowevent")
            and not record.has("flowLogVersion")
        ),
        shapes=(
            Shape(
                table="api_activity",
                columns={
                    "time": "eventTimestamp time TimeGenerated",
                    "src_ip": "callerIpAddress httpRequest.clientIpAddress claims.ipaddr "
                    "identity.claims.ipaddr properties.clientIp properties.ipAddress",
                    "provider": fixed("azure"),
                    "service": "resourceProviderName.value category.value category",
                    "operation": _operation,
                    "account": either(
                        "caller",
                        f"identity.claims[{_UPN}upn]",
                        f"identity.claims[{_UPN}name]",
                        f"claims[{_UPN}upn]",
                        f"identity.claims[{_UPN}emailaddress]",
                        "identity.claims.name identity.claims.unique_name identity.claims.upn "
                        "properties.userPrincipalName identity.claims.appid",
                    ),
                    "object": "resourceId.value resourceId properties.objectKey",
                    "outcome": _outcome,
                    "status_detail": "properties.statusMessage.error.message "
                    "properties.statusMessage resultDescription statusText subStatus.value",
                    "user_agent": "properties.userAgentHeader properties.userAgent "
                    "properties.clientInfo",
                    "change": _change,
                    "tenant": "tenantId subscriptionId",
                },
            ),
        ),
    ),
)
"""A call of Azure's resource manager or of one of its resources."""
