"""Events of clouds and identity providers, made by hand after their documentation."""

from __future__ import annotations

from collections.abc import Mapping

Case = tuple[dict[str, object], str, Mapping[str, object]]
"""An event, the table of its row, and what the row says."""

TIME = "2024-05-01T10:00:00Z"
GUARDDUTY = {
    "schemaVersion": "2.0", "accountId": "1", "region": "eu-west-1", "severity": 5.3,
    "type": "UnauthorizedAccess:EC2/SSHBruteForce", "title": "198.51.100.7 guesses", "id": "x",
    "resource": {"resourceType": "Instance", "instanceDetails": {
        "instanceId": "i-1", "networkInterfaces": [{"privateIpAddress": "10.0.0.5"}]}},
    "service": {"serviceName": "guardduty", "eventLastSeen": TIME, "count": 4, "action": {
        "actionType": "NETWORK_CONNECTION", "networkConnectionAction": {
            "connectionDirection": "INBOUND", "protocol": "TCP", "blocked": False,
            "localPortDetails": {"port": 22}, "remotePortDetails": {"port": 50000},
            "remoteIpDetails": {"ipAddressV4": "198.51.100.7"}}}},
}  # fmt: skip
WAF = {
    "timestamp": 1714557600000, "webaclId": "arn:x", "terminatingRuleId": "SQLi",
    "action": "BLOCK", "httpSourceId": "alb",
    "terminatingRuleMatchDetails": [{"conditionType": "SQL_INJECTION"}],
    "httpRequest": {"clientIp": "198.51.100.7", "uri": "/a", "args": "q=1", "httpMethod": "GET",
                    "httpVersion": "HTTP/1.1",
                    "headers": [{"name": "Host", "value": "h.example"},
                                {"name": "User-Agent", "value": "curl"}]},
}  # fmt: skip


def _workspace(application: str, name: str, **parameters: object) -> dict[str, object]:
    pairs = [{"name": key, "value": value} for key, value in parameters.items()]
    return {
        "kind": "admin#reports#activity", "ipAddress": "2001:db8::7", "ownerDomain": "example.org",
        "id": {"time": TIME, "applicationName": application}, "actor": {"email": "b@example.org"},
        "events": [{"type": "t", "name": name, "parameters": pairs}],
    }  # fmt: skip


def _audit(method: str, **more: object) -> dict[str, object]:
    return {
        "timestamp": "2024-05-01T10:00:00.123456789Z", "logName": "projects/p/logs/x",
        "resource": {"type": "project", "labels": {"project_id": "p"}},
        "protoPayload": {
            "serviceName": "s", "methodName": method, "resourceName": "r",
            "authenticationInfo": {"principalEmail": "b@example.org"},
            "requestMetadata": {"callerIp": "198.51.100.7"}, **more,
        },
    }  # fmt: skip


def _azure(operation: str, **more: object) -> dict[str, object]:
    return {
        "time": TIME, "resourceId": "/SUBSCRIPTIONS/1/X", "operationName": operation,
        "category": "Administrative", "resultType": "Success", "tenantId": "t",
        "callerIpAddress": "198.51.100.7:443", **more,
    }  # fmt: skip


def _kubernetes(verb: str, resource: str, code: int) -> dict[str, object]:
    return {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "1", "verb": verb,
        "requestReceivedTimestamp": TIME, "sourceIPs": ["198.51.100.7", "10.0.0.1"],
        "user": {"username": "system:anonymous"}, "requestURI": "/api/v1/x?limit=5",
        "objectRef": {"resource": resource, "namespace": "default", "name": "n"},
        "responseStatus": {"code": code},
    }  # fmt: skip


def _duo(result: str, reason: str, factor: str = "duo_push") -> dict[str, object]:
    return {
        "event_type": "authentication", "isotimestamp": "2024-05-01T10:00:00+00:00",
        "factor": factor, "result": result, "reason": reason, "user": {"name": "bob"},
        "access_device": {"ip": "198.51.100.7", "location": {"country": "France"}},
        "application": {"name": "VPN"},
    }  # fmt: skip


