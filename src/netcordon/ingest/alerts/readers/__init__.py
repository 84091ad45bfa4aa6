"""Readers, one a tool; ``ALL`` in the order they are asked, the least particular last."""

from __future__ import annotations

from netcordon.ingest.alerts.readers.canaries import CANARIES
from netcordon.ingest.alerts.readers.cowrie import COWRIE
from netcordon.ingest.alerts.readers.darktrace import DARKTRACE
from netcordon.ingest.alerts.readers.dionaea import DIONAEA
from netcordon.ingest.alerts.readers.gatewatcher import GATEWATCHER
from netcordon.ingest.alerts.readers.idea import IDEA
from netcordon.ingest.alerts.readers.opencanary import OPENCANARY
from netcordon.ingest.alerts.readers.rita import RITA
from netcordon.ingest.alerts.readers.snort import SNORT
from netcordon.ingest.alerts.readers.tpot import TPOT
from netcordon.ingest.alerts.readers.vectra import VECTRA

ALL = (
    COWRIE, DIONAEA, OPENCANARY, CANARIES, TPOT, SNORT, IDEA, GATEWATCHER, VECTRA, DARKTRACE, RITA,
)  # fmt: skip
