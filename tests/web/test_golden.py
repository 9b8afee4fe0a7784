"""M5: each page looks as it did when somebody looked at it. `make golden` draws the pictures anew.

Compared is what a person would notice: the size within some pixels, and the brightness of small
squares, so that another version of the browser or of a font breaks nothing.
"""

import base64
import os
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.async_api import Page

from infra.clickhouse import Store
from infra.settings import WebSettings
from tests.web.browser import SMALL, Chrome
from tests.web.serving import StandingClock, make_app, make_door, served
from tests.web.test_pages import ADDRESSES, GET_PATHS, address_of, names_in

GOLDEN = Path(__file__).parent / "golden"
SQUARE_PX = 8
# Of 255: a square that differs by more than this is another picture there …
SQUARE_DIFFERENCE_MAX = 40
# … and so many of all squares may be so; the height may differ by so much.
SQUARE_SHARE_MAX = 0.03
# Where a chart is missing, larger tiles are lighter: the same page differs by less than 4.
TILE_SQUARES = 8
TILE_DIFFERENCE_MAX = 6
TILE_SHARE_MAX = 0.05
HEIGHT_SHARE_MAX = 0.03
DESK = {"width": 1280, "height": 900}
HEIGHT_PX_MAX = 3_600  # of a longer page only its beginning
SCALE = 0.5  # enough to recognise a page, and small


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in one way of looking at it."""

    name: str
    path: str
    options: dict[str, Any] = field(default_factory=dict)
    query: str = ""


def name_of(path: str) -> str:
    """The name of a page's picture; a page of one thing stands beside the list of all of them."""
    name = path.split("{", maxsplit=1)[0].strip("/").replace("/", "-") or "overview"
    return f"{name}-one" if path.rpartition("/{")[0] in GET_PATHS else name


PICTURES = [
    *(Picture(name_of(path), path) for path in GET_PATHS if path != "/sign-in"),
    Picture("overview-dark", "/", {"color_scheme": "dark"}),
    Picture("overview-small", "/", {"viewport": SMALL}),
    Picture("overview-en", "/", query="?lang=en"),
    Picture("market-small-dark", "/markets/{market}", {"viewport": SMALL, "color_scheme": "dark"}),
]


@pytest.fixture(scope="module")
def gate(
    city: Store, clock: StandingClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A site with sign-in: for the picture of its form."""
    door = make_door(tmp_path_factory.mktemp("golden"), clock)
    settings = WebSettings(sample_ms=60_000)
    with served(make_app(city, clock, door=door, settings=settings)) as address:
        yield address


async def shot(page: Page, address: str, script: str = "0") -> bytes:
    """The page, once its fonts and live figures are there and `script` was run."""
    await page.goto(address, wait_until="load")
    if await page.locator("[data-live-from]").count():
        await page.wait_for_selector(".pip.on")
    await page.evaluate("document.fonts.ready")
    await page.evaluate(script)
    width, height = await page.evaluate(
        "[document.documentElement.clientWidth, document.documentElement.scrollHeight]"
    )
    top = {"x": 0, "y": 0, "width": width, "height": min(height, HEIGHT_PX_MAX)}
    return await page.screenshot(
        full_page=True,
        clip=top,  # type: ignore[arg-type]
        animations="disabled",
        scale="device",
    )


def compare(
    browser: Chrome, name: str, draw: Callable[[Page], Awaitable[bytes]], **options: Any
) -> None:
    path = GOLDEN / f"{name}.png"
    new = browser.visit(draw, **({"viewport": DESK, "device_scale_factor": SCALE} | options))
    if os.environ.get("CHOSO_GOLDEN") == "draw":
        path.write_bytes(new)
        return
    assert path.exists(), f"{path.name} is not there: draw it with `make golden` and look at it"
    old = path.read_bytes()
    ours, theirs = (squares(browser, png) for png in (new, old))
    assert ours.shape[1] == theirs.shape[1], f"{name}: width {ours.shape[1]}, not {theirs.shape[1]}"
    taller = abs(ours.shape[0] - theirs.shape[0]) / theirs.shape[0]
    assert taller <= HEIGHT_SHARE_MAX, f"{name}: height {ours.shape[0]}, not {theirs.shape[0]}"
    rows = min(ours.shape[0], theirs.shape[0])
    apart = np.abs(ours[:rows] - theirs[:rows])
    squares_other = (apart > SQUARE_DIFFERENCE_MAX).mean()
    assert squares_other <= SQUARE_SHARE_MAX, f"{name}: {squares_other:.1%} of it looks otherwise"
    tiles_other = (tiles(apart) > TILE_DIFFERENCE_MAX).mean()
    assert tiles_other <= TILE_SHARE_MAX, f"{name}: {tiles_other:.1%} of its tiles looks otherwise"


def tiles(apart: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """Means of tiles of squares; the last ones are filled up with no difference."""
    more = [(0, -length % TILE_SQUARES) for length in apart.shape]
    padded = np.pad(apart, more)
    high, wide = (length // TILE_SQUARES for length in padded.shape)
    means: np.ndarray[Any, Any] = padded.reshape(high, TILE_SQUARES, wide, TILE_SQUARES).mean(
        (1, 3)
    )
    return means


def squares(browser: Chrome, png: bytes) -> "np.ndarray[Any, Any]":
    """Mean brightness of squares of the picture, as the browser scales it down."""

    async def scale(page: Page) -> list[Any]:
        found: list[Any] = await page.evaluate(DOWN, [base64.b64encode(png).decode(), SQUARE_PX])
        return found

    width, height, values = browser.visit(scale)
    return np.array(values, float).reshape(height, width)


DOWN = """async ([data, size]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + data;
  await image.decode();
  const width = Math.floor(image.width / size), height = Math.floor(image.height / size);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width * size, height * size, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height).data;
  const values = [];
  for (let n = 0; n < pixels.length; n += 4)
    values.push(0.299 * pixels[n] + 0.587 * pixels[n + 1] + 0.114 * pixels[n + 2]);
  return [width, height, values];
}"""


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_page_looks_as_it_did(site: str, city: Store, browser: Chrome, picture: Picture) -> None:
    address = site + address_of(picture.path, names_in(city)) + picture.query
    compare(browser, picture.name, lambda page: shot(page, address), **picture.options)


def test_the_form_of_sign_in_looks_as_it_did(gate: str, browser: Chrome) -> None:
    compare(browser, "sign-in", lambda page: shot(page, f"{gate}/sign-in"))


def test_every_picture_is_of_a_page() -> None:
    names = {picture.name for picture in PICTURES} | {"sign-in"}
    assert {path.stem for path in GOLDEN.glob("*.png")} == names
    assert len(PICTURES) >= len(ADDRESSES)
    assert sum(path.stat().st_size for path in GOLDEN.glob("*.png")) < 2_400_000


def test_another_picture_is_noticed(site: str, browser: Chrome) -> None:
    """The comparison can fail: a page without its charts is another page."""
    script = "document.querySelectorAll('svg').forEach((e) => e.style.opacity = 0)"
    address = f"{site}/compare?measure=active"
    if os.environ.get("CHOSO_GOLDEN") == "draw":
        pytest.skip("pictures are being drawn")
    with pytest.raises(AssertionError, match="looks otherwise"):
        compare(browser, "compare", lambda page: shot(page, address, script))
