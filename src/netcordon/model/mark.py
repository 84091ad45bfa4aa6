"""How a rule tells on the device whose it is: ``netcordon case-7 cmd-3``, or joined by ``-``."""

from __future__ import annotations

import re

from netcordon.model.command import Command, InForce


def mark(case_id: str, command: Command, joint: str = " ") -> str:
    """What stands in a comment, a description or a name."""
    return joint.join(("netcordon", case_id, command.id))


def marked(text: str, case_id: str) -> tuple[InForce, ...]:
    """Commands of a case whose mark stands in a text, in the order of their first mention."""
    found = re.findall(rf"netcordon[ _-]{re.escape(case_id)}[ _-](cmd-[1-9][0-9]*)", text)
    return tuple(InForce(command_id=command_id) for command_id in dict.fromkeys(found))
