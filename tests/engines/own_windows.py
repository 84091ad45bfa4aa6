"""The values of `tshark_windows` out of our own rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from netcordon.ingest.capture.application.ldap import message as ldap
from tests.engines.tshark_windows import MOST, Found, add

_RDP = {"rdp": 0, "tls": 1, "credssp": 2, "rdstls": 4, "credssp_ex": 8, "aad": 16}
_COUNTED = ("session_setup", "tree_connect", "create")


def own(tables: Mapping[str, Sequence[pa.Table]]) -> Found:
    """Multisets of values from the rows that a decoder handed on."""
    found: Found = {}
    for row in _rows(tables, "smb_activity"):
        _smb(row, found)
    for row in _rows(tables, "dcerpc_activity"):
        _call(row, found)
    for row in _rows(tables, "kerberos_activity"):
        _kerberos(row, found)
    for row in _rows(tables, "application_activity"):
        if row["service"] == "ldap" and row["operation"] != "sealed":
            _ldap(row, found)
    for row in _rows(tables, "rdp_activity"):
        _rdp(row, found)
    return found


def _smb(row: dict[str, object], found: Found) -> None:
    command, status, path = row["command"], row["status"], str(row["path"] or "")
    if row["dialect"] == "1":
        if command == "tree_connect":
            add(found, "smb1_tree", str(row["share"]))
        elif command == "create":
            add(found, "smb1_file", path)
        return
    if command in _COUNTED and status is not None:
        add(found, "smb2_status", f"{command} {status}")
    if command == "tree_connect":
        add(found, "smb2_tree", str(row["share"]))
    elif command == "create":
        add(found, "smb2_creates", "create")
        if path:  # the root of a share has no name
            add(found, "smb2_file", path)


def _call(row: dict[str, object], found: Found) -> None:
    add(found, "rpc_operation", str(row["operation_number"]))
    if row["interface"] == "svcctl" and str(row["operation"]).startswith(("RCreate", "ROpenServ")):
        if row["object"]:
            add(found, "service_name", str(row["object"]))
        detail = json.loads(str(row["detail"] or "{}"))
        if "image_path" in detail:
            add(found, "service_image", detail["image_path"][:MOST])


def _kerberos(row: dict[str, object], found: Found) -> None:
    kind = str(row["message_type"])
    padata = row["padata_types"] or []
    assert isinstance(padata, list)
    if kind in ("AS-REQ", "AS-REP", "TGS-REQ", "TGS-REP", "KRB-ERROR"):
        add(found, "kerberos_type", kind)
    if kind == "AP-REQ" or (kind == "TGS-REQ" and 1 in padata):
        add(found, "kerberos_ap_req", "AP-REQ")
    if kind in ("AS-REQ", "AS-REP", "TGS-REP", "KRB-ERROR"):
        add(found, "kerberos_service", str(row["service_name"] or ""))
        if row["client_name"]:
            add(found, "kerberos_client", str(row["client_name"]))
    if kind in ("AS-REP", "TGS-REP"):
        (used,) = row["encryption_types"]  # type: ignore[misc]
        add(found, "kerberos_etypes", f"{row['ticket_encryption_type']} {used}")
    if kind == "KRB-ERROR":
        add(found, "kerberos_error", str(row["error_code"]))


def _ldap(row: dict[str, object], found: Found) -> None:
    if row["operation"] == "search":
        add(found, "ldap_base", str(row["object"] or ""))
    if row["status"] is not None:
        add(found, "ldap_result", str(ldap.RESULT_CODES.get(str(row["status"]), row["status"])))


def _rdp(row: dict[str, object], found: Found) -> None:
    if row["cookie"]:
        add(found, "rdp_cookie", str(row["cookie"]))
    if row["requested_protocols"]:
        names = row["requested_protocols"]
        assert isinstance(names, list)
        add(found, "rdp_requested", str(sum(_RDP[name] for name in names)))
    if row["selected_protocol"]:
        add(found, "rdp_selected", str(_RDP[str(row["selected_protocol"])]))


def _rows(tables: Mapping[str, Sequence[pa.Table]], name: str) -> Iterator[dict[str, object]]:
    for batch in tables.get(name, ()):
        yield from batch.to_pylist()
