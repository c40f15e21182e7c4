"""What a serving process settles before the first request: short answers should not wait for long ones."""

from __future__ import annotations

import gc
import sys

# Python looks through everything alive for garbage every so often: with the product loaded that takes longer than
# answering a list does, and a request leaves little behind that waits for it.
NEW_OBJECTS = 50_000  # made since the last look
YOUNG_LOOKS, OLD_LOOKS = 20, 50

# A thread that computes gives way to others after so long; five thousandths, the usual, is a whole list's time, and
# a request that meets a longer one would pay it at each of its steps.
TURN_SECONDS = 0.0005


def get_ready() -> None:
    """Call once, when the application is made: what is loaded by then is never garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_LOOKS, OLD_LOOKS)
    sys.setswitchinterval(TURN_SECONDS)
