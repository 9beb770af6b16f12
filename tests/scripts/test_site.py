"""What the site is made of: the lessons and pages as they are stored, the three of its own, its links."""

import json
import re

import form
import miniature
import pytest
from environment import ROOT
from unrolled import published, settings
from unrolled.evidence import archive, tables
from website import links, sources

LESSONS = settings.lessons()


@pytest.fixture(scope="module")
def files():
    return sources.wanted(archive.load(), ROOT, form.ADDRESS)


def test_a_link_that_leaves_the_site_leads_to_the_repository():
    inside = {"notebooks/a.md", "notebooks/results/b.md"}
    text = "[a](../a.md#top) [b](b.md) [c](../unrolled/c.py) [d](https://d.org/x) [e](#e) ![f](../../f.png)"
    assert sources.inwards(text, "notebooks/results/b.md", inside, "https://a.b") == (
        "[a](../a.md#top) [b](b.md) [c](https://a.b/blob/main/notebooks/unrolled/c.py) [d](https://d.org/x) "
        "[e](#e) ![f](https://a.b/blob/main/f.png)"
    )


def test_a_lesson_keeps_all_but_its_badge():
    notebook = miniature.unrun("01_miniature.ipynb")
    shown = json.loads(sources.lesson(json.dumps(notebook), lambda text: text))
    assert shown["metadata"]["language_info"]["pygments_lexer"] == "ipython3"
    assert re.search(r"^\[Open in Colab\]\(https://colab", shown["cells"][0]["source"], re.MULTILINE)
    assert "[![" not in shown["cells"][0]["source"]
    assert shown["cells"][1:] == json.loads(json.dumps(notebook))["cells"][1:]


def test_every_lesson_has_its_page_and_its_place(files):
    first = files["index.md"].decode()
    for path in LESSONS.values():
        name = path.relative_to(ROOT).as_posix()
        assert name in files and f"]({name})" in first and f"\n{name}\n" in first


def test_the_first_page_has_every_claim_with_its_verdict(files):
    first = files["index.md"].decode()
    lines = re.findall(r'<span class="marks">(.*?)</span></span> (.*) \|', first)
    assert len(lines) == len(LESSONS)
    recorded = archive.load()
    for name, (marks, told) in zip(LESSONS, lines, strict=True):
        outcomes = [row["outcome"] for row in tables.rows(name, recorded)]
        for outcome, mark in sources.MARKS.items():
            there = outcomes.count(outcome)
            assert marks.count(mark) == there
            assert (f"{there} {tables.OUTCOMES[outcome]}" in told) is bool(there)
    claims = [claim for name in LESSONS for claim in published.claims(name).values()]
    assert all(f"| {one['says']} (" in first for one in claims if one["kind"] != "new")
    assert re.search(r"^!\[.+\]\(notebooks/results/claims.png\)$", first, re.MULTILINE)


def test_the_errata_name_the_sections_that_show_them(files):
    errata = files[sources.ERRATA].decode()
    assert all(one["is_so"] in errata for one in published.errata())
    for path, anchor in re.findall(r"\]\(([^)#]+)#([^)]+)\)", errata):
        notebook = json.loads(files[path])
        headings = re.findall(
            r"^#+ (.*)", "\n".join("".join(cell["source"]) for cell in notebook["cells"]), re.M
        )
        assert anchor in map(sources.slug, headings)
    assert "to come, Somewhere" in sources.shown("to come, Somewhere", LESSONS)


def test_broken_links_are_named(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.html").write_text('<h1 id="one"><a href="folder/b.html#two"><a href="https://far.org/">')
    (tmp_path / "folder" / "b.html").write_text(
        '<p id="two"><a href="../a.html#one"><a href="#"><a href="#two">'
    )
    assert links.broken(tmp_path) == []
    (tmp_path / "a.html").write_text('<a href="folder/b.html#three"><img src="c.png"><a href="../d.html">')
    assert links.broken(tmp_path) == [
        "a.html: ../d.html",
        "a.html: c.png",
        "a.html: folder/b.html#three",
        "folder/b.html: ../a.html#one",
    ]


def test_only_the_publishing_job_may_write():
    text = (ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8")
    before, publish = text.split("\n  publish:\n")
    assert re.findall(r": write$", before, re.MULTILINE) == [] and "contents: read" in before
    assert re.findall(r"([\w-]+): write$", publish, re.MULTILINE) == ["pages", "id-token"]
    assert all(re.search(r"@[0-9a-f]{40} # v", use) for use in re.findall(r"uses: (.*)", text))
