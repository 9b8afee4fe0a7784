"""Obtains Kafka, and has Java keep what a broker loads: every later start takes half the time.

    python -m infra.embedded.warm

Nothing depends on it. Java ignores a cache that does not fit it or the jars.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.embedded.artifacts import kafka_classpath, start_cache
from infra.embedded.broker import Broker
from infra.errors import Unavailable


def keep_start(cache: Path) -> None:
    """Start a broker once and stop it, which writes the cache. Unavailable: it wrote none."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=cache.parent) as place:
        draft = Path(place) / "draft"
        broker = Broker(Path(place) / "node", java_options=[f"-XX:AOTCacheOutput={draft}"])
        try:
            broker.start()
        finally:
            broker.stop()
        if not draft.exists():
            raise Unavailable(f"{cache}: Java did not write it: {broker.last_lines()}")
        draft.replace(cache)


def main() -> None:
    kafka_classpath()
    cache = start_cache()
    if not cache.exists():
        sys.stdout.write("a broker is started once, so that all later ones start faster\n")
        keep_start(cache)


if __name__ == "__main__":
    main()
