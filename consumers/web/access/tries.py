"""Failed attempts to sign in: after some of one name or one address, it waits. Bounded memory."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from infra.clock import Clock

KEYS_MAX = 10_000


class Tries:
    """Counts failures by key (a name, an address) within the wait."""

    def __init__(self, clock: Clock, *, tries_max: int, wait_s: float) -> None:
        self._clock = clock
        self._tries_max = tries_max
        self._wait_s = wait_s
        self._failures: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def failed(self, keys: Sequence[str]) -> None:
        """One more failure of each key."""
        now_s = self._clock.now().timestamp()
        with self._lock:
            for number, key in enumerate(keys):
                place = f"{number}:{key[:100]}"
                recent = [*self._recent(place, now_s), now_s][-self._tries_max :]
                self._failures[place] = recent
                self._failures.move_to_end(place)
            while len(self._failures) > KEYS_MAX:
                self._failures.popitem(last=False)

    def wait_s(self, keys: Sequence[str]) -> float:
        """How long these keys must wait; 0 where they need not."""
        now_s = self._clock.now().timestamp()
        with self._lock:
            waits = [0.0]
            for number, key in enumerate(keys):
                recent = self._recent(f"{number}:{key[:100]}", now_s)
                if len(recent) >= self._tries_max:
                    waits.append(recent[0] + self._wait_s - now_s)
            return max(waits)

    def _recent(self, place: str, now_s: float) -> list[float]:
        return [at for at in self._failures.get(place, ()) if now_s - at < self._wait_s]
