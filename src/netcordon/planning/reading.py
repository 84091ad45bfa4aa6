"""A plan read back from the journal, exactly as it was sealed."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from netcordon.casefile.journal import Journal
from netcordon.casefile.plans import plan_documents
from netcordon.errors import WorkspaceError
from netcordon.model.command import Command
from netcordon.model.plan import Plan
from netcordon.model.register import Register
from netcordon.planning.hashing import is_sealed

_Kind = TypeVar("_Kind")


def plan_of(document: Mapping[str, Any]) -> Plan:
    """The plan of a journal entry.

    Raises:
        WorkspaceError: NC-822 when it is not what its hash was made of.
    """
    plan = built(Plan, document)
    if not is_sealed(plan):
        raise WorkspaceError(
            "NC-822",
            f"Plan {plan.id} is not what was approved under this name.",
            "its content does not give its hash; another version of netcordon may have made it",
            "netcordon verify; then make the plan again: netcordon contain plan",
        )
    return plan


def commands_of_case(journal: Journal, case_id: str) -> tuple[Command, ...]:
    """Commands of all plans of a case, oldest first: their ids are taken."""
    return tuple(
        built(Command, command)
        for document in plan_documents(journal, case_id)
        for measure in document["measures"]
        for command in measure["commands"]
    )


def register_of(document: Mapping[str, Any]) -> Register:
    """The register of a journal entry."""
    return built(Register, document)


def built(kind: type[_Kind], document: Mapping[str, Any]) -> _Kind:
    """A frozen dataclass from what ``canonical`` made of it; unknown keys are passed over."""
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], document[name]) for name in hints if name in document})


def _hints(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _value(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if value is None:
        return None
    if origin in (Union, types.UnionType):
        (only,) = [each for each in get_args(hint) if each is not type(None)]
        return _value(only, value)
    if origin is tuple:
        kinds = get_args(hint)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return tuple(_value(kinds[0], each) for each in value)
        return tuple(_value(each, part) for each, part in zip(kinds, value, strict=True))
    if origin is not None and issubclass(origin, (Mapping, Sequence)):
        return dict(value) if issubclass(origin, Mapping) else list(value)
    if is_dataclass(hint) and isinstance(hint, type):
        return built(hint, value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    return datetime.fromisoformat(value) if hint is datetime else value
