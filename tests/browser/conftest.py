"""The browser in which notebooks and the site are read."""

import miniature
import pytest


@pytest.fixture(scope="module")
def browser():
    """The installed Chromium, with an empty profile."""
    from playwright.sync_api import sync_playwright

    program = miniature.script("test").chromium() or pytest.skip("no Chromium is found")
    quiet = ["--disable-gpu", "--disable-quic", "--disable-sync", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=quiet)
        yield browser
        browser.close()
