"""``netcordon evidence …``: the group; a command stands in the file named beside it."""

from __future__ import annotations

import click

from netcordon.interfaces.cli.lazy import LazyGroup

_COMMANDS = {
    "Seal and hand over": {
        "seal": ("evidence_custody:seal", "Hash files, with who recorded them, where and how."),
        "custody": ("evidence_custody:custody", "Who had a piece of evidence, and when."),
        "hand-over": ("evidence_custody:hand_over", "Give evidence to somebody, signed."),
        "receive": ("evidence_custody:receive", "Confirm that evidence was received, signed."),
    },
    "Prove when": {
        "head": ("evidence_stamp:head", "The journal's head, to be kept where others hold it."),
        "stamp": ("evidence_stamp:stamp", "Have an authority stamp that head (RFC 3161)."),
    },
    "For others": {
        "package": ("evidence_package:package", "Originals or slices, provable and encrypted."),
        "anonymise": ("evidence_anonymise:anonymise", "A copy that names nobody."),
        "open": ("evidence_package:open_", "Open a package and check all that it claims."),
    },
}


@click.group(name="evidence", cls=LazyGroup, places=_COMMANDS)
def command() -> None:
    """Evidence that stands up: sealed, in known hands, provable elsewhere.

    The journal of the workspace keeps all of it; `netcordon verify` proves it.
    """
