"""Feedback reports about mail: ARF (RFC 5965) and its kin for failed authentication (RFC 6591)."""

from __future__ import annotations

from netcordon.model.letter import Complaint, Letter

_MOST_SAMPLE = 16 << 10


def feedback_complaint(letter: Letter) -> Complaint | None:
    """What the feedback report in a letter says; ``None`` where it holds none."""
    if not letter.feedback:
        return None
    said: dict[str, str] = {}
    for name, value in letter.feedback:
        said.setdefault(name, value)
    original = letter.enclosed[0] if letter.enclosed else None
    shown = ""
    if original is not None:
        kept = ("from", "to", "subject", "date")
        heads = [f"{name}: {value}" for name, value in original.headers if name in kept]
        shown = "\n".join((*heads, "", original.text, *original.links))
    uris = [value for name, value in letter.feedback if name == "reported-uri"]
    domains = [value for name, value in letter.feedback if name == "reported-domain"]
    return Complaint(
        format="ARF",
        reference=original.header("message-id").strip("<>") if original else "",
        organisation=said.get("reporting-mta", "").rpartition(";")[2].strip(),
        kind=f"mail {said.get('feedback-type', 'abuse')}".strip(),
        source=said.get("source-ip", "").strip("[]").removeprefix("IPv6:"),
        source_port=None,
        first=said.get("arrival-date", said.get("received-date", "")),
        urls=tuple(dict.fromkeys((*uris, *domains)))[:200],
        sample=shown[:_MOST_SAMPLE],
    )
