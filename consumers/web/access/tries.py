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

    def begin(self, keys: Sequence[str]) -> float:
        """How long these keys must wait; 0 where they need not, and then the attempt is counted.

        It counts before its password is looked at: of many at once no more are let in than one
        after the other would be. One that succeeds is taken back.
        """
        now_s = self._clock.now().timestamp()
        with self._lock:
            places = [f"{number}:{key[:100]}" for number, key in enumerate(keys)]
            recent = {place: self._recent(place, now_s) for place in places}
            waits = [
                times[0] + self._wait_s - now_s
                for times in recent.values()
                if len(times) >= self._tries_max
            ]
            if waits:
                return max(waits)
            for place in places:
                self._failures[place] = [*recent[place], now_s]
                self._failures.move_to_end(place)
            while len(self._failures) > KEYS_MAX:
                self._failures.popitem(last=False)
            return 0.0

    def succeeded(self, keys: Sequence[str]) -> None:
        """The last attempt of these keys was none of a guesser."""
        with self._lock:
            for number, key in enumerate(keys):
                place = f"{number}:{key[:100]}"
                times = self._failures.pop(place, [])[:-1]
                if times:
                    self._failures[place] = times

    def _recent(self, place: str, now_s: float) -> list[float]:
        return [at for at in self._failures.get(place, ()) if now_s - at < self._wait_s]
