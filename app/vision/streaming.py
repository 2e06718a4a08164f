"""A table of features written to a file a portion at a time, however many photos it has.

The file is safetensors: the length of a header, the header in JSON, then one column after another.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.vision.engine import Floats
from app.vision.features import Bytes
from app.vision.recipe import FEATURES

_KINDS = {"uint8": "U8", "int32": "I32", "uint64": "U64", "float32": "F32"}

Column = NDArray[Any]


class Portion(NamedTuple):
    """Features of some photos in 8 bits: `rows` n x 1280 and `scales` n."""

    rows: Bytes
    scales: Floats


def write(
    file: Path,
    portions: Iterable[Portion],
    columns: Mapping[str, Column],
    metadata: Mapping[str, str],
) -> None:
    """What `features.pack` and `Table.save` would write: the portions' rows and scales one after
    the other, beside `columns`, which have an entry for each row. Raises ValueError when the
    portions have fewer rows than those, or more."""
    count = len(next(iter(columns.values())))
    scales = np.zeros(count, np.float32)
    # The wide ones first, so that each column begins at a multiple of its own width.
    ordered = sorted({**columns, "scales": scales}.items(), key=lambda item: -item[1].itemsize)
    done = 0
    with file.open("wb") as out:
        out.write(_header(count, ordered, metadata))
        for rows, their_scales in portions:
            if rows.dtype != np.uint8 or done + len(rows) > count:
                raise ValueError(f"{done + len(rows)} rows of {rows.dtype} for columns of {count}")
            out.write(np.ascontiguousarray(rows).data)
            scales[done : done + len(rows)] = their_scales
            done += len(rows)
        if done != count:
            raise ValueError(f"{done} rows for columns of {count}")
        for _, column in ordered:
            out.write(column.tobytes())


def _header(
    count: int, ordered: Sequence[tuple[str, Column]], metadata: Mapping[str, str]
) -> bytes:
    end = count * FEATURES
    told: dict[str, Any] = {
        "__metadata__": dict(metadata),
        "rows": {"dtype": "U8", "shape": [count, FEATURES], "data_offsets": [0, end]},
    }
    for name, column in ordered:
        kind, begin = _KINDS[column.dtype.name], end
        end += column.nbytes
        told[name] = {"dtype": kind, "shape": list(column.shape), "data_offsets": [begin, end]}
    text = json.dumps(told).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text
