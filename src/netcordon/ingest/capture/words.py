"""Columns of few words: an index into a small dictionary, never one string a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def words(
    dictionary: pa.StringArray, index: NDArray[Any], missing: NDArray[np.bool_] | None = None
) -> pa.DictionaryArray:
    """N words.

    Args:
        dictionary: the words, none of them NULL.
        index: of each row's word.
        missing: rows that are NULL.
    """
    return pa.DictionaryArray.from_arrays(
        pa.array(np.ascontiguousarray(index, dtype=np.int32), mask=missing), dictionary
    )
