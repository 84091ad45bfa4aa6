"""How to get the same result again: version, options, and the hashes of what went in."""

from __future__ import annotations

from netcordon.model.document import Document
from netcordon.model.evidence import Evidence
from netcordon.model.quantity import rfc3339
from netcordon.model.section import Block, Code, Facts, Line, Listing, Section, Text

_MOST = 200


def write(document: Document) -> list[Block]:
    """The facts of the run, and a list that ``sha256sum --check`` reads."""
    pairs: list[tuple[str, Line]] = [
        ("netcordon", Code(document.version)),
        (
            "Written",
            f"{rfc3339(document.generated_time)} (the one value that differs between runs)",
        ),
    ]
    pairs += [(name, Code(value)) for name, value in sorted(document.options.items())]
    pairs += [(f"mapping {name}", Code(sha256)) for name, sha256 in _mappings(document)]
    blocks: list[Block] = [
        Text(
            "The same version on the same evidence with the same options gives this report again."
        ),
        Facts(tuple(pairs)),
    ]
    if document.evidence:
        sums = "\n".join(_sum(e) for e in document.evidence[:_MOST])
        left = len(document.evidence) - _MOST
        more = f"\n# and {left:,} more in report.json" if left > 0 else ""
        blocks.append(Listing("Hashes of the evidence (SHA-256)", sums + more))
    return blocks


def _mappings(document: Document) -> list[tuple[str, str]]:
    """Name and SHA-256 of each mapping by which a log was read: other ones give other rows."""
    facts = [e.facts for e in document.evidence if "mapping_sha256" in e.facts]
    return sorted({(str(f["mapping"]), str(f["mapping_sha256"])) for f in facts})


def _sum(evidence: Evidence) -> str:
    """A line of ``sha256sum``, which marks and escapes names that would break the line."""
    path = evidence.path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if path != evidence.path else ""
    return f"{mark}{evidence.sha256}  {path}"


SECTION = Section(heading="How to reproduce this", irm=("L1",), write=write)
