"""Packages of evidence on a terminal."""

from __future__ import annotations

from netcordon.model.quantity import count_text, size_text
from netcordon.model.transfer import OpenedPackage, Package
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible


def package_text(made: Package, *, width: int = 100) -> str:
    """What was packed, for whom, and what to tell them."""
    page = Page(width)
    page.say("Package", f"{visible(made.path)}, {size_text(made.bytes)}")
    page.row(f"sha256 {made.sha256}")
    for number, name in enumerate(made.files):
        page.say("" if number else "Files", visible(name, limit=120))
    page.say("Journal", f"{made.entries:,} links of the chain, {made.given:,} entries to be read")
    if made.stamps:
        page.say("Stamps", count_text(made.stamps, "time stamp"))
    said = [visible(each, limit=70) for each in made.recipients]
    page.say("Opened by", *(said or ["ANYBODY: it is not encrypted"]))
    page.say("Signed by", visible(made.signed_by, limit=80) or "nobody (--key)")
    if made.fingerprint:
        page.row(f"fingerprint {made.fingerprint}")
    page.say(
        "Tell them", "by telephone: the SHA-256 above"
        + (", and the fingerprint of the key that signed it." if made.signed_by else "."),
        "README.txt in it says how all of it is proved without netcordon.",
    )  # fmt: skip
    return page.text()


def opened_text(found: OpenedPackage, *, width: int = 100) -> str:
    """What a package proves."""
    page = Page(width)
    page.say("Opened", f"into {visible(found.folder)}")
    page.say("Files", f"{found.files:,} as the manifests say, {size_text(found.bytes)}")
    if found.head:
        page.say("Journal", f"head {found.head}")
    if found.signer:
        page.say(
            "Signed", f"by the key {found.signer}",
            "Whose it is, its owner says by telephone.",
        )  # fmt: skip
    for number, problem in enumerate(found.problems):
        page.say("" if number else "WRONG", visible(problem, limit=300))
    for number, note in enumerate(found.notes):
        page.say("" if number else "Note", visible(note, limit=300))
    page.say("Verdict", "NOT as it was packed." if found.problems else "All that it claims holds.")
    return page.text()
