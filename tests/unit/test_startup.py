from __future__ import annotations

import os
import subprocess
import sys

_CODE = """
import os, sys
from netcordon.startup import start_lean
start_lean(); start_lean()
import pyarrow as pa, numba, numpy as np
assert pa.array([1, None]).null_count == 1
assert numba.njit(lambda a: a.sum())(np.arange(5)) == 10
print([name for name in ("pandas", "scipy", "cffi") if name in sys.modules],
      pa.default_memory_pool().backend_name, os.environ["OPENBLAS_NUM_THREADS"], len(sys.meta_path))
import scipy.optimize
print(scipy.optimize.linprog([1], A_ub=[[-1]], b_ub=[-2]).x[0])
"""


def _run(**environment: str) -> list[str]:
    names = ("OPENBLAS_NUM_THREADS", "ARROW_DEFAULT_MEMORY_POOL")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", _CODE], env=clean | environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_what_nobody_uses_is_not_loaded_and_everything_works_without() -> None:
    modules, least = _run()
    assert modules.startswith("[] system 1 ")
    assert least == "2.0", "who asks for SciPy outright gets it"


def test_what_the_user_has_set_stays() -> None:
    modules, _ = _run(OPENBLAS_NUM_THREADS="3", ARROW_DEFAULT_MEMORY_POOL="system")
    assert modules.startswith("[] system 3 ")


def test_carving_loads_no_parser_of_application_protocols() -> None:
    code = (
        "import sys, netcordon.workflow.carve; "
        "print('netcordon.ingest.capture.application.layer' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
