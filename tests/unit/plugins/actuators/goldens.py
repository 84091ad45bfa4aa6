"""What each actuator makes of the orders, as files that people read.

``python -m tests.unit.plugins.actuators.goldens`` writes them anew; the difference is reviewed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.unit.plugins.actuators.orders import ACTUATORS, ORDERS, site

HERE = Path(__file__).parent


def texts(name: str) -> Mapping[str, str]:
    """File name -> content: what is done, how it is taken back, what is refused and why."""
    rendered = ACTUATORS[name].render(ORDERS, site(name, never_block=("198.51.100.64/32",)))
    refused = "".join(f"{key}: {why}\n" for key, why in rendered.refused.items())
    return {"do.txt": rendered.do, "undo.txt": rendered.undo, "refused.txt": refused}


if __name__ == "__main__":
    for actuator in ACTUATORS:
        (HERE / actuator).mkdir(exist_ok=True)
        for file, content in texts(actuator).items():
            (HERE / actuator / file).write_text(content, encoding="utf-8")
