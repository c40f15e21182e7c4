"""Python's cycle collector, held back while a batch is worked.

A batch makes hundreds of thousands of values and no cycles; the collector would look through all of them again and
again (a fifth of the time of an ingest). It runs as ever between batches.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_held() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
