"""Kinds of plug-in: find them, and remember what failed to load and why.

A plug-in is a module in ``netcordon/plugins/<kind>/`` or behind an entry point of group
``netcordon.<kind>`` that holds the one constant of its kind (``DETECTOR`` and so on). Its id is the
name of its file. A broken plug-in is a line in a list, never a crash.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

KINDS = {
    "parsers": "PARSER", "detectors": "DETECTOR", "actuators": "ACTUATOR", "sections": "SECTION",
}  # fmt: skip
"""Kind of plug-in -> the constant its module must hold."""


@dataclass(frozen=True)
class Plugin:
    """A plug-in that loaded: its id, its constant, its module's docstring."""

    id: str
    kind: str
    content: object
    doc: str


@dataclass(frozen=True)
class LoadFailure:
    """A plug-in that did not load, and why."""

    id: str
    kind: str
    reason: str


@cache
def load(kind: str) -> tuple[tuple[Plugin, ...], tuple[LoadFailure, ...]]:
    """All plug-ins of a kind in the order of their ids, and the ones that failed.

    Raises:
        KeyError: for an unknown kind.
    """
    constant = KINDS[kind]
    package = importlib.import_module(f"netcordon.plugins.{kind}")
    modules = {
        m.name: f"{package.__name__}.{m.name}" for m in pkgutil.iter_modules(package.__path__)
    }
    for entry in entry_points(group=f"netcordon.{kind}"):
        modules.setdefault(entry.name, entry.module)
    loaded: list[Plugin] = []
    failed: list[LoadFailure] = []
    for plugin_id, path in sorted(modules.items()):
        if plugin_id.startswith("_"):
            continue
        try:
            module = importlib.import_module(path)
            content = getattr(module, constant)
        except Exception as error:  # noqa: BLE001 - a broken plug-in must not take the program down
            failed.append(LoadFailure(plugin_id, kind, f"{type(error).__name__}: {error}"))
            continue
        loaded.append(Plugin(plugin_id, kind, content, (module.__doc__ or "").strip()))
    return tuple(loaded), tuple(failed)
