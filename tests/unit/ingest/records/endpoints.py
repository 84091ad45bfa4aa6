"""Events of endpoints and of schemas that many products share, made by hand."""

from __future__ import annotations

from tests.unit.ingest.records.clouds import TIME, Case

MS = 1714557600000


def _ocsf(uid: int, **more: object) -> dict[str, object]:
    return {
        "class_uid": uid, "time": MS, "activity_id": 1, "status_id": 2, "severity_id": 4,
        "metadata": {"product": {"name": "Some Sensor"}, "version": "1.3.0"},
        "src_endpoint": {"ip": "10.0.0.9", "port": 50000},
        "dst_endpoint": {"ip": "198.51.100.7", "port": 443}, **more,
    }  # fmt: skip


def _ecs(category: object, **more: object) -> dict[str, object]:
    return {
        "@timestamp": TIME, "ecs": {"version": "8.11"},
        "event": {"category": category, "outcome": "failure", "module": "sensor"},
        "source": {"ip": "10.0.0.9", "port": 50000},
        "destination": {"ip": "198.51.100.7", "port": 443}, **more,
    }  # fmt: skip


def _osquery(**columns: str) -> dict[str, object]:
    return {
        "name": "pack_net", "hostIdentifier": "pc1", "unixTime": 1714557600, "action": "added",
        "calendarTime": "Wed May  1 10:00:00 2024 UTC", "columns": columns,
    }  # fmt: skip


def _device(kind: str, **more: object) -> dict[str, object]:
    return {"Timestamp": "2024-05-01T10:00:00.1234567Z", "DeviceId": "d", "DeviceName": "pc1",
            "ActionType": kind, **more}  # fmt: skip


def _falcon(name: str, **more: object) -> dict[str, object]:
    return {"event_simpleName": name, "timestamp": str(MS), "aid": "a", "event_platform": "Win",
            **more}  # fmt: skip


