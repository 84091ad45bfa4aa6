"""Logins in messages of hosts and tunnels, by lines written after their programs' sources."""

from __future__ import annotations

import pytest

from tests.unit.ingest.text.logs import Read, read

SSH = "<38>2024-05-06T07:08:09Z gw sshd[77]: "


def _read(*lines: str) -> Read:
    found = read("".join(f"{line}\n" for line in lines).encode())
    assert found.adds_up
    return found


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            SSH + "Accepted publickey for carla from 192.0.2.4 port 50001 ssh2: ED25519 SHA256:x",
            ("sshd", "carla", "192.0.2.4", 50001, "success", "publickey", None),
        ),
        (
            SSH + "Failed password for invalid user a from 10.0.0.1 port 1 from 2001:db8::1 port 2",
            ("sshd", "a from 10.0.0.1 port 1", "2001:db8::1", 2, "failure", "password",
             "no such user"),
        ),
        (
            "2024-05-06T07:08:09Z web vsftpd[8]: pam_unix(vsftpd:auth): authentication failure; "
            "logname= uid=0 euid=0 tty=ftp ruser=bob rhost=192.0.2.7  user=bob",
            ("pam", "bob", "192.0.2.7", None, "failure", "password", None),
        ),
        (
            "2024-05-06 07:08:09 192.0.2.8:4711 [carla] Peer Connection Initiated with "
            "[AF_INET]192.0.2.8:4711",
            ("openvpn", "carla", "192.0.2.8", 4711, "success", None, None),
        ),
        (
            "2024-05-06T07:08:09Z gw openvpn[5]: 192.0.2.8:4711 TLS Auth Error: Auth "
            "Username/Password verification failed for peer",
            ("openvpn", None, "192.0.2.8", 4711, "failure", None, "TLS Auth Error: Auth "
             "Username/Password verification failed for peer"),
        ),
        (
            "2024-05-06T07:08:09Z gw charon: 12[IKE] IKE_SA rw[2] established between "
            "10.0.0.1[gw]...192.0.2.9[carla]",
            ("strongswan", "carla", "192.0.2.9", None, "success", None, None),
        ),
        (
            "2024-05-06T07:08:09Z gw charon: 05[IKE] EAP method EAP_MSCHAPV2 failed for peer bob",
            ("strongswan", "bob", None, None, "failure", "EAP_MSCHAPV2", None),
        ),
    ],
)  # fmt: skip
def test_a_login(line: str, wanted: tuple[object, ...]) -> None:
    row = _read(line).only("authentication")
    names = ("provider", "account", "src_ip", "src_port", "outcome", "method", "status_detail")
    assert tuple(row[name] for name in names) == wanted
    assert str(row["time"]) == "2024-05-06 07:08:09"


def test_repeated_lines_count_and_what_sshd_says_twice_does_not() -> None:
    failed = "Failed password for root from 192.0.2.4 port 5 ssh2"
    found = _read(
        SSH + failed,
        SSH + f"message repeated 3 times: [ {failed}]",
        SSH + "Connection closed by authenticating user root 192.0.2.4 port 5 [preauth]",
        SSH + "pam_unix(sshd:auth): authentication failure; logname= rhost=192.0.2.4  user=root",
    )
    assert len(found.tables["authentication"]) == 4
    assert not found.result.refused
    assert found.result.facts["comment_lines"] == 2


def test_sudo_says_who_ran_what_as_whom_and_whether_it_was_let() -> None:
    where = "TTY=pts/0 ; PWD=/root ; USER=root ; COMMAND="
    found = _read(
        f"<85>2024-05-06T07:08:09Z web sudo: carla : {where}/bin/cat /etc/shadow",
        f"<85>2024-05-06T07:08:09Z web sudo: bob : user NOT in sudoers ; {where}/bin/sh",
    )
    ran, refused = found.tables["api_activity"]
    assert (ran["account"], ran["object"], ran["outcome"], ran["tenant"]) == (
        "carla", "/bin/cat /etc/shadow", "success", "web",
    )  # fmt: skip
    assert (refused["outcome"], refused["status_detail"]) == ("failure", "user NOT in sudoers")