CLOUDS: tuple[Case, ...] = (
    (GUARDDUTY, "detection_finding", {
        "src_ip": "198.51.100.7", "dst_ip": "10.0.0.5", "dst_port": 22, "protocol": "tcp",
        "severity_id": 3, "category": "UnauthorizedAccess", "action": "allowed", "count": 4}),
    (WAF, "detection_finding", {
        "src_ip": "198.51.100.7", "rule_id": "SQLi", "action": "blocked",
        "category": "SQL_INJECTION", "observable": "h.example"}),
    ({**WAF, "action": "ALLOW", "responseCodeSent": 200}, "http_activity", {
        "host": "h.example", "uri": "/a?q=1", "method": "GET", "user_agent": "curl",
        "version": "1.1", "status_code": 200}),
    (_workspace("login", "login_failure", login_type="google_password",
                login_failure_type="login_failure_invalid_password"), "authentication", {
        "account": "b@example.org", "outcome": "failure", "src_ip": "2001:db8::7",
        "method": "google_password", "status_detail": "login_failure_invalid_password"}),
    (_workspace("login", "login_challenge", login_challenge_status="Challenge Passed."),
     "authentication", {"mfa": "passed", "outcome": None}),
    (_workspace("admin", "ASSIGN_ROLE", USER_EMAIL="e@example.org"), "api_activity", {
        "change": "role", "object": "e@example.org", "operation": "ASSIGN_ROLE"}),
    (_workspace("token", "authorize", app_name="Tool"), "api_activity", {
        "change": "consent", "object": "Tool"}),
    (_workspace("drive", "change_document_visibility", visibility="people_with_link"),
     "api_activity", {"change": "sharing"}),
    (_audit("SetIamPolicy"), "api_activity", {
        "change": "role", "outcome": "success", "account": "b@example.org", "tenant": "p"}),
    (_audit("google.iam.admin.v1.CreateServiceAccountKey", status={"code": 7, "message": "no"}),
     "api_activity", {"change": "credential", "outcome": "failure", "status_detail": "7 no"}),
    (_audit("google.login.LoginService.loginFailure"), "authentication", {"outcome": "failure"}),
    ({"timestamp": TIME, "resource": {"type": "http_load_balancer"}, "httpRequest": {
        "requestUrl": "https://h.example/x", "requestMethod": "GET", "status": 403,
        "requestSize": "77", "remoteIp": "198.51.100.7"}}, "http_activity", {
        "host": "h.example", "status_code": 403, "request_body_bytes": 77}),
    (_azure("Microsoft.Authorization/roleAssignments/write", caller="b@example.org"),
     "api_activity", {"change": "role", "src_ip": "198.51.100.7", "account": "b@example.org"}),
    (_azure("MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE", resultType="Failed.403"),
     "api_activity", {"change": "logging", "outcome": "failure"}),
    (_kubernetes("list", "secrets", 403), "api_activity", {
        "change": "secret", "outcome": "failure", "operation": "list secrets",
        "src_ip": "198.51.100.7", "object": "default/n"}),
    (_kubernetes("create", "clusterrolebindings", 201), "api_activity", {
        "change": "role", "outcome": "success"}),
    (_duo("denied", "user_marked_fraud"), "authentication", {
        "mfa": "denied", "outcome": "failure", "account": "bob", "src_country": "France"}),
    (_duo("success", "user_approved"), "authentication", {"mfa": "passed", "outcome": "success"}),
    (_duo("success", "remembered_device", "remembered_device"), "authentication", {"mfa": None}),
    ({"Date_(UTC)": TIME, "Username": "bob", "IP_address": "198.51.100.7", "Status": "Success",
      "Multifactor_authentication_result": "MFA requirement satisfied by claim in the token"},
     "authentication", {"outcome": "success", "mfa": "passed", "provider": "entra"}),
    ({"action": "admin_login", "isotimestamp": TIME, "username": "Eve", "object": None,
      "description": '{"ip_address": "198.51.100.7", "factor": "push"}'}, "authentication", {
        "src_ip": "198.51.100.7", "mfa": "passed", "service": "admin panel"}),
    ({"action": "bypass_create", "timestamp": 1714557600, "username": "Eve", "object": "bob",
      "isotimestamp": "2024-05-01 10:00:00"}, "api_activity", {"change": "mfa", "object": "bob"}),
    ({"log_id": "1", "data": {"type": "fp", "date": TIME, "ip": "198.51.100.7",
                              "user_name": "bob"}}, "authentication", {"outcome": "failure"}),
    ({"log_id": "1", "type": "gd_auth_rejected", "date": TIME, "user_name": "bob"},
     "authentication", {"mfa": "denied", "outcome": "failure"}),
    ({"log_id": "1", "data": {"type": "sapi", "date": TIME, "details": {"request": {
        "method": "patch", "path": "/api/v2/attack-protection/breached-password-detection"}}}},
     "api_activity", {"change": "mfa"}),
    ({"event_type_id": 6, "user_name": "bob", "ipaddr": "198.51.100.7", "created_at": TIME},
     "authentication", {"outcome": "failure", "provider": "onelogin"}),
    ({"event_type_id": 13, "actor_user_name": "Eve", "user_name": "bob", "created_at": TIME},
     "api_activity", {"change": "account", "account": "Eve", "object": "bob"}),
    ({"event_type": "user_login_attempt", "initiated_by": {"username": "bob"}, "success": False,
      "organization": "1", "timestamp": TIME, "client_ip": "198.51.100.7"}, "authentication",
     {"outcome": "failure", "account": "bob"}),
    ({"realmId": "r", "type": "LOGIN_ERROR", "ipAddress": "198.51.100.7", "time": 1714557600000,
      "clientId": "web", "error": "invalid_user_credentials", "details": {"username": "bob"}},
     "authentication", {"outcome": "failure", "status_detail": "invalid_user_credentials"}),
    ({"eventGroupID": "1", "origin": "ADMIN_CONSOLE", "eventTime": TIME, "action": "CREATE",
      "actor": {"loginName": "b@example.org"}, "target": {"type": "API_KEY", "id": "k"}},
     "api_activity", {"change": "credential", "account": "b@example.org", "operation": "CREATE"}),
    ({"nodeId": "n", "start": TIME, "end": "2024-05-01T10:00:05Z", "virtualTraffic": [
        {"proto": 6, "src": "100.64.0.1:50000", "dst": "[fd7a::1]:443", "txBytes": 500,
         "rxBytes": 900, "txPkts": 5, "rxPkts": 6}]}, "network_activity", {
        "src_ip": "100.64.0.1", "dst_ip": "fd7a::1", "dst_port": 443, "ip_bytes_in": 900,
        "duration_s": 5.0, "protocol": "tcp"}),
    ({"Action": "managed_challenge", "ClientIP": "198.51.100.7", "RuleID": "r", "Source": "waf",
      "Datetime": TIME, "ClientRequestHost": "h.example"}, "detection_finding",
     {"action": "challenged", "category": "waf", "observable": "h.example"}),
    ({"ClientIP": "198.51.100.7", "ClientRequestMethod": "GET", "ClientRequestHost": "h.example",
      "ClientRequestURI": "/x", "EdgeStartTimestamp": 1714557600000000000,
      "EdgeResponseStatus": 200}, "http_activity", {"uri": "/x", "status_code": 200}),
    ({"QueryName": "a.example", "SrcIP": "10.0.0.9", "Datetime": TIME, "RCode": 0,
      "QueryTypeName": "A", "ResolvedIPs": ["198.51.100.8"]}, "dns_activity",
     {"query": "a.example", "answers": ["198.51.100.8"], "is_response": True}),
    ({"action": "org.disable_two_factor_requirement", "actor": "bob", "actor_ip": "198.51.100.7",
      "org": "o", "@timestamp": 1714557600000}, "api_activity",
     {"change": "mfa", "src_ip": "198.51.100.7", "tenant": "o"}),
    ({"action": "repo.access", "actor": "bob", "repo": "o/r", "visibility": "public",
      "created_at": 1714557600000, "org": "o"}, "api_activity", {"change": "sharing"}),
    ({"EVENT_TIMESTAMP": "2024-05-01 10:00:00.061000000", "EVENT_TYPE": "LOGIN", "IS_SUCCESS": "NO",
      "USER_NAME": "bob", "CLIENT_IP": "198.51.100.7", "ERROR_MESSAGE": "INCORRECT_PASSWORD"},
     "authentication", {"outcome": "failure", "status_detail": "INCORRECT_PASSWORD"}),
    ({"action": "Update", "category_type": "Account", "operator": "e@example.org", "time": TIME,
      "operation_detail": "Security  - Require two-factor: from On to Off"}, "api_activity",
     {"change": "mfa", "account": "e@example.org"}),
    ({"email": "b@example.org", "time": TIME, "type": "Sign in", "ip_address": "198.51.100.7",
      "client_type": "Browser"}, "authentication", {"outcome": "success"}),
    ({"id": "1", "date_create": 1714557600, "action": "user_login_failed", "actor": {
        "type": "user", "user": {"email": "b@example.org"}},
      "context": {"ip_address": "198.51.100.7"}}, "authentication", {"outcome": "failure"}),
    ({"sourcetype": "zscalernss-audit", "event": {
        "time": "2024-05-01 10:00:00", "adminid": "e@example.org", "action": "SIGN_IN",
        "auditlogtype": "ZIA", "result": "FAILURE", "clientip": "198.51.100.7"}},
     "authentication", {"outcome": "failure", "account": "e@example.org"}),
    ({"audit_log_event": "Deleted policy", "timestamp": TIME, "user": "e", "type": "admin"},
     "api_activity", {"operation": "Deleted policy"}),
    ({"AppDomain": "a.example", "Allowed": False, "IPAddress": "198.51.100.7", "CreatedAt": TIME,
      "Email": "b@example.org"}, "authentication", {"outcome": "failure"}),
    ({"ActionType": "tfa_disabled", "ActorIP": "198.51.100.7", "ActorEmail": "e@example.org",
      "ActionResult": True, "When": TIME}, "api_activity", {"change": "mfa", "outcome": "success"}),
    ({"id": "1", "type": "events", "attributes": {
        "time": TIME, "action": "user_role_changed", "actor": {"email": "e@example.org"},
        "location": {"ip": "198.51.100.7"}}}, "api_activity",
     {"change": "role", "src_ip": "198.51.100.7", "account": "e@example.org"}),
    ({"LoginTime": "2024-05-01T10:00:00.000+0000", "SourceIp": "198.51.100.7", "UserId": "u",
      "Status": "Invalid Password"}, "authentication",
     {"outcome": "failure", "status_detail": "Invalid Password"}),
)  # fmt: skip
