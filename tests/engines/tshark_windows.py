"""What tshark reads of SMB, DCE/RPC, Kerberos, LDAP and RDP, as multisets to compare ours with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from netcordon.ingest.capture.application.smb.ntstatus import status_name
from tests.engines.tshark import Row, rows

Found = dict[str, Counter[str]]
"""Kind of value -> how often each occurs."""

MOST = 1000
"""Characters of a service's image path that are compared; ours are cut at 4096."""
_FIELDS = (
    "frame.protocols", "smb2.cmd", "smb2.flags.response", "smb2.nt_status", "smb2.tree",
    "smb2.filename", "smb.cmd", "smb.flags.response", "smb.path", "smb.file",
    "dcerpc.pkt_type", "dcerpc.opnum", "dcerpc.cn_flags.first_frag", "dcerpc.cn_status",
    "svcctl.servicename", "svcctl.binarypathname", "winreg.winreg_OpenKey.keyname",
    "kerberos.msg_type", "kerberos.CNameString", "kerberos.SNameString", "kerberos.error_code",
    "kerberos.etype", "ldap.baseObject", "ldap.resultCode", "ldap.protocolOp",
    "rdp.rt_cookie", "rdp.negReq.selectedProtocol", "rdp.negReq.requestedProtocols",
)  # fmt: skip
_SMB2 = {"1": "session_setup", "3": "tree_connect", "5": "create"}
_PENDING, _MORE = 0x103, 0xC0000016
_KERBEROS = {"10": "AS-REQ", "11": "AS-REP", "12": "TGS-REQ", "13": "TGS-REP", "30": "KRB-ERROR"}


def read(capture: Path, tshark: str) -> Found:
    """Run tshark once over a capture."""
    found: Found = {}
    for row in rows(capture, tshark, "smb or smb2 or dcerpc or kerberos or ldap or rdp", _FIELDS):
        protocols = row["frame.protocols"][0]
        if ":udp" in protocols and ("ldap" in protocols or "nbdgm" in protocols):
            continue  # CLDAP and browser announcements are not read here
        for part in (_smb2, _smb1, _calls, _kerberos, _ldap, _rdp):
            part(row, found)
    return found


def add(found: Found, kind: str, *values: str) -> None:
    """Count values of a kind."""
    for value in values:
        found.setdefault(kind, Counter())[value] += 1


def _smb2(row: Row, found: Found) -> None:
    statuses = list(row["smb2.nt_status"])
    for command, response in zip(row["smb2.cmd"], row["smb2.flags.response"], strict=False):
        name = _SMB2.get(command)
        status = int(statuses.pop(0), 0) if response == "1" and statuses else None
        if name is None or status in (_PENDING, _MORE):
            continue
        if status is not None:
            add(found, "smb2_status", f"{name} {status_name(status)}")
        elif response == "0" and name == "create":
            add(found, "smb2_creates", "create")
    is_request = row["smb2.flags.response"][:1] == ["0"]
    if is_request and "3" in row["smb2.cmd"]:
        add(found, "smb2_tree", *row["smb2.tree"])
    if is_request and row["smb2.cmd"][:1] == ["5"]:
        add(found, "smb2_file", *row["smb2.filename"][:1])


def _smb1(row: Row, found: Found) -> None:
    if row["smb.flags.response"][:1] != ["0"]:
        return
    if "0x75" in row["smb.cmd"]:
        add(found, "smb1_tree", *row["smb.path"][:1])
    if "0xa2" in row["smb.cmd"]:
        add(found, "smb1_file", *row["smb.file"][:1])


def _calls(row: Row, found: Found) -> None:
    kinds = row["dcerpc.pkt_type"]
    if kinds and set(kinds) == {"0"} and len(row["dcerpc.opnum"]) == len(kinds):
        pairs = zip(row["dcerpc.opnum"], row["dcerpc.cn_flags.first_frag"], strict=False)
        add(found, "rpc_operation", *(number for number, first in pairs if first == "1"))
        add(found, "service_name", *row["svcctl.servicename"])
        add(found, "service_image", *(path[:MOST] for path in row["svcctl.binarypathname"]))
    if kinds == ["3"]:
        add(found, "rpc_fault", *row["dcerpc.cn_status"][:1])


def _kerberos(row: Row, found: Found) -> None:
    kinds = row["kerberos.msg_type"]
    add(found, "kerberos_type", *(_KERBEROS[kind] for kind in kinds if kind in _KERBEROS))
    add(found, "kerberos_ap_req", *("AP-REQ" for kind in kinds if kind == "14"))
    if kinds in (["10"], ["11"], ["13"], ["30"]):
        add(found, "kerberos_service", "/".join(row["kerberos.SNameString"]))
        if row["kerberos.CNameString"]:
            add(found, "kerberos_client", "/".join(row["kerberos.CNameString"]))
    if kinds in (["11"], ["13"]):
        add(found, "kerberos_etypes", " ".join(row["kerberos.etype"][:2]))
    if kinds == ["30"]:
        add(found, "kerberos_error", *row["kerberos.error_code"])


def _ldap(row: Row, found: Found) -> None:
    searches = row["ldap.protocolOp"].count("3")
    bases = row["ldap.baseObject"] + [""] * (searches - len(row["ldap.baseObject"]))
    add(found, "ldap_base", *bases)
    add(found, "ldap_result", *row["ldap.resultCode"])


def _rdp(row: Row, found: Found) -> None:
    add(found, "rdp_cookie", *(cookie.partition("=")[2] for cookie in row["rdp.rt_cookie"]))
    add(found, "rdp_requested", *(str(int(v, 0)) for v in row["rdp.negReq.requestedProtocols"]))
    add(found, "rdp_selected", *(str(int(v, 0)) for v in row["rdp.negReq.selectedProtocol"]))