_ENDS = {"src_ip": "10.0.0.9", "dst_ip": "198.51.100.7"}
ENDPOINTS: tuple[Case, ...] = (
    (_ocsf(4001, traffic={"bytes_out": 500, "bytes_in": 900, "packets_out": 5, "packets_in": 6},
           connection_info={"protocol_num": 6}, start_time=MS, end_time=MS + 2000),
     "network_activity", {**_ENDS, "dst_port": 443, "protocol": "tcp", "ip_bytes_out": 500,
                          "duration_s": 2.0}),
    (_ocsf(4001, disposition="Blocked"), "network_activity", {"conn_state": "S0"}),
    (_ocsf(4007), "network_activity", {"service": "ssh"}),
    (_ocsf(4002, http_request={"http_method": "GET", "user_agent": "x",
                               "url": {"hostname": "h.example", "url_string": "http://h.example/"}},
           http_response={"code": 404}), "http_activity",
     {"host": "h.example", "status_code": 404, "method": "GET"}),
    (_ocsf(4003, query={"hostname": "a.example.", "type": "A"}, rcode="NoError",
           answers=[{"rdata": "198.51.100.8"}]), "dns_activity",
     {"query": "a.example", "rcode": "NOERROR", "answers": ["198.51.100.8"]}),
    (_ocsf(4004, activity_id=5, src_endpoint={"mac": "00:11:22:33:44:55", "hostname": "pc1"},
           dst_endpoint={"ip": "10.0.0.9"}), "dhcp_activity",
     {"message_type": "ACK", "assigned_ip": "10.0.0.9", "host_name": "pc1"}),
    (_ocsf(3002, user={"name": "bob"}, is_mfa=True, status_detail="bad password"),
     "authentication", {"outcome": "failure", "account": "bob", "mfa": None,
                        "provider": "some_sensor", "status_detail": "bad password"}),
    (_ocsf(3002, user={"name": "bob"}, is_mfa=True, status_id=1), "authentication",
     {"outcome": "success", "mfa": "passed"}),
    (_ocsf(3001, activity_id=7, activity_name="Attach Policy", status_id=1,
           actor={"user": {"name": "eve"}}, user={"name": "bob"}), "api_activity",
     {"change": "role", "account": "eve", "object": "bob"}),
    (_ocsf(2004, finding_info={"title": "Odd", "types": ["Backdoor"], "uid": "f"}),
     "detection_finding", {"title": "Odd", "severity_id": 4, **_ENDS}),
    (_ecs(["network"], network={"transport": "tcp", "protocol": "tls"}), "network_activity",
     {**_ENDS, "protocol": "tcp", "service": "tls"}),
    ({"@timestamp": TIME, "event.category": "network", "event.duration": 3000000000,
      "source.ip": "10.0.0.9", "source.bytes": 700, "destination.ip": "198.51.100.7",
      "destination.bytes": 0, "network.transport": "udp", "event.dataset": "flow"},
     "network_activity", {**_ENDS, "duration_s": 3.0, "ip_bytes_out": 700, "conn_state": "S0"}),
    (_ecs(["authentication"], user={"name": "bob"}), "authentication",
     {"outcome": "failure", "account": "bob", "provider": "sensor", "src_ip": "10.0.0.9"}),
    (_ecs(["network"], dns={"question": {"name": "a.example", "type": "A"}, "type": "answer",
                            "response_code": "NXDOMAIN", "id": "77"}), "dns_activity",
     {"query": "a.example", "rcode": "NXDOMAIN", "transaction_id": 77}),
    (_ecs(["web"], http={"request": {"method": "post"}, "response": {"status_code": 500}},
          url={"full": "http://h.example/x", "domain": "h.example"}), "http_activity",
     {"method": "POST", "status_code": 500, "host": "h.example"}),
    (_ecs("intrusion_detection", rule={"name": "R", "id": "9"}), "detection_finding",
     {"title": "R", "rule_id": "9", **_ENDS}),
    (_ecs("process", process={"name": "a.exe"}, user={"name": "bob"}, destination=None,
          event={"category": "process", "action": "exec", "module": "endpoint"}),
     "api_activity", {"operation": "exec", "account": "bob", "provider": "endpoint"}),
    (_osquery(local_address="10.0.0.9", local_port="50000", remote_address="198.51.100.7",
              remote_port="443", protocol="6", pid="5"), "network_activity",
     {**_ENDS, "dst_port": 443, "protocol": "tcp"}),
    (_osquery(local_address="198.51.100.7", local_port="22", remote_address="10.0.0.9",
              remote_port="50000", protocol="6", pid="5"), "network_activity",
     {**_ENDS, "dst_port": 22}),
    (_osquery(address="0.0.0.0", port="8080", protocol="6", pid="5"), "api_activity",
     {"operation": "port listened on", "object": "0.0.0.0:8080", "tenant": "pc1"}),
    (_osquery(username="bob", tty="pts/0", host="198.51.100.7", type="7", pid="5"),
     "authentication", {"account": "bob", "src_ip": "198.51.100.7", "workstation": "pc1"}),
    (_device("ConnectionSuccess", LocalIP="10.0.0.9", LocalPort=50000, RemoteIP="198.51.100.7",
             RemotePort=443, Protocol="Tcp"), "network_activity", {**_ENDS, "dst_port": 443}),
    (_device("InboundConnectionAccepted", LocalIP="198.51.100.7", LocalPort=22,
             RemoteIP="10.0.0.9", RemotePort=50000, Protocol="Tcp"), "network_activity",
     {**_ENDS, "dst_port": 22, "src_port": 50000}),
    ({"time": TIME, "tenantId": "t", "category": "AdvancedHunting-DeviceLogonEvents",
      "properties": _device("LogonFailed", AccountName="bob", RemoteIP="10.0.0.9",
                            LogonType="Network", FailureReason="InvalidUserNameOrPassword")},
     "authentication", {"outcome": "failure", "account": "bob", "src_ip": "10.0.0.9"}),
    (_device("ProcessCreated", ProcessCommandLine="a -x", AccountName="bob"), "api_activity",
     {"operation": "ProcessCreated", "object": "a -x", "tenant": "pc1"}),
    (_falcon("NetworkConnectIP4", LocalAddressIP4="10.0.0.9", LocalPort="50000", Protocol="6",
             RemoteAddressIP4="198.51.100.7", RemotePort="443", ConnectionDirection="0"),
     "network_activity", {**_ENDS, "dst_port": 443, "protocol": "tcp"}),
    (_falcon("NetworkReceiveAcceptIP6", LocalAddressIP6="2001:db8::1", LocalPort="22",
             RemoteAddressIP6="2001:db8::2", RemotePort="50000", Protocol="6"),
     "network_activity", {"src_ip": "2001:db8::2", "dst_port": 22}),
    (_falcon("DnsRequest", DomainName="a.example", RequestType="1", aip="198.51.100.1"),
     "dns_activity", {"query": "a.example", "query_type": "A", "src_ip": "198.51.100.1"}),
    (_falcon("UserLogonFailed2", UserName="bob", LogonType="3", RemoteAddressIP4="10.0.0.9"),
     "authentication", {"outcome": "failure", "service": "network", "src_ip": "10.0.0.9"}),
)  # fmt: skip
