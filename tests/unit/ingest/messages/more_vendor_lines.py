"""More sound lines of vendors' devices, in the form of ``vendor_lines``."""

from __future__ import annotations

from tests.unit.ingest.messages.vendor_lines import Case

_S = "<134>1 2024-05-06T07:08:09Z box - - - - "
_IN = {"src_ip": "192.0.2.9", "account": "carla"}
_FLOW = {"src_ip": "192.0.2.9", "src_port": 40001, "dst_ip": "10.1.0.2", "dst_port": 445}
_KEY = "A" * 43 + "="
_OVPN = "2024-05-06 07:08:09 carla/192.0.2.9:40001 "

GATEWAYS: tuple[Case, ...] = (
    ("openvpn", _OVPN + "MULTI: Learn: 10.9.0.7 -> carla/192.0.2.9:40001", "host_identity",
     {"ip": "10.9.0.7", "user": "carla", "source": "vpn"}),
    ("openvpn", "2024-05-06 07:08:09 192.0.2.9:40001 TLS: Username/Password authentication "
     "succeeded for username 'carla'", "authentication",
     {**_IN, "src_port": 40001, "outcome": "success"}),
    ("openvpn", "CLIENT_LIST,carla,192.0.2.9:40001,10.9.0.7,,500,600,2024-05-06 07:08:09,"
     "1714979289,carla,0,0", "authentication", {**_IN, "src_port": 40001}),
    ("wireguard", "<7>2024-05-06T07:08:09Z gw kernel: wireguard: wg0: Receiving handshake "
     "initiation from peer 3 (192.0.2.9:40001)", "authentication",
     {"src_ip": "192.0.2.9", "account": "wg0 peer 3", "outcome": "success"}),
    ("wireguard", f"wg0\t{_KEY}\t(none)\t192.0.2.9:40001\t10.9.0.7/32\t1714979289\t5\t6\toff",
     "host_identity", {"ip": "10.9.0.7", "user": _KEY}),
    ("freeradius", "Mon May  6 07:08:09 2024 : Auth: (12) Login incorrect (mschap: no): "
     "[carla/<via Auth-Type = EAP>] (from client wlan port 0 cli 02-00-00-00-00-09)",
     "authentication",
     {"account": "carla", "workstation": "02:00:00:00:00:09", "status_detail": "mschap: no",
      "outcome": "failure", "domain": "wlan"}),
    ("citrix_adc", "<134> 05/06/2024:07:08:09 GMT adc1 0-PPE-0 : default AAA LOGIN_FAILED 7 0 : "
     'User carla - Client_ip 192.0.2.9 - Failure_reason "no" - Browser Mozilla/5.0',
     "authentication", {**_IN, "outcome": "failure", "status_detail": "no", "domain": "adc1"}),
    ("citrix_adc", "<134> 13/05/2024:07:08:09 GMT adc1 0-PPE-0 : default SSLVPN TCPCONNSTAT 7 0 : "
     "Context carla@192.0.2.9 - User carla - Source 192.0.2.9:40001 - Destination 10.1.0.2:445",
     "network_activity", _FLOW),
    ("f5", _S + "01580002:5: /VPN/p:Common:0f47932d: reject ACL: /VPN/a:59 packet: tcp "
     "192.0.2.9:40001 -> 10.1.0.2:445", "network_activity", {**_FLOW, "conn_state": "REJ"}),
    ("f5", _S + "apmd[1]: 01490107:5: /Common/p:Common:76220fff: AD module: authentication with "
     "'carla' failed: Preauthentication failed", "authentication",
     {"account": "carla", "outcome": "failure", "method": "ad"}),
    ("juniper", "<14>May  6 07:08:09 srx RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: "
     "192.0.2.9/40001->10.1.0.2/445 junos-smb 192.0.2.9/40001->10.1.0.2/445 None None 6 p trust "
     "untrust 77 7(645) 6(1050) 5 UNKNOWN", "network_activity",
     {**_FLOW, "ip_bytes_out": 645, "ip_bytes_in": 1050, "packets_out": 7, "duration_s": 5.0}),
    ("juniper", "<14>May  6 07:08:09 srx mgd[5]: UI_LOGIN_EVENT: User 'carla' login, class 'j' "
     "[5], ssh-connection '192.0.2.9 40001 10.1.0.1 22', client-mode 'cli'", "authentication",
     {**_IN, "src_port": 40001, "dst_ip": "10.1.0.1", "outcome": "success"}),
    ("juniper", "<14>1 2024-05-06T07:08:09Z srx sshd - SSHD_LOGIN_FAILED [junos@2636 "
     'username="carla" source-address="192.0.2.9"]', "authentication",
     {**_IN, "outcome": "failure"}),
)  # fmt: skip

