"""Makes the evidence of these cases.

`python -m tests.cases.c2_generated_domains.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

from tests.cases.evidence import write

HOST = "10.1.0.17"
WORDS = ("garden", "silver", "market", "winter", "copper", "window", "travel", "bridge", "summer",
         "letter", "forest", "harbor", "kitchen", "meadow", "castle")  # fmt: skip


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(root / "forty_random_names", "dns_activity",
          answers(random_names(40, 14), "NXDOMAIN") + answers(sites(8), "NOERROR"))  # fmt: skip
    write(root / "letters_and_digits", "dns_activity",
          answers(random_names(15, 12, "0123456789abcdef"), "NXDOMAIN")
          + answers(sites(8), "NOERROR"))  # fmt: skip
    write(root / "crawler", "dns_activity",
          answers(random_names(14, 9), "NXDOMAIN") + answers(sites(210), "NOERROR"))  # fmt: skip
    write(root / "names_of_words", "dns_activity",
          answers(sites(30), "NXDOMAIN") + answers(sites(8, "org"), "NOERROR"))  # fmt: skip
    write(root / "wrong_search_suffix", "dns_activity", answers(
        [f"{name.split('.')[0]}.office.company.example" for name in random_names(30, 10)],
        "NXDOMAIN"))  # fmt: skip


def random_names(count: int, length: int, letters: str = "abcdefghijklmnopqrstuvwxyz") -> list[str]:
    """Names of random characters, two lengths."""
    rng = random.Random(7)
    return ["".join(rng.choices(letters, k=length + n % 2)) + ".example" for n in range(count)]


def sites(count: int, suffix: str = "example") -> list[str]:
    """Names of two words each."""
    pairs = [one + other for one in WORDS for other in WORDS if one != other]
    return [f"{pair}.{suffix}" for pair in pairs[:count]]


def answers(names: Iterable[str], rcode: str) -> list[dict[str, object]]:
    """An answer for each name, two seconds apart."""
    return [
        {"time": 2.0 * n, "src_ip": HOST, "dst_ip": "10.1.0.2", "query": name, "query_type": "A",
         "is_response": True, "rcode": rcode}
        for n, name in enumerate(names)
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
