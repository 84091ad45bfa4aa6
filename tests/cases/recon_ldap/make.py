"""Makes the evidence of these cases.

`python -m tests.cases.recon_ldap.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.cases.evidence import write

SOURCE, CONTROLLER = "10.1.0.17", "10.2.0.5"
ROOT = "DC=corp,DC=example"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(
        root / "accounts_with_service_names",
        "application_activity",
        [search(0.0, "(&(objectClass=user)(servicePrincipalName=*)(!(cn=krbtgt)))", 42)],
    )
    write(
        root / "everything_for_a_map",
        "application_activity",
        [
            search(0.0, "(|(samAccountType=805306368)(samAccountType=805306369))", 4_100),
            search(1.0, "(adminCount=1)", 30),
            search(2.0, "(userAccountControl:1.2.840.113556.1.4.803:=524288)", 3),
        ],
    )
    write(
        root / "list_of_a_small_office",
        "application_activity",
        [search(0.0, "(objectCategory=person)", 12)],
    )
    write(
        root / "lookups_at_logon",
        "application_activity",
        [
            search(0.0, "(objectClass=*)", 1, scope="base"),
            search(0.1, "(&(objectClass=user)(sAMAccountName=carla))", 1),
            search(0.2, "(samAccountType=805306368)", 1, scope="base"),
        ],
    )


def search(t: float, text: str, entries: int, scope: str = "sub") -> dict[str, object]:
    """One search and how many entries it found."""
    return {
        "time": t,
        "src_ip": SOURCE,
        "dst_ip": CONTROLLER,
        "dst_port": 389,
        "protocol": "tcp",
        "service": "ldap",
        "operation": "search",
        "object": ROOT,
        "account": r"CORP\carla",
        "status": "success",
        "detail": json.dumps(
            {"attributes": ["cn"], "entries": entries, "filter": text, "scope": scope}
        ),
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
