"""A few lines of every flow log in text, as their makers document them."""

from __future__ import annotations

import json

_VPC_OUT = "2 123456789012 eni-0a1 10.1.0.5 192.0.2.80 40000 443 6 10 2000 1700000000 1700000050"
_VPC_BACK = "2 123456789012 eni-0a1 192.0.2.80 10.1.0.5 443 40000 6 8 9000 1700000001 1700000051"
VPC = [
    f"{_VPC_OUT} ACCEPT OK",
    f"{_VPC_BACK} ACCEPT OK",
    "2 123456789012 eni-0a1 198.51.100.7 10.1.0.5 51000 22 6 1 40 1700000002 1700000050 REJECT OK",
    "2 123456789012 eni-0a1 2001:db8::1 2001:db8::2 5000 53 17 1 80 1700000003 1700000003 "
    "ACCEPT OK",
    "2 123456789012 eni-0a1 - - - - - - - 1700000000 1700000060 - NODATA",
    "2 123456789012 eni-0a1 - - - - - - - 1700000000 1700000060 - SKIPDATA",
]
VPC_FIELDS = [
    "version vpc-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol "
    "tcp-flags packets bytes start end action flow-direction traffic-path log-status",
    "5 vpc-1 eni-0a1 10.9.9.9 192.0.2.80 10.1.0.5 192.0.2.80 40000 443 6 3 10 2000 1700000000 "
    "1700000050 ACCEPT egress 8 OK",
    "5 vpc-1 eni-0a1 192.0.2.80 10.9.9.9 192.0.2.80 10.1.0.5 443 40000 6 19 8 9000 1700000000 "
    "1700000050 ACCEPT ingress - OK",
    "5 vpc-1 eni-0a1 10.9.9.9 192.0.2.80 10.1.0.5 192.0.2.80 0 0 1 - 1 84 1700000000 "
    "1700000050 ACCEPT egress 8 OK",
]
_GROUP_TUPLES = [
    "1700000000,10.1.0.5,192.0.2.80,40000,443,T,O,A,B,,,,",
    "1700000300,10.1.0.5,192.0.2.80,40000,443,T,O,A,C,10,2000,8,9000",
    "1700000600,10.1.0.5,192.0.2.80,40000,443,T,O,A,E,1,60,1,60",
    "1700000001,198.51.100.7,10.1.0.5,51000,22,T,I,D,B,,,,",
]


def _group(tuples: list[str], version: int = 2) -> dict[str, object]:
    return {
        "time": "2023-11-14T22:13:00Z", "category": "NetworkSecurityGroupFlowEvent",
        "resourceId": "/SUBSCRIPTIONS/X/NETWORKSECURITYGROUPS/WEB", "properties": {
            "Version": version, "flows": [{"rule": "DefaultRule_Allow", "flows": [
                {"mac": "000D3AF87856", "flowTuples": tuples}]}]},
    }  # fmt: skip


AZURE_GROUP = [json.dumps(_group(_GROUP_TUPLES))]
AZURE_GROUP_1 = [json.dumps(_group(["1700000000,10.1.0.5,192.0.2.80,40000,443,T,O,A"], 1))]
AZURE_NETWORK = [
    json.dumps({
        "time": "2023-11-14T22:13:00Z", "flowLogVersion": 4, "macAddress": "000D3AF87856",
        "category": "FlowLogFlowEvent", "flowRecords": {"flows": [{"aclID": "x", "flowGroups": [
            {"rule": "r", "flowTuples": [
                "1700000000000,10.1.0.5,192.0.2.80,40000,443,6,O,B,NX,0,0,0,0",
                "1700000005250,10.1.0.5,192.0.2.80,40000,443,6,O,E,NX,10,2000,8,9000",
                "1700000001000,198.51.100.7,10.1.0.5,51000,22,6,I,D,NX,0,0,0,0",
            ]}]}]},
    })
]  # fmt: skip


