"""The catalogue: every row can be done, taken back or says that it cannot, and has its ids."""

from __future__ import annotations

import re

import pytest

from netcordon.model.measure_kind import KINDS, STRATEGIC, Reversibility, Stage
from netcordon.phases.checklist import phase_statuses


@pytest.mark.parametrize("key", KINDS)
def test_identifiers_have_the_form_of_their_catalogue(key):
    kind = KINDS[key]
    assert re.fullmatch(r"(D3-[A-Z]{2,8})?", kind.d3fend)
    assert re.fullmatch(r"(RA[1-6][0-9]{3})?", kind.react)
    assert re.fullmatch(r"(M1[0-9]{3})?", kind.mitigation)
    assert kind.line in {line.id for line in phase_statuses()}


def test_what_is_strategic_is_the_ninth_line_of_containment():
    assert {"quarantine", "protect_store", "verbose_logging", "notice"} == STRATEGIC


def test_what_would_destroy_memory_is_due_after_it_was_copied():
    assert KINDS["capture_memory"].stage < KINDS["isolate_host"].stage
    assert KINDS["capture_memory"].stage == min(Stage)
    assert KINDS["notice"].reversibility is Reversibility.IRREVERSIBLE
