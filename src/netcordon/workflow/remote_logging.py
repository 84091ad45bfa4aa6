"""Remote logging: plan what to turn on, take what is sent, prove what was kept."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from netcordon.collector.checking import check_log
from netcordon.collector.planning import WrongValueError, platforms, step
from netcordon.collector.segments import DamagedLogError
from netcordon.collector.server import Collector, tls_context
from netcordon.collector.writer import LogWriter
from netcordon.errors import NetcordonError, UsageError
from netcordon.model.logging_plan import LoggingStep
from netcordon.model.sealed_log import LogCheck
from netcordon.workflow.new_folder import NewFolder

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Receiving:
    """How to listen.

    Attributes:
        folder: of the log.
        certificate: of the collector, with its chain (PEM); ``key`` belongs to it.
        client_ca: whose certificates senders must show (PEM).
    """

    folder: Path
    certificate: Path
    key: Path
    client_ca: Path
    address: str
    port: int


def known_platforms() -> dict[str, LoggingStep]:
    """Platforms there are texts for."""
    return platforms()


def plan_logging(
    wanted: Sequence[tuple[str, str]], *, receiver: str, port: int, mark: str
) -> tuple[LoggingStep, ...]:
    """Steps for pairs of platform and host.

    Raises:
        UsageError: NC-920 a platform or a value cannot be used.
    """
    try:
        return tuple(
            step(platform, host=host, receiver=receiver, port=port, mark=mark)
            for platform, host in wanted
        )
    except KeyError as error:
        raise _no_plan(
            f"there is no platform {error.args[0]!r}: {', '.join(platforms())}"
        ) from error
    except WrongValueError as error:
        raise _no_plan(str(error)) from error


def write_steps(steps: Sequence[LoggingStep], folder: Path) -> None:
    """Write ``do`` and ``revert`` of each step as files of a new folder.

    Raises:
        UsageError: NC-701 there is something in it.
    """
    target = NewFolder(folder)
    try:
        for one in steps:
            stem = f"{one.host.replace(':', '-')}-{one.platform}"
            for word, text in (("do", one.do), ("revert", one.revert)):
                part = target.part()
                part.write(text.encode())
                part.keep_as(f"{stem}-{word}.{one.ending}")
        target.finish()
        target.keep()
    finally:
        target.close()


async def receive(
    how: Receiving, *, clock: Clock, tell: Callable[[str], None],
    ready: Callable[[int, bytes | None], None], stop: asyncio.Event,
) -> int:  # fmt: skip
    """Take syslog over TLS until told to stop; how many messages were taken.

    ``ready`` hears the port, and for a new log the key that proves it.

    Raises:
        UsageError: NC-921 certificates or the address cannot be used.
        NetcordonError: NC-922 the log cannot be continued.
    """
    try:
        context = tls_context(how.certificate, how.key, how.client_ca)
    except (OSError, ValueError) as error:
        why = str(error) or type(error).__name__
        raise UsageError(
            "NC-921", "The certificates cannot be used.", why,
            "PEM files: --cert with its chain, --key that belongs to it, --client-ca",
        ) from error  # fmt: skip
    try:
        writer = LogWriter(how.folder, clock=clock)
    except DamagedLogError as error:
        raise damaged_log(how.folder, str(error)) from error
    collector = Collector(writer, clock=clock, tell=tell)
    try:
        await collector.serve(
            context, how.address, how.port,
            ready=lambda port: ready(port, writer.first_key), stop=stop,
        )  # fmt: skip
    except ssl.SSLError:
        raise
    except OSError as error:
        raise UsageError(
            "NC-921",
            f"Nothing can be received on {how.address!r} port {how.port}.",
            error.strerror or str(error),
            "name an address of this machine and a free port",
        ) from error
    finally:
        writer.close()
    return collector.records


def check(folder: Path, key: str) -> LogCheck:
    """Prove a log; ``key`` is what was shown when it was made, or empty.

    Raises:
        UsageError: NC-923 the key is none.
        NetcordonError: NC-922 there is no log.
    """
    if key and re.fullmatch(r"[0-9a-fA-F]{64}", key) is None:
        raise UsageError(
            "NC-923",
            "The verification key is none.",
            f"it has {len(key)} characters, and not 64 hexadecimal digits",
            "copy what the collector showed when it made the log",
        )
    first = bytes.fromhex(key) if key else None
    try:
        return check_log(folder, first)
    except DamagedLogError as error:
        raise damaged_log(folder, str(error)) from error
    except OSError as error:
        raise damaged_log(folder, error.strerror or str(error)) from error


def damaged_log(folder: Path, why: str) -> NetcordonError:
    """The error for a folder that holds no log that can be used."""
    return NetcordonError(
        "NC-922",
        f"The log in {str(folder)!r} cannot be used.",
        why,
        "netcordon logging check names what was changed; go on in a new folder",
    )


def _no_plan(why: str) -> UsageError:
    return UsageError(
        "NC-920", "This logging cannot be planned.", why, "netcordon logging plan --help"
    )
