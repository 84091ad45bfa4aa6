"""Which class reads which protocol over UDP.

A protocol that joins stands here and, with how many datagrams of a direction it is handed, in
``recognise.telling.FIRST_DATAGRAMS``.
"""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.ingest.capture.application.datagram_flow import MakeReader

READERS: Mapping[str, MakeReader] = {}
"""Service -> what makes the reader of a flow."""
