"""Makes the evidence of these cases.

`python -m tests.cases.access_netlogon_guessing.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

SOURCE, CONTROLLER = "10.1.0.17", "10.2.0.5"
REFUSED, OK = "0xc0000022", "0x00000000"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    guesses = [call(0.02 * n, "NetrServerAuthenticate3", REFUSED) for n in range(180)]
    taken = [call(3.6, "NetrServerAuthenticate3", OK), call(3.7, "NetrServerPasswordSet2", OK)]
    write(root / "guessed_and_password_set", "dcerpc_activity", guesses + taken)
    write(root / "guessed_in_vain", "dcerpc_activity", guesses[:60])
    write(
        root / "computer_out_of_step",
        "dcerpc_activity",
        [call(250.0 * n, "NetrServerAuthenticate3", REFUSED) for n in range(14)],
    )
    write(root / "branch_behind_one_address", "dcerpc_activity", branch())
    write(
        root / "computers_log_in",
        "dcerpc_activity",
        [call(60.0 * n, "NetrServerAuthenticate3", OK, f"10.1.0.{20 + n}") for n in range(40)],
    )


def branch() -> list[dict[str, object]]:
    """Monday morning behind a gateway: 60 computers log in, two are out of step, one renews."""
    rows: list[dict[str, object]] = []
    for n in range(60):
        refused = n in (7, 31)
        rows.append(call(0.5 * n, "NetrServerAuthenticate3", REFUSED if refused else OK))
        rows[-1]["object"] = f"PC{n}$"
    rows.append(call(31.0, "NetrServerPasswordSet2", OK) | {"object": "PC12$"})
    return rows


def call(t: float, operation: str, status: str, src: str = SOURCE) -> dict[str, object]:
    """One call of the secure channel."""
    return {
        "time": t,
        "src_ip": src,
        "dst_ip": CONTROLLER,
        "dst_port": 49_668,
        "interface": "netlogon",
        "operation": operation,
        "object": "DC5$" if src == SOURCE else "PC$",
        "status": status,
        "is_encrypted": False,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
