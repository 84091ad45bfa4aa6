"""Events of Windows as rows: logins, connections, lookups, tickets, and all else that was done."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.compute as pc

from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.json_lines import json_columns, schema_of
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.tally import Tally
from netcordon.ingest.windows_events import activity, logins, network, remote
from netcordon.ingest.windows_events.event import Events
from netcordon.ingest.windows_events.fields import SHAPES


class WindowsLog:
    """Reads events of one shape."""

    def __init__(self, shape: str) -> None:
        self._shape = SHAPES[shape]
        self._schema = schema_of(self._shape.fields())

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        log = json_columns(block, self._schema, tally)
        good = {
            "no number of an event": pc.is_valid(log.text(*self._shape.event)),
            "no time": pc.is_valid(log.time(*self._shape.time)),
        }
        log = log.required(tally, good)
        tally.read += len(log)
        left = Events(log, self._shape)
        for wanted, read in (
            (logins.is_login, logins.login),
            (remote.is_remote, remote.remote),
            (network.is_connection, network.connection),
            (network.is_lookup, network.lookup),
        ):
            chosen = pc.fill_null(wanted(left), False)
            found, left = left.where(chosen), left.where(pc.invert(chosen))
            if len(found):
                yield read(found)
        if len(left):
            yield activity.activity(left)
