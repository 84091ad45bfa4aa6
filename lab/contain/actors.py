"""Does the deeds of one machine until it is ended: `python -m lab.contain.actors MACHINE`.

Every attempt leaves a line in a file of its deed: when it began, when it ended (both by the
machine's monotonic clock), `ok` or `no`, and what went wrong.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from lab.cage import STATE
from lab.contain.cast import DEEDS
from lab.contain.deeds import FAILURES, Deed

TRIES = STATE / "tries"


def tries_of(name: str) -> Path:
    """Where the attempts of a deed are written."""
    return TRIES / f"{name}.log"


def act(deed: Deed) -> None:
    """Do it again and again."""
    attempt = deed.make()
    with tries_of(deed.name).open("a", buffering=1) as log:
        while True:
            began = time.monotonic()
            try:
                attempt()
                outcome, why = "ok", ""
            except FAILURES as problem:
                outcome, why = "no", repr(problem)[:200]
            ended = time.monotonic()
            log.write(f"{began:.3f}\t{ended:.3f}\t{outcome}\t{why}\n")
            time.sleep(max(0.05, deed.every_s - (ended - began)))


def main() -> None:
    """All deeds of a machine, side by side."""
    os.environ["RES_OPTIONS"] = "timeout:1 attempts:1"  # resolv.conf(5): an answer or none, soon
    mine = [deed for deed in DEEDS if deed.machine == sys.argv[1]]
    threads = [threading.Thread(target=act, args=(deed,)) for deed in mine]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
