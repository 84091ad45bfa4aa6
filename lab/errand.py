"""Small errands of the intruder that no standard program does.

`python -m lab.errand lure URL` sends the mail; `python -m lab.errand tunnel BYTES` sends data.
"""

from __future__ import annotations

import random
import socket
import sys

from lab import world
from lab.server_life import deliver


def lure(url: str) -> None:
    """The mail that begins it."""
    body = (
        "Dear customer,\n\nyour parcel is waiting. Please open the document viewer to see the "
        f"invoice:\n\n  {url}\n\nYour parcel team\n"
    )
    sender = "notice@parcel-notice.example"
    deliver(
        random.Random(7),
        sender,
        world.PATIENT_ZERO.user,
        world.PHISH_SITE.ip,
        world.PHISH_SITE.name,
        body=body,
    )


def tunnel(size: str) -> None:
    """Random bytes into the tunnel's far end."""
    with socket.create_connection(("10.99.0.1", 9000), timeout=120) as far:
        far.sendall(random.Random(8).randbytes(int(size)))
        far.shutdown(socket.SHUT_WR)
        far.recv(1)


if __name__ == "__main__":
    {"lure": lure, "tunnel": tunnel}[sys.argv[1]](sys.argv[2])