FIREWALLS: tuple[Case, ...] = (
    ("watchguard", '<140>May  6 07:08:09 fb firewall: msg_id="3000-0148" Deny 0-External Firebox '
     "52 tcp 20 115 192.0.2.9 10.1.0.2 40001 445 offset 8 S 1 win 8192 (Unhandled-00)",
     "network_activity", {**_FLOW, "conn_state": "S0", "ttl_min_out": 115}),
    ("check_point", '"21" "6May2024" "07:08:09" "eth1" "gw" "Log" "Drop" "445" "40001" "192.0.2.9" '
     '"10.1.0.2" "tcp" "107" "Deny" "p" ""', "network_activity", {**_FLOW, "conn_state": "S0"}),
    ("clavister", _S + "id=6000051 event=ruleset_drop_packet action=drop [message=Packet dropped "
     "by rule-set. Dropping ][ethernet hwsender=020000000009 hwdest=020000000001 ipproto=Ip4 ]"
     "[ippacket ipproto=TCP srcip=192.0.2.9 destip=10.1.0.2 ][tcp srcport=40001 destport=445 ]",
     "network_activity", {**_FLOW, "protocol": "tcp", "src_mac": "02:00:00:00:00:09"}),
    ("clavister", _S + "id=3700102 event=user_login [message=User logged in. username=carla "
     "srcip=192.0.2.9 authevent=Login ]", "authentication", {**_IN, "outcome": "success"}),
    ("barracuda", _S + "Info     BOX Block: FWD|TCP|eth0|192.0.2.9|40001|02:00:00:00:00:09|"
     "10.1.0.2|445|smb|eth1|R|4002|192.0.2.9|10.1.0.2|0|1|0|0|0|0|", "network_activity",
     {**_FLOW, "conn_state": "S0", "src_mac": "02:00:00:00:00:09"}),
    ("barracuda", _S + "Security BOX LOGIN ATTEMPT: Login carla from 192.0.2.9: Denied: Rule R",
     "authentication", {**_IN, "outcome": "failure"}),
    ("pf", "May 06 07:08:09.123456 rule 5/(match) block in on em0: 192.0.2.9.40001 > 10.1.0.2.445: "
     "S 1:1(0) win 8192", "network_activity", {**_FLOW, "tcp_flags_out": 2, "protocol": "tcp"}),
    ("bind", "06-May-2024 07:08:09.250 rpz: info: client @0x7f4f 192.0.2.9#40001 (a.example): rpz "
     "QNAME NXDOMAIN rewrite a.example/A/IN via a.example.block.zone", "detection_finding",
     {"src_ip": "192.0.2.9", "observable": "a.example", "action": "nxdomain"}),
    ("bind", "06-May-2024 07:08:09.250 client 192.0.2.9#40001: UDP: query: a.example IN A "
     "response: NOERROR + a.example. 60 IN A 198.51.100.1;", "dns_activity",
     {"rcode": "NOERROR", "answers": ["198.51.100.1"], "src_port": 40001}),
)  # fmt: skip

PROXIES: tuple[Case, ...] = (
    ("squid", "Info: 1714979289.684 5 192.0.2.9 TCP_DENIED/407 0 CONNECT tunnel://a.example:443/ "
     '"CORP\\carla@r" NONE/- - OTHER-NONE <"-",->', "http_activity",
     {"host": "a.example", "dst_port": 443, "status_code": 407, "dst_ip": None}),
    ("umbrella", '"2024-05-06 07:08:09","PC-9","PC-9","192.0.2.9","203.0.113.1","Blocked","1 (A)",'
     '"NOERROR","a.example.","Malware","Roaming Computers","Roaming Computers","Malware"',
     "dns_activity", {"src_ip": "192.0.2.9", "query": "a.example", "query_type": "A"}),
    ("umbrella", '"2024-05-06 07:08:09","PC-9","192.0.2.9","203.0.113.1","198.51.100.5",'
     '"text/html","ALLOWED","https://a.example/b","r","agent","204","471","9","","","Chat","","","","","",'
     '"Roaming Computers",""', "http_activity",
     {"host": "a.example", "status_code": 204, "user_agent": "agent", "request_body_bytes": 471}),
    ("umbrella", '"2024-05-06 07:08:09","PC-9","192.0.2.9","40001","10.1.0.2","445","","Computers"',
     "network_activity", {**_FLOW, "conn_state": "S0"}),
    ("netskope", "2024-05-06 07:08:09 64 1977 651 2628 192.0.2.9 198.51.100.5 carla POST https - "
     '"agent x" - 200 text/html a.example a.example /b 443 - 5 "Client" ' + "- " * 30
     + "http_transaction " + "- " * 20, "http_activity",
     {**_IN, "host": "a.example", "uri": "/b", "request_body_bytes": 1977, "dst_port": 443}),
    ("key_value", _S + "reason=Allowed\tevent_id=7\tprotocol=HTTPS\taction=Allowed\t"
     "responsesize=9\trequestsize=60\tserverip=198.51.100.5\trequestmethod=GET\tuseragent=agent x\t"
     "ClientIP=192.0.2.9\tstatus=200\tuser=carla\turl=a.example/b\thostname=a.example",
     "http_activity", {**_IN, "host": "a.example", "user_agent": "agent x", "method": "GET"}),
    ("haproxy", "<134>May  6 07:08:09 lb haproxy[9]: 192.0.2.9:40001 [06/May/2024:07:08:09.655] in "
     'be/s1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /b HTTP/1.1"', "http_activity",
     {"src_ip": "192.0.2.9", "uri": "/b", "status_code": 200, "response_body_bytes": 2750}),
    ("nginx_error", "2024/05/06 07:08:09 [error] 12#0: *1 open() \"/x\" failed (2: No such file), "
     'client: 192.0.2.9, server: a, request: "GET /x HTTP/1.1", host: "a.example"',
     "http_activity", {"src_ip": "192.0.2.9", "host": "a.example", "uri": "/x"}),
    ("proxifier", "[05.06 07:08:09] a.exe - host.example:443 close, 60 bytes sent, 9000 bytes (8.8 "
     "KB) received, lifetime 00:01", "application_activity",
     {"object": "host.example:443", "software": "a.exe", "bytes": 9060}),
)  # fmt: skip

MORE = (*GATEWAYS, *FIREWALLS, *PROXIES)
