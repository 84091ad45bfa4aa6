"""Notices from templates: for one audience, in one language, and no word above its marking."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from netcordon.model.handling import TLP
from netcordon.model.incident import Incident, Indicator
from netcordon.model.notice import CLEARANCE, Audience, permits
from netcordon.model.quantity import time_text
from netcordon.notices.classes import classes_of
from netcordon.reporting.visible import defanged, visible

_MOST_SHOWN = 40
_WIDTH = 76
"""Columns of a mail in plain text (RFC 5322 recommends 78 at most)."""
_TECHNICAL = (Audience.ADMINS,)
_KNOWS_HOSTS = (Audience.ADMINS, Audience.HELPDESK)

TEXTS = files("netcordon.notices") / "texts"


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a notice is about.

    Attributes:
        reference: what readers confirm with.
        marking: of the case: its indicators, hosts and times bear it.
        business_lines: that are affected.
        contact: whom to call; empty for the number people know.
        discreet: the attacker must not learn that he was seen.
    """

    incident: Incident
    indicators: Sequence[Indicator]
    reference: str
    marking: TLP
    business_lines: Sequence[str] = ()
    contact: str = ""
    discreet: bool = False


@dataclass(frozen=True)
class Drafted:
    """Subject, text and marking, and what was held back."""

    subject: str
    text: str
    tlp: TLP
    held_back: tuple[str, ...]


def draft(audience: Audience, language: str, matter: Matter) -> Drafted:
    """The text for one audience.

    Raises:
        KeyError: a language there is none of.
    """
    words = catalogue(language)
    allowed = permits(CLEARANCE[audience], matter.marking)
    incident = matter.incident
    hosts = _hosts(incident) if audience in _KNOWS_HOSTS and allowed else ()
    indicators = _shown(matter.indicators) if audience in _TECHNICAL and allowed else ()
    kinds = classes_of(incident.techniques)
    # What lies above the audience is not only left out of the lists: the sentence with the times
    # and the sentence that says what happened are parts of the case as well.
    told = kinds if allowed else ()
    opening = words["opening"][audience].format(
        first=time_text(incident.first_seen_time), last=time_text(incident.last_seen_time)
    ) if allowed else words["opening"]["users"]  # fmt: skip
    sentences = [opening, *(words["what"][kind] for kind in told[:3])]
    if allowed and not kinds:
        sentences.append(words["what"]["other"])
    if matter.discreet:
        sentences.append(words["discreet"])
    used = bool(hosts or indicators or told)
    tlp = matter.marking if used else min(TLP.GREEN, CLEARANCE[audience], key=list(TLP).index)
    if matter.discreet:
        tlp = max(tlp, TLP.AMBER_STRICT, key=list(TLP).index)
    text = environment().get_template("notice").render(
        t=words, marking=tlp.value, opening=" ".join(sentences),
        lines=[visible(line, limit=80) for line in matter.business_lines],
        do=_listed(words["do"], audience, kinds),
        dont=_listed(words["dont"], audience, kinds), hosts=hosts, indicators=indicators,
        contact=visible(matter.contact, limit=120) or words["no_contact"],
        reference=matter.reference,
    )  # fmt: skip
    held = () if allowed else (
        f"The case is {matter.marking.value}, above what {audience.value} may read "
        f"({CLEARANCE[audience].value}): the text says what to do, and no time, host, address or "
        "kind of the incident.",
    )  # fmt: skip
    subject = words["subject"]["discreet" if matter.discreet else audience]
    return Drafted(f"{subject} [{matter.reference}]", text, tlp, held)


@cache
def catalogue(language: str) -> Mapping[str, Any]:
    """All texts of a language.

    Raises:
        KeyError: there is none.
    """
    path = TEXTS / f"{language}.toml"
    if not language.isalpha() or not path.is_file():
        raise KeyError(language)
    return tomllib.loads(path.read_text("utf-8"))


def _listed(lists: Mapping[str, Any], audience: Audience, kinds: Sequence[str]) -> list[str]:
    own = lists[audience]
    return [*own["all"], *(text for kind in kinds for text in own.get(kind, ()))]


def _hosts(incident: Incident) -> tuple[str, ...]:
    parties = [p for p in (*incident.victims, *incident.actors) if p.internal]
    labels = dict.fromkeys(visible(f"{p.ip} {p.name or ''}".strip(), limit=100) for p in parties)
    return tuple(labels)[:_MOST_SHOWN]


def _shown(indicators: Sequence[Indicator]) -> tuple[str, ...]:
    return tuple(
        f"{one.type}: {visible(defanged(one.value), limit=200)}" for one in indicators[:_MOST_SHOWN]
    )


@cache
def environment() -> Environment:
    """The templates of all drafts, by name."""
    # Plain text: there is nothing to escape but what is invisible, and ``visible`` did that to
    # every value that is not ours.
    made = Environment(
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.loader = DictLoader(
        {name: (TEXTS / f"{name}.txt.j2").read_text("utf-8") for name in ("notice", "reply")}
    )
    made.filters["wrapped"] = _wrapped
    made.filters["listed"] = lambda text: _wrapped(text, "  - ", "    ")
    return made


def _wrapped(text: str, first: str = "", following: str = "") -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent=first, subsequent_indent=following,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
