"""Sound lines of vendors' devices, made by hand after their log references, and what they say.

Each is: kind of reader, line, table, columns that the row must have.
"""

from __future__ import annotations

from collections.abc import Mapping

Case = tuple[str, str, str, Mapping[str, object]]

_S = "<134>1 2024-05-06T07:08:09Z box - - - - "
_ASA = "<166>May 06 2024 07:08:09 fw : %ASA-6-"
_P = "1,2024/05/06 07:08:09,0011,"
_IOS = "<189>77: sw1: *May  6 2024 07:08:09.250 UTC: %"
_IN = {"src_ip": "192.0.2.9", "account": "carla"}

CISCO: tuple[Case, ...] = (
    ("cisco_asa", _ASA + "113039: Group <staff> User <carla> IP <192.0.2.9> AnyConnect parent "
     "session started.", "authentication",
     {**_IN, "outcome": "success", "service": "vpn", "domain": "staff"}),
    ("cisco_asa", _ASA + "722051: Group <staff> User <carla> IP <192.0.2.9> IPv4 Address "
     "<10.9.0.7> IPv6 address <::> assigned to session", "host_identity",
     {"ip": "10.9.0.7", "user": "carla", "source": "vpn"}),
    ("cisco_asa", _ASA + "716039: Group <staff> User <carla> IP <192.0.2.9> Authentication: "
     "rejected, Session Type: WebVPN.", "authentication", {**_IN, "outcome": "failure"}),
    ("cisco_asa", _ASA + "113015: AAA user authentication Rejected : reason = Invalid password : "
     "local database : user = carla : user IP = 192.0.2.9", "authentication",
     {**_IN, "outcome": "failure", "status_detail": "Invalid password"}),
    ("cisco_asa", _ASA + "605004: Login denied from 192.0.2.9/4711 to inside:10.1.0.1/ssh for user "
     '"carla"', "authentication",
     {**_IN, "src_port": 4711, "dst_ip": "10.1.0.1", "service": "ssh", "outcome": "failure"}),
    ("cisco_asa", _ASA + "611101: User authentication succeeded: IP address: 192.0.2.9, Uname: "
     "carla", "authentication", {**_IN, "outcome": "success", "service": "admin"}),
    ("cisco_asa", _ASA + "750006: Local:198.51.100.1:500 Remote:192.0.2.9:4500 Username:carla "
     "IKEv2 SA UP. Reason: New Connection Established", "authentication",
     {**_IN, "src_port": 4500, "method": "ikev2", "outcome": "success"}),
    ("cisco_asa", _ASA + "111010: User 'carla', running 'CLI' from IP 192.0.2.9, executed 'no "
     "access-list out'", "api_activity", {**_IN, "object": "no access-list out"}),
    ("cisco_asa", _ASA + "302020: Built outbound ICMP connection for faddr 198.51.100.1/0 gaddr "
     "203.0.113.1/7 laddr 10.1.0.9/7 type 8 code 0", "network_activity",
     {"src_ip": "10.1.0.9", "dst_ip": "198.51.100.1", "src_port": 8, "protocol": "icmp"}),
    ("cisco_asa", "<113>May  6 2024 07:08:09 ftd : %FTD-1-430001: SrcIP: 192.0.2.9, DstIP: "
     "10.1.0.2, SrcPort: 40000, DstPort: 80, Protocol: tcp, SID: 31978, Message: \"OS shell "
     'attempt", Classification: Attempted Admin, Priority: High, InlineResult: Dropped',
     "detection_finding",
     {"rule_id": "31978", "title": "OS shell attempt", "severity_id": 4, "action": "Dropped"}),
    ("cisco_ios", _IOS + "SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.9(4000) -> "
     "10.1.0.2(23), 3 packets", "network_activity",
     {"src_ip": "192.0.2.9", "dst_port": 23, "packets_out": 3, "conn_state": "S0"}),
    ("cisco_ios", _IOS + "FW-6-SESS_AUDIT_TRAIL: (target:class)-(in-out:c):Stop http session: "
     "initiator (10.1.0.9:40001) sent 300 bytes -- responder (198.51.100.4:80) sent 900 bytes",
     "network_activity",
     {"src_ip": "10.1.0.9", "dst_port": 80, "ip_bytes_out": 300, "ip_bytes_in": 900}),
    ("cisco_ios", _IOS + "SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: carla] [Source: 192.0.2.9] "
     "[localport: 22] [Reason: Login Authentication Failed] at 07:08:09 UTC Mon May 6 2024",
     "authentication", {**_IN, "service": "ssh", "outcome": "failure"}),
    ("cisco_ios", _IOS + "SYS-5-CONFIG_I: Configured from console by carla on vty0 (192.0.2.9)",
     "api_activity", {**_IN, "operation": "CONFIG_I", "tenant": "sw1"}),
    ("cisco_ios", _IOS + "SW_DAI-4-INVALID_ARP: 1 Invalid ARPs (Req) on Gi1/0/1, vlan 1."
     "([0200.0000.0009/192.0.2.9/0000.0000.0000/192.0.2.1/07:08:09])", "detection_finding",
     {"src_ip": "192.0.2.9", "observable": "02:00:00:00:00:09", "rule_id": "SW_DAI-INVALID_ARP"}),
    ("cisco_ios", _IOS + "DOT1X-5-FAIL: Authentication failed for client (0200.0000.0009) on "
     "Interface Gi1/0/2", "authentication",
     {"workstation": "02:00:00:00:00:09", "service": "network", "outcome": "failure"}),
    ("cisco_ise", "<181>May  6 07:08:09 ise CISE_Failed_Attempts 0000248509 1 0 2024-05-06 "
     "09:08:09.000 +02:00 0005365098 5400 NOTICE Failed-Attempt: Authentication failed, "
     "ConfigVersionId=88, UserName=carla, NetworkDeviceName=wlan, Calling-Station-ID=02-00-00-00-"
     "00-09, DestinationIPAddress=10.1.0.1, FailureReason=22056 Subject not found\\, at all,",
     "authentication",
     {"account": "carla", "workstation": "02:00:00:00:00:09", "domain": "wlan",
      "status_detail": "22056 Subject not found, at all", "outcome": "failure"}),
    ("cisco_ise", "<181>May  6 07:08:09 ise CISE_RADIUS_Accounting 0000248510 1 0 2024-05-06 "
     "09:08:09.000 +02:00 0005365099 3002 NOTICE Radius-Accounting: RADIUS Accounting watchdog "
     "update, User-Name=carla, Framed-IP-Address=10.9.0.7, Calling-Station-ID=02:00:00:00:00:09,",
     "host_identity", {"ip": "10.9.0.7", "mac": "02:00:00:00:00:09", "user": "carla"}),
    ("meraki", "<134>1 1714979289.250 mx1 flows src=10.1.0.9 dst=198.51.100.4 "
     "mac=02:00:00:00:00:09 protocol=tcp sport=40001 dport=445 pattern: deny tcp",
     "network_activity",
     {"src_mac": "02:00:00:00:00:09", "dst_port": 445, "conn_state": "S0"}),
    ("meraki", "<134>1 1714979289.250 mx1 urls src=10.1.0.9:40001 dst=198.51.100.4:443 "
     "mac=02:00:00:00:00:09 request: UNKNOWN https://a.example/...", "http_activity",
     {"src_port": 40001, "host": "a.example", "method": None, "dst_ip": "198.51.100.4"}),
    ("meraki", "<134>1 1714979289.250 mx1 events client_vpn_connect user id 'carla' local ip "
     "10.9.0.7 connected from 192.0.2.9", "authentication", {**_IN, "outcome": "success"}),
    ("meraki", "<134>1 1714979289.250 mx1 events dhcp lease of ip 10.1.0.9 from server mac "
     "02:00:00:00:00:01 for client mac 02:00:00:00:00:09 with hostname pc9 from router 10.1.0.1 on "
     "subnet 255.255.255.0", "dhcp_activity",
     {"assigned_ip": "10.1.0.9", "client_mac": "02:00:00:00:00:09", "host_name": "pc9"}),
)  # fmt: skip

