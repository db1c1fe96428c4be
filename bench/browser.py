"""A real Chromium for tests, figures and pictures; it reaches this machine only.

Edge: looks for an installed browser and runs it. Playwright is imported where a browser opens: most runs need none.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",  # continuous integration runs as root, and Chromium's sandbox does not
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--proxy-server=127.0.0.1:9",  # nobody answers there; loopback and file: need no proxy
)
Scheme = Literal["light", "dark"]
HEIGHT = 800  # px; the viewport of a page before somebody makes it another


def find_chromium() -> str | None:
    """Return the path of a Chromium or Chrome, CHROME names another one; None if there is none."""
    found = (shutil.which(name) for name in (os.environ.get("CHROME"), *_NAMES) if name)
    return next((path for path in found if path), None)


@contextmanager
def open_browser(path: str) -> "Iterator[Browser]":
    """Run the browser at `path` for the length of a `with` block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        try:
            yield running
        finally:
            running.close()


@contextmanager
def open_page(
    browser: "Browser", html: str, width: int, scheme: Scheme = "light", *, scale: float = 1
) -> "Iterator[Page]":
    """Show HTML in a viewport of `width` CSS pixels, with all its pictures decoded; closed after the block."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, device_scale_factor=scale
    )
    try:
        page = context.new_page()
        page.set_content(html)
        page.evaluate("Promise.allSettled([...document.images].map(picture => picture.decode()))")
        yield page
    finally:
        context.close()
