"""What a reader sees of the site: every page of it, built anew, in a real browser without a network.

`scripts/test site` runs this. Faults, planted in a page, show that each kind is seen.
"""

import miniature
import pytest
from environment import ROOT
from unrolled import settings

pytest.importorskip("playwright", reason="not installed: it is in the extra browser of pyproject.toml")
pytest.importorskip("sphinx", reason="not installed: it is in the extra site of pyproject.toml")

from axe_playwright_python.sync_playwright import Axe
from website import sources

WRITTEN = (sources.LESSONS, sources.RESULTS, sources.COVERAGE, sources.FINDINGS, sources.FIGURES)
OWN = ("index.md", sources.ERRATA, sources.LETTERS.name)
LESSONS = [path.relative_to(ROOT).as_posix() for path in settings.lessons().values()]
PAGES = [name.rpartition(".")[0] for name in (*OWN, *WRITTEN, *LESSONS)]
WIDTHS = 1400, 390
"""Of the window, in pixels: a desk's, and a telephone's."""

PATIENCE = 300
"""Seconds for whatever a busy machine may take long to do."""

LOOK = """() => {
    const inside = selector => [...document.querySelectorAll("article " + selector)];
    const walk = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
    const left = [];
    for (let text = walk.nextNode(); text; text = walk.nextNode())
        if (/\\$|\\\\\\(/.test(text.data) && !text.parentElement.closest("pre, code, mjx-container, script"))
            left.push(text.data.trim());
    return {
        images: inside("img").filter(one => !one.naturalWidth || !one.alt.trim()).map(one => one.outerHTML),
        equations: left.concat(inside("mjx-merror").map(one => one.title || one.innerText)),
        wide: document.documentElement.scrollWidth - window.innerWidth,
    };
}"""
"""Pictures that are broken or without words, equations that are not set, and what is beyond the window."""

RULES = {
    "resultTypes": ["violations"],
    "preload": False,  # it fetches no style sheet
    "rules": {"empty-table-header": {"enabled": False}},  # the corner above a table's row names may be empty
}
"""Of axe: all its rules but one of taste."""

SETTLED = """() => [...document.querySelectorAll("pre, .output, .pst-scrollable-table-container")]
    .every(one => one.scrollWidth <= one.clientWidth || one.tabIndex == 0)"""
"""Whether the keyboard reaches all that is scrolled: after a change of width it takes a moment."""

PLANT = """async () => {
    document.querySelector("article section").insertAdjacentHTML("beforeend", `
        <img src="nowhere.png" alt="a picture that is not there">
        <img src="https://example.org/far.png" alt="a picture from afar">
        <p class="math">\\\\(\\\\undefined{x}\\\\) and $left$</p>
        <p style="color: #777; background: #888">pale</p>
        <div style="width: 2000px">wide</div>`);
    await MathJax.typesetPromise();
}"""
"""A fault of each kind."""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the site, built as `scripts/site` does."""
    folder = tmp_path_factory.mktemp("site")
    assert miniature.script("site").make(folder), "warnings or broken links, see above"
    return folder


@pytest.fixture(scope="module", params=["light", "dark"])
def opened(request, browser, site):
    """A function that opens a page and returns it and a list of what it asks of the network, or misses."""
    context = browser.new_context(color_scheme=request.param, viewport={"width": WIDTHS[0], "height": 900})
    page, missed = context.new_page(), []
    page.set_default_timeout(1000 * PATIENCE)
    page.route(lambda url: not url.startswith("file:"), lambda route: route.abort())
    page.on("requestfailed", lambda one: missed.append(one.url))
    page.on("pageerror", lambda error: missed.append(str(error)))

    def opened(name):
        missed.clear()
        page.goto((site / f"{name}.html").as_uri())
        page.wait_for_function("document.documentElement.dataset.theme")
        assert page.evaluate("document.documentElement.dataset.theme") == request.param
        page.evaluate("window.MathJax?.startup?.promise.then(() => null)")
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        page.wait_for_function("[...document.images].every(image => image.complete)")
        return page, missed

    yield opened
    context.close()


def problems(page, missed):
    """What keeps someone from reading the page: texts, kind first."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(SETTLED)
        seen = page.evaluate(LOOK)
        found += [f"image: {one[:200]}" for one in seen["images"]]
        found += [f"equation: {one}" for one in seen["equations"]]
        found += [f"wide: {seen['wide']} pixels more than {width}"] if seen["wide"] > 0 else []
    for result in Axe().run(page, "article", RULES).response["violations"]:  # where there is least room
        found += [f"{result['id']}: {node['html'][:200]}" for node in result["nodes"]]
    return [*found, *(f"network: {one}" for one in missed)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read(opened, name):
    assert problems(*opened(name)) == []


def test_each_fault_is_seen(opened):
    page, missed = opened("letters")
    page.evaluate(PLANT)
    page.wait_for_function("[...document.images].every(image => image.complete)")
    kinds = {problem.partition(":")[0] for problem in problems(page, missed)}
    assert kinds >= {"image", "equation", "wide", "color-contrast", "network"}


def test_equations_are_set(opened):
    page, _ = opened("letters")
    assert page.evaluate("document.querySelectorAll('article mjx-container').length") > 50


def test_lessons_lead_to_each_other_and_open_elsewhere(opened):
    page, _ = opened(LESSONS[0].removesuffix(".ipynb"))
    assert page.get_attribute(".prev-next-area a.right-next", "href").startswith(LESSONS[1][10:12])
    links = page.evaluate("[...document.querySelectorAll('.dropdown-launch-buttons a')].map(one => one.href)")
    assert [link.split("/")[2] for link in links] == ["mybinder.org", "colab.research.google.com"]
    assert all(LESSONS[0].rpartition("/")[2] in link for link in links)


def test_search_finds(opened):
    page, _ = opened("search")
    page.goto(f"{page.url}?q=forget+gate")
    page.wait_for_selector("#search-results li a")


def test_a_warning_stops_the_build(tmp_path):
    files = {"index.md": b"# A title\n\n[nowhere](nowhere.md)\n"}
    assert not miniature.script("site").build(files, tmp_path / "site")