PALO_ALTO: tuple[Case, ...] = (
    ("palo_alto", _P + "GLOBALPROTECT,0,2305,2024/05/06 07:08:09,vsys1,gateway-auth,login,LDAP,,"
     "corp\\carla,FR,PC-9,192.0.2.9,0.0.0.0,10.9.0.7,0.0.0.0,id,sn,6.0,Windows,\"Windows 10 , "
     '64-bit",1,,,"",success,,0,user-logon,0,gw1,77,0x0', "authentication",
     {**_IN, "domain": "corp", "workstation": "PC-9", "src_country": "FR", "outcome": "success"}),
    ("palo_alto", _P + "SYSTEM,auth,2561,2024/05/06 07:08:09,,auth-fail,VPN,0,0,general,medium,"
     "\"failed authentication for user 'carla'.  Reason: Invalid username/password. auth profile "
     "'VPN', vsys 'shared', server address '10.1.0.2', From: 192.0.2.9.\",7,0x0", "authentication",
     {**_IN, "dst_ip": "10.1.0.2", "status_detail": "Invalid username/password"}),
    ("palo_alto", _P + "USERID,login,2305,2024/05/06 07:08:09,vsys1,10.1.0.9,corp\\carla,dc1,0,1,"
     "2700,0,0,active-directory,,77,0x0", "host_identity",
     {"ip": "10.1.0.9", "user": "carla", "domain": "corp", "source": "firewall"}),
    ("palo_alto", _P + "CONFIG,0,2562,2024/05/06 07:08:09,192.0.2.9,,delete,carla,CLI,Succeeded, "
     "mgt-config users bob,77,0x0", "api_activity",
     {**_IN, "operation": "delete", "change": "account", "outcome": "success"}),
    ("palo_alto", _P + "THREAT,url,2562,2024/05/06 07:08:09,10.1.0.9,198.51.100.4,0.0.0.0,0.0.0.0,"
     "web,corp\\carla,,ssl,vsys1,in,out,e1,e2,log,2024/05/06 07:08:09,55,1,50001,443,0,0,0x0,tcp,"
     "alert,\"a.example:443/b?c\",(9999),any,informational,client-to-server,7,0x0", "http_activity",
     {"host": "a.example", "uri": "/b?c", "dst_port": 443, "account": "corp\\carla"}),
    ("palo_alto", _P + "THREAT,vulnerability,2562,2024/05/06 07:08:09,192.0.2.9,10.1.0.2,0.0.0.0,"
     "0.0.0.0,web,,,web-browsing,vsys1,in,out,e1,e2,log,2024/05/06 07:08:09,55,1,50001,80,0,0,0x0,"
     "tcp,reset-both,\"x\",Exploit of A(34805),any,high,server-to-client,7,0x0",
     "detection_finding",
     {"rule_id": "34805", "title": "Exploit of A", "severity_id": 4, "is_from_src": False}),
    ("cef", "<14>May  6 07:08:09 pan CEF:0|Palo Alto Networks|LF|2.0|TRAFFIC|end|3|dtz=UTC "
     "rt=May 06 2024 07:08:09 deviceExternalId=11 start=May 06 2024 07:08:09 src=10.1.0.9 "
     "dst=198.51.100.4 suser=corp\\\\carla app=ssl cn1=55 cn1Label=SessionID cnt=1 spt=50001 "
     "dpt=443 proto=tcp act=allow out=5651 in=6852 cn3=17 cn3Label=SessionDuration "
     "PanOSPacketsSent=13 PanOSPacketsReceived=11 reason=tcp-fin", "network_activity",
     {"ip_bytes_out": 6852, "ip_bytes_in": 5651, "packets_out": 13, "duration_s": 17.0}),
    ("leef", "<14>May  6 07:08:09 pan LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|8.1|"
     "end|cat=TRAFFIC\tSubtype=end\tdevTime=May 06 2024 07:08:09\tsrc=10.1.0.9\tdst=198.51.100.4\t"
     "SessionID=55\tsrcPort=50001\tdstPort=443\tproto=tcp\taction=allow\tsrcBytes=6852\t"
     "dstBytes=5651\tElapsedTime=17", "network_activity",
     {"ip_bytes_out": 6852, "dst_port": 443, "duration_s": 17.0}),
)  # fmt: skip

