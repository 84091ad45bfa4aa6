"""What a section of the report is made of: content without any mark-up.

A section plug-in turns the frozen document into these blocks, and every renderer (HTML, Markdown)
shows the same blocks. Strings in blocks are as hostile as the traffic they came from: a section
never escapes, shortens or marks up anything, the renderers do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from netcordon.model.document import Document, Series

Tone = Literal[
    "critical", "high", "medium", "low", "informational", "good", "limited", "poor", "neutral"
]
"""What a mark means; the renderer picks colour and pattern, the word always stands beside it."""


# --- inside a line


@dataclass(frozen=True)
class Code:
    """Text to be read letter by letter: an address, a hash, a filter."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Text that carries the line."""

    text: str


@dataclass(frozen=True)
class Tag:
    """A word with a meaning of its own, such as a severity."""

    word: str
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Ref:
    """A link to another place of the same report."""

    target: str
    text: str


@dataclass(frozen=True)
class Defanged:
    """An indicator, shown so that nobody visits it by accident."""

    value: str


@dataclass(frozen=True)
class Bar:
    """A signed number drawn as a bar from the middle; ``scale`` is the value of a full half."""

    value: float
    scale: float


Inline = str | Code | Strong | Tag | Ref | Defanged | Bar
Line = Inline | tuple[Inline, ...]


def commas(parts: Sequence[Inline]) -> tuple[Inline, ...]:
    """The parts with commas in between."""
    out: list[Inline] = []
    for part in parts:
        out += [", ", part] if out else [part]
    return tuple(out)


# --- blocks


@dataclass(frozen=True)
class Text:
    """A paragraph; ``muted`` for what is said in passing."""

    line: Line
    muted: bool = False


@dataclass(frozen=True)
class Items:
    """A list, numbered when the order matters."""

    lines: tuple[Line, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Facts:
    """Names and their values; ``compact`` for many short ones, side by side."""

    pairs: tuple[tuple[str, Line], ...]
    compact: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under columns.

    Attributes:
        caption: what the rows are; empty when the heading above says it.
        left_out: rows that exist and are not shown.
        where_all: where all of them are, when some were left out.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    left_out: int = 0
    where_all: str = "report.json"


@dataclass(frozen=True)
class Listing:
    """Text to copy: a query, a display filter."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One answer at the top of the report.

    Attributes:
        more: what stands below the list and is none of its items.
    """

    question: str
    lines: tuple[Line, ...]
    ordered: bool = False
    more: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The verdict in plain words, and the answers a responder needs within ten seconds.

    Attributes:
        tag: the verdict in a word or three.
    """

    tag: Tag
    text: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Blocks under a heading of their own; ``folded`` when most readers can do without them."""

    heading: Line
    blocks: tuple[Block, ...]
    anchor: str = ""
    folded: bool = False


# --- charts: the data of a picture, and in words what it shows


@dataclass(frozen=True, kw_only=True)
class TimelineStep:
    """A bar of a timeline: its number in the table beside, its lane, its label."""

    number: int
    start: datetime
    end: datetime
    lane: str
    label: str
    tone: Tone


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Steps over time, a lane for each host that acted."""

    title: str
    description: str
    steps: tuple[TimelineStep, ...]


@dataclass(frozen=True, kw_only=True)
class Node:
    """An end of a graph: the column it stands in, its name and a second line."""

    id: str
    column: int
    name: str
    detail: str
    tone: Tone = "neutral"


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Who spoke to whom; ``label`` is short, e.g. the row of the table beside."""

    src: str
    dst: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Ends in columns, and who spoke to whom.

    Attributes:
        columns: headings of the columns, left to right.
        nodes: in the order they are to be drawn; what does not fit is left out and counted.
    """

    title: str
    description: str
    columns: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Series over one time axis, one row each; ``windows`` are stretches of time to mark."""

    title: str
    description: str
    series: tuple[Series, ...]
    windows: tuple[tuple[float, float, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Contacts over time and the lengths of the gaps between them; times in UTC seconds."""

    title: str
    description: str
    times: tuple[float, ...]


Block = (
    Text | Items | Facts | Table | Listing | Verdict | Group | Timeline | Graph | Plot | Contacts
)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section of the report. The name of its file gives its place.

    Attributes:
        heading: what the section answers.
        irm: lines of the IRM-5 checklist it serves.
        write: the blocks for a document; none leaves the section out.
    """

    heading: str
    irm: tuple[str, ...]
    write: Callable[[Document], Sequence[Block]]
