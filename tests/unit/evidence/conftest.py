from collections.abc import Sequence

import pytest

from netcordon import registry
from netcordon.model.parser import Parser, ParseResult


def _kind(head: bytes) -> str | None:
    return "pcap" if head[:4] == b"\xd4\xc3\xb2\xa1" else None


@pytest.fixture
def pcap_parser(monkeypatch: pytest.MonkeyPatch) -> Sequence[registry.Plugin]:
    """The registry with one parser in it, so that these tests stand without any plug-in."""
    parser = Parser(
        title="pcap", writes=(), recognise=_kind, parse=lambda *_: ParseResult(records=0)
    )
    plugins = (registry.Plugin("pcap", "parsers", parser, ""),)
    monkeypatch.setattr(registry, "load", lambda kind: (plugins, ()))
    return plugins


from tests.unit.casefile.conftest import clock, workspace  # noqa: E402, F401 - fixtures
