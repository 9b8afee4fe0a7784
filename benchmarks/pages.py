"""How heavy is the overview, and how long does the server take for it while evidence arrives?

Sink, fold and pages run as processes of their own on the large store; payments are produced at a
steady rate. Weight is what must arrive before the first chart can be seen: the page up to the end
of that chart, and what blocks drawing (style sheets and scripts of its head). Fonts come later.
"""

import gzip
import json
import re
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

from benchmarks.bench import Bench
from benchmarks.fold_runs import fold_all
from benchmarks.freshness import Player, events
from benchmarks.landing import new_group
from benchmarks.outcome import Aim, Outcome, outcome, quantile
from benchmarks.rig import running_role
from choso.compose import Choso
from choso.status import read_status

GROUP = "pages"
OVERVIEW = "/"
REQUESTS_PER_S = 4
WARM_REQUESTS = 4
BLOCKING = re.compile(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"')


def measure(bench: Bench) -> Iterator[Outcome]:
    """Time to the last byte, over one connection, beside the weight."""
    sizes, choso = bench.sizes, bench.large
    with choso.store() as store:
        fold_all(store)
    with (
        running_role(choso, "sink", CHOSO_SINK__GROUP_ID=new_group()),
        running_role(choso, "fold"),
        running_role(choso, "web", CHOSO_WEB__SIGN_IN="false"),
        _connection(choso) as web,
    ):
        for _ in range(WARM_REQUESTS):
            page = web.get(OVERVIEW)
        text = gzip.decompress(page).decode()
        head, _, _ = text.partition("</head>")
        blocking = sum(len(web.get(path)) for path in BLOCKING.findall(head))
        first_chart = text.index("</svg>", text.index("<svg")) + len("</svg>")
        weight = len(gzip.compress(text[:first_chart].encode(), mtime=0)) + blocking
        bench.say("pages: the overview while evidence arrives")
        seconds = sizes.fresh_windows * sizes.fresh_window_s
        player = Player(choso, events(seconds * sizes.fresh_events_per_s), sizes.fresh_events_per_s)
        player.start()
        times = []
        while player.is_alive():
            began = time.perf_counter()
            web.get(OVERVIEW)
            times.append((time.perf_counter() - began) * 1_000)
            time.sleep(max(0.0, 1 / REQUESTS_PER_S - (time.perf_counter() - began)))
        player.join()
        assert player.error is None, player.error
    note = f"{len(times)} requests at {sizes.fresh_events_per_s} events/s"
    yield outcome(GROUP, "overview, p95", "ms", quantile(times, 0.95), Aim("<=", 100), note)
    yield outcome(GROUP, "overview, each", "ms", times, None, note)
    yield outcome(
        GROUP, "overview up to its first chart, compressed", "kB", weight / 1_000, Aim("<=", 60),
        f"{len(page) / 1_000:.1f} kB the whole page, {blocking / 1_000:.1f} kB style and scripts",
    )  # fmt: skip


class _Web:
    """One kept connection."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=60)

    def get(self, path: str) -> bytes:
        """The body as sent, compressed. Asserts that it was found."""
        self._connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status, body[:500])
        return body

    def __enter__(self) -> "_Web":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _connection(choso: Choso) -> _Web:
    until = time.monotonic() + 60
    while not (address := read_status(choso.status_file("web")).get("address")):
        assert time.monotonic() < until, json.dumps(read_status(choso.status_file("web")))
        time.sleep(0.05)
    return _Web(str(address))
