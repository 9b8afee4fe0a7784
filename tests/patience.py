"""How long tests wait: as long as it takes on a machine four times slower than any they ran on.

A limit is there to end what will never come. It costs nothing where all is well, so none is tight;
what is really about time compares durations of one run with each other.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SLOWER = 4
POLL_S = 0.02


def patient(seconds: float) -> float:
    """A limit that is enough on two idle cores, for a slower or a busy machine."""
    return SLOWER * seconds


def eventually(
    what: Callable[[], T],
    else_say: Callable[[], str] = lambda: "it never came",
    *,
    seconds: float = 20,
    poll_s: float = POLL_S,
) -> T:
    """What it gives as soon as that is true; an assertion where it is not within `patient`."""
    until = time.monotonic() + patient(seconds)
    while not (found := what()):
        assert time.monotonic() < until, else_say()
        time.sleep(poll_s)
    return found
