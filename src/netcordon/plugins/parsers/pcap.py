"""Packet captures: pcap and pcapng, either byte order, microseconds or nanoseconds.

The decoder is compiled on its first use and then kept; nothing of it is imported before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from netcordon.ingest.capture.container.magic import recognise
from netcordon.model.parser import WHOLE, ByteSource, Parser, ParseResult, Progress, RowSink, Share
from netcordon.settings import DecodeLimits


def _recognise(head: bytes) -> str | None:
    """``pcap`` or ``pcapng`` from the first octets."""
    return recognise(head)


def _parse(
    source: ByteSource, sink: RowSink, progress: Progress, share: Share = WHOLE
) -> ParseResult:
    """Decode the capture, or one share of it, with the application layer."""
    from netcordon.ingest.capture.application import ApplicationLayer
    from netcordon.ingest.capture.decode import decode

    limits = DecodeLimits().divided(share.beside)
    application = ApplicationLayer(limits)
    result = decode(source, sink, progress, application, limits, share)
    return replace(
        result,
        warnings=(*result.warnings, *application.warnings),
        facts={**result.facts, **application.facts},
    )


def _must_compile() -> bool:
    """Whether the decoder's kernels are not in this machine's cache yet."""
    from netcordon.ingest.capture.warmup import needs_compiling

    return needs_compiling()


def _compile(group: str) -> Callable[[], None]:
    """What compiles one of the groups of kernels in ``capture.parts``."""

    def compile_group() -> None:
        from netcordon.ingest.capture import parts

        getattr(parts, group)()

    return compile_group


def _load() -> None:
    """Load the kernels of decoder and application layer; what is not in the cache is compiled."""
    from netcordon.ingest.capture.warmup import warm_up

    warm_up()


PARSER = Parser(
    title="Packet capture (pcap, pcapng)",
    writes=(
        "network_activity",
        "dns_activity",
        "http_activity",
        "tls_activity",
        "ssh_activity",
        "dhcp_activity",
        "arp_activity",
        "kerberos_activity",
        "smb_activity",
        "dcerpc_activity",
        "rdp_activity",
        "authentication",
        "file_activity",
        "application_activity",
        "host_identity",
        "device_health",
        "frame_index",
        "wifi_activity",
    ),
    recognise=_recognise,
    parse=_parse,
    must_compile=_must_compile,
    compile=tuple(map(_compile, ("compile_flows", "compile_headers", "compile_contents"))),
    load=_load,
)