_FG = '<189>date=2024-05-06 time=09:08:09 devname="fg" devid="F1" eventtime=1714979289 tz="+0200" '
FIELDS: tuple[Case, ...] = (
    ("key_value", _FG + 'logid="0101039424" type="event" subtype="vpn" action="tunnel-up" '
     'tunneltype="ssl-tunnel" remip=192.0.2.9 tunnelip=10.9.0.7 srccountry="France" user="carla"',
     "authentication", {**_IN, "outcome": "success", "src_country": "France", "service": "vpn"}),
    ("key_value", _FG + 'logid="0101039426" type="event" subtype="vpn" action="ssl-login-fail" '
     'remip=192.0.2.9 user="carla" reason="sslvpn_login_permission_denied"', "authentication",
     {**_IN, "outcome": "failure", "status_detail": "sslvpn_login_permission_denied"}),
    ("key_value", _FG + 'logid="0100032002" type="event" subtype="system" action="login" '
     'status="failed" user="carla" ui="ssh(192.0.2.9)" reason="passwd_invalid"', "authentication",
     {**_IN, "service": "admin", "outcome": "failure"}),
    ("key_value", _FG + 'logid="0100044547" type="event" subtype="system" user="carla" '
     'ui="GUI(192.0.2.9)" action="Add" cfgpath="system.admin" cfgobj="backdoor" cfgattr="vdom"',
     "api_activity", {**_IN, "change": "account", "operation": "Add system.admin"}),
    ("key_value", _FG + 'logid="0317013312" type="utm" subtype="webfilter" sessionid=9 '
     'user="carla" srcip=192.0.2.9 srcport=50000 dstip=198.51.100.5 dstport=443 proto=6 '
     'service="HTTPS" hostname="a.example" action="passthrough" url="/b?c" sentbyte=132',
     "http_activity", {**_IN, "host": "a.example", "uri": "/b?c", "request_body_bytes": 132}),
    ("cef", "<134>May  6 07:08:09 fg CEF:0|Fortinet|Fortigate|v7|54802|dns:dns-response pass|3|"
     "deviceExternalId=F1 FTNTFGTlogid=1501054802 cat=dns:dns-response FTNTFGTeventtime=1714979289 "
     "src=192.0.2.9 spt=54621 dst=10.1.0.2 dpt=53 proto=17 FTNTFGTxid=5137 FTNTFGTqname=a.example "
     "FTNTFGTqtype=A FTNTFGTipaddr=198.51.100.1", "dns_activity",
     {"query": "a.example", "answers": ["198.51.100.1"], "transaction_id": 5137}),
    ("cef", "<134>May  6 07:08:09 fg CEF:0|Fortinet|Fortigate|v7|08192|utm:virus infected "
     "blocked|4|FTNTFGTlogid=0211008192 cat=utm:virus act=blocked "
     "src=192.0.2.9 dst=10.1.0.2 spt=1 dpt=80 "
     "proto=6 fname=a.exe cs1=EICAR_TEST_FILE cs1Label=Virus msg=File is infected",
     "detection_finding", {"title": "EICAR_TEST_FILE", "action": "blocked"}),
    ("key_value", _S + 'id=firewall time="2024-05-06 07:08:09" pri=6 fw=10.1.0.1 vpn=gw ivs=Root '
     'user=carla realm="Staff" roles="" proto=auth src=192.0.2.9 dst= dstname= type=vpn op= arg="" '
     'msg="AUT23457: Login failed using auth server RSA.  Reason: Failed"', "authentication",
     {**_IN, "domain": "Staff", "outcome": "failure", "service": "vpn"}),
    ("key_value", _S + 'id=firewall time="2024-05-06 07:08:09" pri=6 fw=10.1.0.1 vpn=gw user=carla '
     'realm="Staff" proto= src=192.0.2.9 dst= msg="NWC23464: VPN Tunneling: Session started for '
     'user with IPv4 address 10.9.0.7, hostname PC-9"', "host_identity",
     {"ip": "10.9.0.7", "user": "carla", "host_name": "PC-9"}),
    ("key_value", _S + 'id=sslvpn sn=1 time="2024-05-06 09:08:09" '
     'vp_time="2024-05-06 07:08:09 UTC" fw=10.1.0.1 pri=5 m=1 c=1 src=192.0.2.9 '
     'dst="vpn.example" user="carla" usr="carla" '
     'msg="User login successful" portal="p" domain="d" agent="NetExtender"', "authentication",
     {**_IN, "outcome": "success", "user_agent": "NetExtender"}),
    ("key_value", _S + 'device="SFW" date=2024-05-06 time=09:08:09 timezone="CEST" device_name="X" '
     'device_id=1 log_type="Event" log_component="SSL VPN Authentication" '
     'log_subtype="Authentication" status="Failed" user_name="carla" src_ip=192.0.2.9 '
     'message="User carla failed to login to SSLVPN"', "authentication",
     {**_IN, "outcome": "failure", "service": "vpn"}),
    ("key_value", _S + 'id="3005" severity="warn" sys="System" sub="auth" name="Authentication '
     'failed" srcip="192.0.2.9" host="" user="carla" caller="openvpn" reason="DENIED"',
     "authentication", {**_IN, "outcome": "failure"}),
    ("key_value", _S + 'time="2024-05-06 09:08:09" fw="SN1" tz=+0200 src=192.0.2.9 user="carla" '
     'domain="" msg="SSH authentication success on the firewall" logtype="auth"', "authentication",
     {**_IN, "outcome": "success", "service": "admin"}),
    ("leef", _S + "LEEF:1.0|WatchGuard|XTM|12.8|1AFF0024|serial=0\tpolicy=out\tdisp=Allow\t"
     "src=192.0.2.9\tsrcPort=52804\tdst=198.51.100.5\tdstPort=443\tproto=tcp\top=GET\t"
     "dstname=a.example\targ=/b\tsent_bytes=604\trcvd_bytes=9\tsrc_user=carla\tmsg=HTTP request",
     "http_activity", {**_IN, "host": "a.example", "uri": "/b", "method": "GET"}),
    ("leef", _S + "LEEF:1.0|WatchGuard|XTM|12.8|16000065|serial=0\tmsg=DHCPACK on 10.1.0.9 to "
     "02:00:00:00:00:09 (pc9) via vlan2", "dhcp_activity",
     {"message_type": "ACK", "assigned_ip": "10.1.0.9", "host_name": "pc9"}),
    ("cef", _S + "CEF:0|F5|ASM|15.1|Illegal URL|Illegal URL|5|dvchost=f5 cs1=/Common/p "
     "cs1Label=policy_name act=blocked cn1=403 cn1Label=response_code src=192.0.2.9 spt=20 "
     "dst=10.1.0.5 dpt=80 requestMethod=GET cs4=Forceful Browsing cs4Label=attack_type "
     "rt=May 06 2024 07:08:09 request=/x", "detection_finding",
     {"title": "Forceful Browsing", "action": "blocked", "observable": "/x"}),
    ("cef", _S + "CEF:0|Forcepoint|Security|8.5|9|Transaction permitted|1|act=permitted app=https "
     "dvc=10.1.0.1 dst=198.51.100.5 dhost=a.example dpt=443 src=192.0.2.9 spt=62062 "
     "suser=LDAP://10.1.0.2 OU\\=Users,DC\\=corp/carla rt=1714979289000 in=70 out=60 "
     "requestMethod=POST request=https://a.example/b", "http_activity",
     {**_IN, "method": "POST", "request_body_bytes": 60, "response_body_bytes": 70}),
    ("key_value", _S + 'date="2024-05-06T07:08:09.000Z" hostname="mwg" username="carla" '
     'source_ip=192.0.2.9 destination_ip=198.51.100.5 destination_host="a.example" '
     'http_status_code=403 source_bytes=131 destination_bytes=9 http_request_first_line="GET '
     'http://a.example/ HTTP/1.1" user_agent="curl/8"', "http_activity",
     {**_IN, "host": "a.example", "status_code": 403, "user_agent": "curl/8"}),
)  # fmt: skip

