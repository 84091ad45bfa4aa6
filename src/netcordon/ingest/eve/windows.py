"""Windows networks: ``smb``, ``dcerpc``, ``krb5``, ``rdp``."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.eve.event import ends
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.rows import Rows, rows
from netcordon.ingest.text.shaping import constant, first, small, where_told, words
from netcordon.ingest.windows_names import (
    KERBEROS_ENCRYPTION,
    KERBEROS_ERRORS,
    interface_by_uuid,
)

_COMMANDS = {
    "negotiate_protocol": "negotiate", "session_setup_andx": "session_setup",
    "session_setup": "session_setup", "tree_connect_andx": "tree_connect",
    "tree_connect": "tree_connect", "nt_create_andx": "create", "create": "create",
    "read_andx": "read", "write_andx": "write", "close": "close", "rename": "rename",
    "delete": "delete",
}  # fmt: skip

_DIALECTS = {
    "2.10": "2.1", "2.02": "2.0.2", "3.00": "3.0", "3.02": "3.0.2", "3.11": "3.1.1",
    "NT LM 0.12": "1",
}  # fmt: skip


def smb(log: Columns) -> Iterable[Rows]:
    """A request with its answer; a login where it names a user."""
    command = pc.replace_substring_regex(log.text("smb.command"), "^SMB[12]_COMMAND_", "")
    pipe, share = log.text("smb.named_pipe"), log.text("smb.share")
    user, domain = where_told(log.text("smb.ntlmssp.user")), log.text("smb.ntlmssp.domain")
    status = log.text("smb.status")
    name = log.text("smb.filename", "smb.directory")
    renamed = log.text("smb.rename.from")
    is_pipe = pc.equal(log.text("smb.share_type"), "PIPE")
    shared = {"time": log.time("timestamp"), **ends(log)}
    yield rows(
        "smb_activity",
        log.numbers,
        {
            **shared,
            "dialect": words(log.text("smb.dialect"), _DIALECTS),
            "command": words(pc.utf8_lower(command), _COMMANDS),
            "account": pc.coalesce(pc.binary_join_element_wise(domain, user, "\\"), user),
            "share": pc.coalesce(share, pipe),
            "path": pc.coalesce(renamed, name),
            "new_path": log.text("smb.rename.to"),
            "disposition": log.lower("smb.disposition"),
            "is_pipe": pc.or_kleene(pc.is_valid(pipe), is_pipe),
            "status": status,
        },
    )
    named = log.where(pc.is_valid(user))
    if not len(named):
        return
    chosen = pc.is_valid(user)
    passed = pc.equal(status, "STATUS_SUCCESS")
    going_on = pc.equal(status, "STATUS_MORE_PROCESSING_REQUIRED")
    outcome = pc.if_else(passed, "success", pc.if_else(going_on, None, "failure"))
    login = {
        **shared,
        "method": constant("ntlm", len(log)),
        "service": constant("smb", len(log)),
        "account": user,
        "domain": domain,
        "workstation": log.text("smb.ntlmssp.host"),
        "outcome": outcome,
    }
    columns = {key: pa.array(column).filter(chosen) for key, column in login.items()}
    yield rows("authentication", named.numbers, columns)


def dcerpc(log: Columns) -> Iterable[Rows]:
    """A call. The event names the number of the operation; its interface only where it binds."""
    interfaces = log.raw("dcerpc.interfaces")
    uuid = pa.nulls(len(log), pa.string())
    if pa.types.is_list(interfaces.type):
        uuid = pc.struct_field(first(interfaces), "uuid")
    known = uuid.dictionary_encode()
    names = [interface_by_uuid(w) if w else None for w in known.dictionary.to_pylist()]
    yield rows(
        "dcerpc_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **ends(log),
            "interface_uuid": uuid,
            "interface": pa.array(names, pa.string()).take(known.indices),
            "operation_number": small(log.whole("dcerpc.req.opnum")),
        },
    )


def krb5(log: Columns) -> Iterable[Rows]:
    """A message; of an error, the message that failed is named by the event and not kept."""
    kind = pc.replace_substring(log.text("krb5.msg_type"), "KRB_", "")
    kind = words(
        pc.replace_substring(kind, "_", "-"), {"ERROR": "KRB-ERROR", "KRB-ERROR": "KRB-ERROR"}
    )
    error = words(log.text("krb5.error_code"), KERBEROS_ERRORS, keep=False).cast(pa.int32())
    etype = words(log.text("krb5.ticket_encryption"), KERBEROS_ENCRYPTION, keep=False)
    yield rows(
        "kerberos_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **ends(log),
            "message_type": kind,
            "client_name": _told(log.text("krb5.cname")),
            "realm": _told(log.text("krb5.realm")),
            "service_name": _told(log.text("krb5.sname")),
            "error_code": error,
            "ticket_encryption_type": etype.cast(pa.int32()),
        },
    )


def _told(texts: pa.Array) -> pa.Array:
    nothing = pc.is_in(texts, pa.array(["<empty>", "<none>", ""]))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), texts)


def rdp(log: Columns) -> Iterable[Rows]:
    """A step of a connection to a remote desktop."""
    build = pc.extract_regex(log.text("rdp.client.build"), r"(?P<build>[0-9]{3,6})$").field(0)
    yield rows(
        "rdp_activity",
        log.numbers,
        {
            "time": log.time("timestamp"),
            **ends(log),
            "cookie": log.text("rdp.cookie"),
            "selected_protocol": words(
                log.lower("rdp.protocol"), {"hybrid": "credssp", "ssl": "tls"}
            ),
            "failure": log.text("rdp.error_code"),
            "client_name": log.text("rdp.client.client_name"),
            "client_build": where_told(build).cast(pa.int64()),
            "keyboard_layout": log.text("rdp.client.keyboard_layout"),
        },
    )
