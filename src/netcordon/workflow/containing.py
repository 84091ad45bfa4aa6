"""What a person says about a plan on the command line, as choices that planning understands."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol, TypeVar

from netcordon.errors import UsageError
from netcordon.model.handling import PAP
from netcordon.model.plan import Posture
from netcordon.planning.picks import Picks, Preference

_MOST_REASON = 2_000


class Said(Protocol):
    """The words of a request that choose; ``workflow.contain.PlanRequest`` has them."""

    @property
    def prefer(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def pap(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def isolate(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def areas(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def override(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def posture(self) -> str: ...  # noqa: D102


def read_picks(said: Said) -> Picks:
    """The choices.

    Raises:
        UsageError: NC-821 a word that is no choice, NC-824 an override without a reason.
    """
    reason = said.reason.strip()
    if said.override and not 0 < len(reason) <= _MOST_REASON:
        raise UsageError(
            "NC-824",
            "A marking is overridden with a reason.",
            "who gave this in confidence will ask why the attacker was told"
            if not reason
            else f"the reason is longer than {_MOST_REASON:,} characters",
            'add --reason "TEXT"',
        )
    return Picks(
        prefer=_pairs("--prefer", said.prefer, {each.value: each for each in Preference}),
        isolate=tuple(_host(text) for text in said.isolate),
        areas=tuple(said.areas),
        pap=_pairs("--pap", said.pap, {p.value.removeprefix("PAP:").lower(): p for p in PAP}),
        override=tuple(said.override),
        reason=reason,
        posture=Posture(said.posture),
    )


_Kind = TypeVar("_Kind", bound=StrEnum)


def _pairs(option: str, texts: Sequence[str], known: Mapping[str, _Kind]) -> dict[str, _Kind]:
    found: dict[str, _Kind] = {}
    for text in texts:
        way, _, word = text.partition("=")
        if word.lower() not in known:
            raise UsageError(
                "NC-821",
                f"{option} does not know {word!r}.",
                f"it takes a way and one of {', '.join(known)}",
                f"for example {option} way-1={next(iter(known))}",
            )
        found[way] = known[word.lower()]
    return found


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise UsageError(
            "NC-821", f"--isolate does not know {text!r}.", "it takes an address of one of our "
            "hosts", "for example --isolate 10.1.2.3",
        ) from error  # fmt: skip