LEASES: tuple[Case, ...] = (
    ("dhcp", "<30>2024-05-06T07:08:09Z srv dhcpd[9]: DHCPACK on 10.1.0.9 to 02:00:00:00:00:09 "
     "(pc9) via eth0", "dhcp_activity",
     {"message_type": "ACK", "assigned_ip": "10.1.0.9", "client_mac": "02:00:00:00:00:09"}),
    ("dhcp", "<30>2024-05-06T07:08:09Z srv dhcpd[9]: DHCPREQUEST for 10.1.0.9 (10.1.0.1) from "
     "02:00:00:00:00:09 via eth0", "dhcp_activity",
     {"message_type": "REQUEST", "server_ip": "10.1.0.1", "host_name": None}),
    ("dhcp", "<30>2024-05-06T07:08:09Z srv dnsmasq-dhcp[9]: DHCPACK(br0) 10.1.0.9 "
     "02:00:00:00:00:09 pc9", "host_identity",
     {"ip": "10.1.0.9", "mac": "02:00:00:00:00:09", "host_name": "pc9", "source": "dhcp"}),
    ("dhcp", "<30>2024-05-06T07:08:09Z srv dhcpd[9]: r-l-e:10.1.0.9,Issued,pc9,02:00:00:00:00:09,"
     "1714979289,1714982889,,$", "dhcp_activity", {"lease_s": 3600, "host_name": "pc9"}),
    ("dhcp", "<30>2024-05-06T07:08:09Z srv kea-dhcp4: INFO DHCP4_LEASE_ALLOC [hwtype=1 "
     "02:00:00:00:00:09], cid=[01:02], tid=0x1a2b: lease 10.1.0.9 has been allocated for 3600 "
     "seconds", "dhcp_activity",
     {"message_type": "ACK", "client_mac": "02:00:00:00:00:09", "transaction_id": 0x1A2B}),
    ("windows_dhcp", "10,05/06/24,07:08:09,Assign,10.1.0.9,pc9.corp.example,020000000009,,123,0,,"
     ",,,,,,,0", "host_identity",
     {"ip": "10.1.0.9", "mac": "02:00:00:00:00:09", "host_name": "pc9.corp.example"}),
)  # fmt: skip

CASES = (*CISCO, *PALO_ALTO, *FIELDS, *LEASES)
