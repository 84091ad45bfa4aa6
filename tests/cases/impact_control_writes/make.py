"""Makes the evidence of these cases.

`python -m tests.cases.impact_control_writes.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

MASTER, STRANGER, DEVICE = "10.3.0.2", "10.3.0.77", "10.3.0.20"
READ, WRITE = (3, "Read Holding Registers"), (6, "Write Single Register")


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    polled = [asked(1.0 * n, MASTER, *READ) for n in range(120)]
    write(
        root / "stranger_stops_the_controller",
        "ot_activity",
        [
            *(row | {"service": "s7comm"} for row in polled),
            asked(90.0, STRANGER, 0x29, "PLC Stop") | {"service": "s7comm"},
        ],
    )
    panels = [
        row | {"service": "s7comm"}
        for n in range(120)
        for row in (asked(1.0 * n, MASTER, *READ), asked(1.0 * n + 0.2, STRANGER, *READ))
    ]
    write(
        root / "second_panel_restarts_the_program",
        "ot_activity",
        [*panels, asked(90.0, STRANGER, 0x28, "PI-Service") | {"service": "s7comm"}],
    )
    write(
        root / "panel_logs_in",
        "ot_activity",
        [
            *(row | {"service": "s7comm"} for row in polled),
            asked(90.0, STRANGER, 0, "Security: Login") | {"service": "s7comm"},
        ],
    )
    write(
        root / "stranger_writes_values",
        "ot_activity",
        [*polled, *(asked(90.0 + n, STRANGER, *WRITE) for n in range(4))],
    )
    write(
        root / "second_console_takes_over",
        "ot_activity",
        [
            *(asked(1.0 * n, MASTER, *READ) for n in range(40)),
            *(asked(50.0 + n, STRANGER, *(WRITE if n % 9 == 0 else READ)) for n in range(400)),
        ],
    )
    write(
        root / "master_at_work",
        "ot_activity",
        [asked(1.0 * n, MASTER, *(WRITE if n % 5 == 0 else READ)) for n in range(120)],
    )


def asked(t: float, src: str, code: int, function: str) -> dict[str, object]:
    """One request that was answered."""
    return {
        "time": t,
        "src_ip": src,
        "dst_ip": DEVICE,
        "dst_port": 102 if code == 0x29 else 502,
        "service": "modbus",
        "function_code": code,
        "function": function,
        "is_write": function != READ[1],
        "is_answered": True,
    }


if __name__ == "__main__":
    make(Path(__file__).parent)
