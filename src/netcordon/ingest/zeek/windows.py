"""Windows networks: SMB, DCE/RPC, Kerberos, NTLM and RDP."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant, small, where_told, words
from netcordon.ingest.windows_names import (
    KERBEROS_ENCRYPTION,
    KERBEROS_ERRORS,
    interface_name,
    operation_name,
)
from netcordon.ingest.zeek.ends import ends
from netcordon.ingest.zeek.web import login

_ACTIONS = {
    "file_open": "create", "file_read": "read", "file_write": "write", "file_close": "close",
    "file_rename": "rename", "file_delete": "delete", "file_set_attribute": "set_info",
    "pipe_open": "create", "pipe_read": "read", "pipe_write": "write", "pipe_close": "close",
    "print_open": "create", "print_write": "write", "print_close": "close",
}  # fmt: skip


def smb_files(log: Columns) -> Iterable[Rows]:
    """What was done to a file or pipe."""
    action = pc.utf8_lower(pc.replace_substring(log.text("action"), "SMB::", ""))
    renamed = pc.equal(action, "file_rename")
    name, before = log.text("name"), log.text("prev_name")
    yield rows(
        "smb_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "command": words(action, _ACTIONS),
            "share": log.text("path"),
            "path": pc.if_else(renamed, pc.coalesce(before, name), name),
            "new_path": pc.if_else(renamed, name, pa.scalar(None, pa.string())),
            "is_pipe": pc.starts_with(action, "pipe"),
        },
    )


def smb_mapping(log: Columns) -> Iterable[Rows]:
    """A share that was connected to."""
    share = log.text("path")
    is_pipe = pc.or_kleene(
        pc.equal(log.text("share_type"), "PIPE"), pc.match_substring_regex(share, r"\\IPC\$$")
    )
    yield rows(
        "smb_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "command": constant("tree_connect", len(log)),
            "share": share,
            "is_pipe": is_pipe,
        },
    )


def dce_rpc(log: Columns) -> Iterable[Rows]:
    """A call; its names are those of Microsoft's specifications where Zeek shortens them."""
    endpoint, operation = log.text("endpoint"), log.text("operation")
    both = pc.binary_join_element_wise(endpoint, operation, "\n", null_handling="replace")
    pairs = both.dictionary_encode()
    named = [operation_name(*w.split("\n", 1)) for w in pairs.dictionary.to_pylist()]
    ours = endpoint.dictionary_encode()
    interfaces = [None if w is None else interface_name(w) for w in ours.dictionary.to_pylist()]
    pipe = log.text("named_pipe")
    is_port = pc.match_substring_regex(pipe, "^[0-9]+$")
    yield rows(
        "dcerpc_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "pipe": pc.if_else(is_port, pa.scalar(None, pa.string()), pipe),
            "interface": pa.array(interfaces, pa.string()).take(ours.indices),
            "operation": pa.array(named, pa.string()).take(pairs.indices),
        },
    )


def kerberos(log: Columns) -> Iterable[Rows]:
    """What was asked, and what was answered where that was seen: two rows of one line."""
    kind = pc.utf8_upper(log.text("request_type"))
    client = pc.extract_regex(log.text("client"), r"^(?P<name>.*?)(?:/(?P<realm>[^/]*))?$")
    shared = {
        **ends(log),
        "client_name": where_told(client.field(0)),
        "realm": where_told(client.field(1)),
        "service_name": log.text("service"),
    }
    time = log.time("ts")
    known = log.where(pc.is_valid(kind))
    chosen = pc.is_valid(kind)
    asked = {**shared, "time": time, "message_type": pc.binary_join_element_wise(kind, "REQ", "-")}
    yield rows("kerberos_activity", known.numbers, _filtered(asked, chosen))
    success = log.flag("success")
    code = words(log.text("error_msg"), KERBEROS_ERRORS, keep=False).cast(pa.int32())
    etype = words(log.text("cipher"), KERBEROS_ENCRYPTION, keep=False).cast(pa.int32())
    reply = pc.if_else(success, pc.binary_join_element_wise(kind, "REP", "-"), "KRB-ERROR")
    told = {
        **shared,
        "time": time,
        "message_type": reply,
        "error_code": pc.if_else(success, pa.scalar(None, pa.int32()), code),
        "ticket_encryption_type": pc.if_else(success, etype, pa.scalar(None, pa.int32())),
    }
    answered = pc.and_(chosen, pc.is_valid(success))
    numbers = log.where(answered).numbers
    yield rows("kerberos_activity", numbers, _filtered(told, answered))


def _filtered(columns: dict[str, object], chosen: pa.Array) -> dict[str, object]:
    return {name: pa.array(column).filter(chosen) for name, column in columns.items()}


def ntlm(log: Columns) -> Iterable[Rows]:
    """A login, and what the client calls itself."""
    success = log.flag("success")
    outcome = pc.if_else(success, "success", "failure")
    domain, host = log.text("domainname"), log.text("hostname")
    yield login(log, "ntlm", "smb", log.text("username"), outcome, domain=domain, workstation=host)
    time = log.time("ts")
    ip = log.address("id.orig_h").text
    named = pc.and_(pc.is_valid(host), pc.is_valid(ip))
    columns = {
        "ip": ip,
        "host_name": host,
        "user": log.text("username"),
        "domain": domain,
        "source": constant("ntlm", len(log)),
        "first_seen_time": time,
        "last_seen_time": time,
        "count": pa.array([1] * len(log)),
    }
    yield rows("host_identity", log.where(named).numbers, _filtered(columns, named))


def rdp(log: Columns) -> Iterable[Rows]:
    """A connection to a remote desktop."""
    result = log.text("result")
    protocol = words(
        log.lower("security_protocol"),
        {"hybrid": "credssp", "ssl": "tls", "hybrid_ex": "credssp_ex"},
    )
    failed = pc.match_substring_regex(result, "(?i)fail|not_allowed|required|error")
    build = pc.extract_regex(log.text("client_build"), r"(?P<build>[0-9]{3,6})$").field(0)
    yield rows(
        "rdp_activity",
        log.numbers,
        {
            "time": log.time("ts"),
            **ends(log),
            "cookie": log.text("cookie"),
            "selected_protocol": protocol,
            "failure": pc.if_else(failed, result, pa.scalar(None, pa.string())),
            "client_name": log.text("client_name"),
            "client_build": small(pc.coalesce(_number(build), log.whole("client_build"))),
            "keyboard_layout": log.text("keyboard_layout"),
        },
    )


def _number(texts: pa.Array) -> pa.Array:
    return where_told(texts).cast(pa.int64())