def _google(src: str, dst: str, ports: tuple[int, int], who: str, sent: tuple[int, int]) -> str:
    vm = {"vm_name": "web-1", "project_id": "p", "zone": "z"}
    payload = {
        "connection": {"src_ip": src, "dest_ip": dst, "src_port": ports[0], "dest_port": ports[1],
                       "protocol": 6},
        "reporter": who, "packets_sent": str(sent[0]), "bytes_sent": str(sent[1]),
        "start_time": "2023-11-14T22:13:20.100Z", "end_time": "2023-11-14T22:13:22.100123456Z",
        "src_instance" if who == "SRC" else "dest_instance": vm,
    }  # fmt: skip
    return json.dumps({
        "insertId": "1", "jsonPayload": payload, "timestamp": "2023-11-14T22:13:30Z",
        "resource": {"type": "gce_subnetwork", "labels": {"subnetwork_name": "office"}},
        "logName": "projects/p/logs/compute.googleapis.com%2Fvpc_flows",
    })  # fmt: skip


GOOGLE = [
    _google("10.1.0.5", "192.0.2.80", (40000, 443), "SRC", (10, 2000)),
    _google("192.0.2.80", "10.1.0.5", (443, 40000), "DEST", (8, 9000)),
]
ARGUS = [
    "StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,"
    "SrcPkts,Label",
    "2023/11/14 22:13:20.250000,2.000000,tcp,10.1.0.5,40000,   ->,192.0.2.80,443,FSPA_FSPA,0,0,18,"
    "11252,2140,10,",
    "2023/11/14 22:13:21.000000,0.000000,tcp,198.51.100.7,51000,   ->,10.1.0.5,22,S_RA,0,0,2,134,"
    "74,1,flow=x",
    "2023/11/14 22:13:22.000000,0.500000,udp,192.0.2.53,53,  <-,10.1.0.5,5000,CON,0,0,2,208,136,1,",
    "2023/11/14 22:13:22.000000,0.000000,icmp,10.1.0.1,0x0303,   ->,10.1.0.5,0x1234,URP,0,,1,70,70,"
    "1,",
    "2023/11/14 22:13:22.000000,0.000000,man,0,0,,0,0,STA,,,0,0,0,0,",
    "2023/11/14 22:13:22.000000,0.000000,arp,10.1.0.1,,  who,10.1.0.5,,INT,,,1,60,60,1,",
]
SILK = [
    "            sIP|            dIP|sPort|dPort|pro|   packets|     bytes|   flags|"
    "                  sTime| duration|                  eTime|sen|",
    "       10.1.0.5|     192.0.2.80|40000|  443|  6|        10|      2000|FS PA   |"
    "2023/11/14T22:13:20.250|    2.000|2023/11/14T22:13:22.250| S0|",
    "     192.0.2.80|       10.1.0.5|  443|40000|  6|         8|      9000|FS PA   |"
    "2023/11/14T22:13:20.300|    1.950|2023/11/14T22:13:22.250| S0|",
]
NFDUMP = [
    "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out",
    "2023-11-14 22:13:20,2023-11-14 22:13:22,2.000,10.1.0.5,192.0.2.80,40000,443,TCP,...AP.SF,0,0,"
    "10,2000,0,0,0,0",
    "2023-11-14 22:13:20,2023-11-14 22:13:22,2.000,192.0.2.80,10.1.0.5,443,40000,TCP,...AP.SF,0,0,"
    "8,9000,0,0,0,0",
    "Summary",
]
ALL = {
    "vpc": VPC, "vpc_fields": VPC_FIELDS, "azure_group": AZURE_GROUP,
    "azure_network": AZURE_NETWORK, "google": GOOGLE, "argus": ARGUS, "silk": SILK,
    "nfdump": NFDUMP,
}  # fmt: skip


def log(lines: list[str]) -> bytes:
    """The lines as a file."""
    return "".join(f"{line}\n" for line in lines).encode()
