from __future__ import annotations

import hashlib

from tests.unit.ingest.capture.application import messages, talk
from tests.unit.ingest.capture.application.talk import to_client, to_server

LISTS = (
    b"kex-a,kex-b",
    b"key",
    b"enc-cs",
    b"enc-sc",
    b"mac-cs",
    b"mac-sc",
    b"none",
    b"zlib",
    b"",
    b"",
)


def test_banners_and_hassh() -> None:
    heard = talk.tcp(
        talk.stream(
            to_client(b"hello there\r\nSSH-2.0-server\r\n"),
            to_server(b"SSH-2.0-client\r\n" + messages.ssh_kexinit(*LISTS)),
            to_client(messages.ssh_kexinit(*LISTS)),
        ),
        22,
    )
    row = heard.one("ssh_activity")
    assert (row["client_banner"], row["server_banner"]) == ("SSH-2.0-client", "SSH-2.0-server")
    assert row["hassh"] == hashlib.md5(b"kex-a,kex-b;enc-cs;mac-cs;none").hexdigest()
    assert row["hassh_server"] == hashlib.md5(b"kex-a,kex-b;enc-sc;mac-sc;zlib").hexdigest()
    assert heard.feedback[-1]["want"] == 0


def test_a_server_mark_in_the_originators_list_turns_the_flow_around() -> None:
    server = (b"kex,kex-strict-s-v00@openssh.com", *LISTS[1:])
    heard = talk.tcp(
        talk.stream(
            to_server(b"SSH-2.0-server\r\n" + messages.ssh_kexinit(*server)),
            to_client(b"SSH-2.0-client\r\n" + messages.ssh_kexinit(*LISTS)),
        ),
        port=50000,
        source_port=2222,
    )
    row = heard.one("ssh_activity")
    assert (row["client_banner"], row["dst_port"]) == ("SSH-2.0-client", 2222)
