"""Windows networks: SMB, DCE/RPC, RDP, Kerberos, and logins of any protocol."""

from __future__ import annotations

from netcordon.tables.schema.columns import ENDS, Table, column

KERBEROS_ACTIVITY = Table(
    "kerberos_activity",
    "One row a Kerberos message (RFC 4120).",
    "time",
    ("time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the message"),
        column("frame", "BIGINT", "frame it ends in"),
        *ENDS,
        column("message_type", "VARCHAR", "AS-REQ, AS-REP, TGS-REQ, TGS-REP, KRB-ERROR, ..."),
        column("client_name", "VARCHAR", "cname, components joined by /"),
        column("realm", "VARCHAR", "realm"),
        column("service_name", "VARCHAR", "sname, components joined by /"),
        column("error_code", "INTEGER", "of KRB-ERROR"),
        column("encryption_types", "INTEGER[]", "etypes asked for, or the one used"),
        column("ticket_encryption_type", "INTEGER", "etype of the ticket that is sent or granted"),
        column(
            "pre_authentication", "BOOLEAN", "an AS-REQ carries an encrypted timestamp or PKINIT"
        ),
        column(
            "ticket_options", "BIGINT", "KDC options asked for, or flags of AP-REQ, as a number"
        ),
        column(
            "padata_types",
            "INTEGER[]",
            "padata of a request (RFC 4120 section 7.5.2): 2 timestamp, 16 PKINIT, ...",
        ),
        column(
            "impersonated_name", "VARCHAR", "user for whom a service asks (PA-FOR-USER, S4U2self)"
        ),
    ),
)

AUTHENTICATION = Table(
    "authentication",
    "One row a login seen on the wire, or recorded by who was logged in to.",
    "time",
    ("time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the message that names the account"),
        column("frame", "BIGINT", "its frame"),
        *ENDS,
        column("method", "VARCHAR", "ntlm, kerberos, ftp, basic, ..."),
        column("service", "VARCHAR", "protocol that carried it, e.g. smb, http"),
        column("account", "VARCHAR", "user name"),
        column("domain", "VARCHAR", "domain or realm"),
        column("workstation", "VARCHAR", "host the client says it is"),
        column("outcome", "VARCHAR", "success, failure, or NULL when not seen"),
        column(
            "challenge",
            "VARCHAR",
            "NTLM challenge of the server (hex); the same on two connections: it was passed on",
        ),
        column("provider", "VARCHAR", "what logged it: aws, entra, okta, sshd, ...; NULL on wires"),
        column("status_detail", "VARCHAR", "why it failed, in the words of the log, or NULL"),
        column(
            "mfa",
            "VARCHAR",
            "second factor: passed, failed, denied (by the person), asked, none, or NULL unknown",
        ),
        column("user_agent", "VARCHAR", "program of the client, as it says itself, or NULL"),
        column("src_country", "VARCHAR", "country of the client as the log names it, or NULL"),
        column("is_decoy", "BOOLEAN", "the service is a honeypot: nobody has an account there"),
    ),
)

SMB_ACTIVITY = Table(
    "smb_activity",
    "One row an SMB request that names something (session, share, file), with its answer.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the request"),
        column("frame", "BIGINT", "frame the request ends in"),
        *ENDS,
        column("dialect", "VARCHAR", "1, 2.0.2, 2.1, 3.0, 3.0.2, 3.1.1 as negotiated, or NULL"),
        column("command", "VARCHAR", "session_setup, tree_connect, create, read, write, ..."),
        column("account", "VARCHAR", "user of the session, DOMAIN\\user, where it was seen"),
        column("share", "VARCHAR", "share as the client names it, e.g. \\\\HOST\\ADMIN$"),
        column("path", "VARCHAR", "file, folder or named pipe"),
        column("new_path", "VARCHAR", "new name of a rename"),
        column("disposition", "VARCHAR", "open, create, overwrite, ..., delete_on_close added"),
        column("is_pipe", "BOOLEAN", "the share is for named pipes"),
        column("status", "VARCHAR", "NT status of the answer (STATUS_SUCCESS, ...), NULL unseen"),
        column(
            "bytes", "BIGINT", "octets read or written through this handle (one row each), or NULL"
        ),
        column("is_signed", "BOOLEAN", "the request carries a signature"),
    ),
)

DCERPC_ACTIVITY = Table(
    "dcerpc_activity",
    "One row a DCE/RPC call, over TCP or a named pipe.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the request"),
        column("frame", "BIGINT", "frame the request ends in"),
        *ENDS,
        column("pipe", "VARCHAR", "named pipe that carried it, NULL over TCP"),
        column("interface_uuid", "VARCHAR", "abstract syntax of the presentation context"),
        column("interface", "VARCHAR", "its name (svcctl, samr, drsuapi, ...), or NULL"),
        column("operation_number", "INTEGER", "opnum"),
        column("operation", "VARCHAR", "its name (RCreateServiceW, ...), or NULL"),
        column("account", "VARCHAR", "account that the binding authenticated, or NULL"),
        column("object", "VARCHAR", "what the call names: service, task, account; or NULL"),
        column(
            "detail",
            "VARCHAR",
            "what it sets (image path, command, XML, ...) as a JSON object with sorted keys, or NULL",
        ),
        column("status", "VARCHAR", "return value or fault as 0x%08x, NULL when unseen"),
        column("is_encrypted", "BOOLEAN", "the stub is sealed, so that object is not visible"),
    ),
)

RDP_ACTIVITY = Table(
    "rdp_activity",
    "One row an RDP connection.",
    "time",
    ("src_ip_hi", "src_ip_lo", "time", "frame"),
    (
        column("time", "TIMESTAMP", "time of the connection request"),
        column("frame", "BIGINT", "its frame"),
        *ENDS,
        column("cookie", "VARCHAR", "user or token of the mstshash or msts cookie"),
        column("requested_protocols", "VARCHAR[]", "rdp, tls, credssp, rdstls, credssp_ex, aad"),
        column("selected_protocol", "VARCHAR", "what the server chose, or NULL"),
        column("failure", "VARCHAR", "why the server refused, or NULL"),
        column("client_name", "VARCHAR", "host name in the client core data, when not encrypted"),
        column("client_build", "INTEGER", "build of the client"),
        column("keyboard_layout", "VARCHAR", "layout as 0x%08x"),
    ),
)
