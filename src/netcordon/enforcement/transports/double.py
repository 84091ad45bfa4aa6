"""A device that is none, and can be told to fail: for drills, and for tests of everything else.

``double:/path/of/a/file`` keeps its rules in that file, so it lasts from one command to the next.
Options: ``fault``, and ``fault_at``, the number of the change at which it happens (1; 0: each).

``refuse``  says no and does nothing.
``ignore``  says yes and does nothing.
``die``     does half of it, and is never heard of again.
``slow``    does it after ``fault_s`` seconds (5).
``lie``     does it, and denies it when it is asked.
``cling``   does not let go of rules, and says that it did.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from netcordon.casefile.canonical import canonical
from netcordon.casefile.durable import write_whole
from netcordon.enforcement.effects import Reply
from netcordon.errors import UsageError
from netcordon.model.actuator import Call
from netcordon.model.register import EnforcementPoint

FAULTS = ("", "refuse", "ignore", "die", "slow", "lie", "cling")
_DEAD = "the line is dead"


@dataclass
class Rules:
    """What it remembers: case and command -> the rest of the line; how often it was changed."""

    held: dict[str, str] = field(default_factory=dict)
    changes: int = 0
    dead: bool = False

    def text(self) -> str:
        """One rule a line, in order."""
        return "".join(f"{name} {rest}\n" for name, rest in sorted(self.held.items()))


class Double:
    """Understands ``hold CASE COMMAND ...``, ``drop CASE COMMAND`` and ``list``.

    Args:
        rules: what it begins with, and where it keeps them.
        fault: one of ``FAULTS``.
        fault_at: the number of the change at which it fails; 0 for each.
        fault_s: how slow it is.
        keep: is called after each change.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        fault: str = "",
        fault_at: int = 1,
        fault_s: float = 5.0,
        keep: Callable[[Rules], None] | None = None,
    ) -> None:
        self.rules = rules
        self._fault, self._fault_at, self._fault_s = fault, fault_at, fault_s
        self._keep = keep

    def run(self, call: Call) -> Reply:
        """What it says."""
        if call.argv or call.path or call.sends:
            return Reply(ok=False, error="a double is only typed at")
        if self.rules.dead:
            return Reply(ok=False, error=_DEAD)
        lines = [line for line in call.stdin.splitlines() if line]
        if lines == ["list"]:
            lies = self._fault == "lie" and self._is_due(self.rules.changes)
            return Reply(ok=True, text="" if lies else self.rules.text())
        self.rules.changes += 1
        reply = self._changed(lines)
        if self._keep is not None:
            self._keep(self.rules)
        return reply

    def _is_due(self, change: int) -> bool:
        return self._fault_at in (0, change)

    def _changed(self, lines: list[str]) -> Reply:
        fault = self._fault if self._is_due(self.rules.changes) else ""
        if fault == "refuse":
            return Reply(ok=False, error="it was told to refuse")
        if fault == "ignore":
            return Reply(ok=True)
        if fault == "die":
            self.rules.dead = True
            lines = lines[: len(lines) // 2]
        if fault == "slow":
            time.sleep(self._fault_s)
        for line in lines:
            verb, _, rest = line.partition(" ")
            case, _, rest = rest.partition(" ")
            command, _, rest = rest.partition(" ")
            name = f"{case} {command}"
            if verb == "hold":
                self.rules.held[name] = rest
            elif verb == "drop" and fault != "cling":
                self.rules.held.pop(name, None)
        return Reply(ok=False, error=_DEAD) if fault == "die" else Reply(ok=True)


def double_at(point: EnforcementPoint) -> Double:
    """The double of a device, as it was left.

    Raises:
        UsageError: NC-846 when its file or its options cannot be used.
    """
    path = Path(point.transport.partition(":")[2])
    fault, at = point.options.get("fault", ""), point.options.get("fault_at", "1")
    try:
        if not path.is_absolute() or fault not in FAULTS:
            raise ValueError(f"fault is one of {', '.join(FAULTS[1:])}, its file an absolute path")  # noqa: TRY301
        told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        rules = Rules(**told)
        return Double(
            rules, fault=fault, fault_at=int(at), fault_s=float(point.options.get("fault_s", "5")),
            keep=lambda now: write_whole(path, canonical(now).encode()),
        )  # fmt: skip
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            "NC-846",
            f"Device {point.name!r} cannot be reached.",
            f"its double cannot be used: {error}",
            "correct the device in netcordon.toml, or remove the file",
        ) from error
