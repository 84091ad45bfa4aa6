"""The hash of a plan: what people approve, and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from netcordon.casefile.canonical import canonical
from netcordon.model.plan import Plan
from netcordon.model.register import Register


def sealed(plan: Plan) -> Plan:
    """The plan with its hash, over everything in it but id and hash, and the id made of it."""
    bare = replace(plan, id="", hash="")
    digest = hashlib.sha256(canonical(bare).encode()).hexdigest()
    return replace(plan, id=f"plan-{digest[:10]}", hash=digest)


def is_sealed(plan: Plan) -> bool:
    """Whether the plan still is what its hash was made of."""
    return sealed(plan) == plan


def register_hash(register: Register) -> str:
    """SHA-256 of what was declared."""
    return hashlib.sha256(canonical(register).encode()).hexdigest()
