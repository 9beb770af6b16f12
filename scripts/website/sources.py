"""What Sphinx reads: the lessons and pages as they are stored, laid out as in the repository, and three more.

The first page, the errata and the letters are the site's own. Nothing here writes.
"""

import json
import posixpath
import re
from collections import Counter
from pathlib import Path

import findings
import pages
from unrolled import published, settings
from unrolled.evidence import rules, tables

COPIED = ("DL_images/*.png", "notebooks/results/*.png", "notebooks/results/*.csv", "notebooks/results/*/*.py")
LESSONS = "notebooks/README.md"
RESULTS = "notebooks/results/README.md"
COVERAGE = "notebooks/results/coverage.md"
FINDINGS = f"{findings.FOLDER}/README.md"
FIGURES = "DL_images/README.md"
CHANGES = ".github/CHANGELOG.md"
ERRATA = "errata.md"
LETTERS = Path(__file__).with_name("letters.md")

MARKS = {"holds": "●", "differs": "✕", "undecided": "○", "not tested": "–"}
"""The mark of each verdict; site.css gives it its colour."""

SECTIONS = {
    "differs": ("What differs", "cause"),
    "holds": ("What holds", "by"),
    "undecided": ("What is undecided", "verdict"),
    "not tested": ("What is not tested", "verdict"),
}
"""The first page's section for each verdict: its title, and what stands in its last column."""

BADGE = re.compile(r"\[!\[(Open in Colab)\]\([^)]*\)\]")
LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")
"""A link of Markdown to a file; the group is its path."""


def wanted(records, root, address):
    """The files that Sphinx reads, as bytes by name, made of the project in `root` and its `records`.

    `address`: that of the repository, to which links lead that leave the site.
    """
    lessons = settings.lessons(root / "notebooks")
    names = [path.relative_to(root).as_posix() for pattern in COPIED for path in sorted(root.glob(pattern))]
    files = {name: (root / name).read_bytes() for name in names}
    read = [
        *(path.relative_to(root).as_posix() for path in lessons.values()),
        LESSONS,
        RESULTS,
        COVERAGE,
        FINDINGS,
        FIGURES,
        CHANGES,
    ]
    inside = {*files, *read, ERRATA, LETTERS.name}
    for name in read:
        text = (root / name).read_text(encoding="utf-8")
        made = lesson if name.endswith(".ipynb") else page
        files[name] = made(text, lambda part, name=name: inwards(part, name, inside, address)).encode()
    files["index.md"] = first(records, lessons, (root / RESULTS).read_text(encoding="utf-8")).encode()
    files[ERRATA] = errata(lessons).encode()
    files[LETTERS.name] = LETTERS.read_bytes()
    return files


def inwards(text, name, inside, address):
    """The Markdown of the file `name`; its links to what is not `inside` the site lead to the repository."""

    def led(match):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1]))
        return match[0] if path in inside else f"]({address}/blob/main/{path}"

    return LINK.sub(led, text)


def lesson(text, led):
    """A notebook as the site shows it: its badge in words, for it would be fetched, `%` and `!` coloured."""
    notebook = json.loads(text)
    notebook["metadata"]["language_info"]["pygments_lexer"] = "ipython3"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = led(BADGE.sub(r"[\1]", "".join(cell["source"])))
    return json.dumps(notebook)


def page(text, led):
    """A page as the site shows it: the errata have one of their own."""
    return led(text.replace(pages.errata(), f"## What is wrong in the sources\n\n[A list](/{ERRATA})."))


def first(records, lessons, results):
    """The first page: which of the sources' results hold today, lesson by lesson and claim by claim.

    `results`: the page of all results, whose picture is shown here too.
    """
    table = [
        row | {"lesson": f"[{path.stem[:2]}](notebooks/{path.name})", "measured": row["all seeds"]}
        for name, path in lessons.items()
        for row in tables.rows(name, records)
    ]
    counts, _, chance = tables.summary(table).partition("; ")
    picture = next(line for line in results.splitlines() if line.startswith("!["))
    parts = [
        "# Which results hold today?",
        "Five written sources teach recurrent networks and say in numbers what these achieve. Here their "
        "lessons are rebuilt in today's Keras 3, run in full on the real data, and held against "
        "those numbers.",
        f"**{counts}**{chance and f'; {chance}'}. What was trained is undecided below {rules.SEEDS} "
        "trainings; [how a verdict is reached](notebooks/results/README.md#how-a-verdict-is-reached).",
        overview(table, lessons),
        "## All claims in one picture",
        picture.replace("](", "](notebooks/results/"),
    ]
    for outcome, (title, last) in SECTIONS.items():
        if found := [row for row in table if row["outcome"] == outcome]:
            header = ["lesson", "claim", "published", "measured", last]
            lines = [[row[column] for column in header] for row in found]
            parts += [f"## {title}", pages.markdown(header, lines)]
    return "\n\n".join([*parts, contents(lessons)]) + "\n"


def overview(table, lessons):
    """A line for each lesson: a mark for each of its claims, and how many there are of each verdict."""
    lines = []
    for name, path in lessons.items():
        counts = Counter(row["outcome"] for row in table if row["judged"]["lesson"] == name)
        there = [outcome for outcome in MARKS if counts[outcome]]
        marks = "".join(mark(outcome, counts[outcome]) for outcome in there)
        told = ", ".join(f"{mark(one)} {counts[one]} {tables.OUTCOMES[one]}" for one in there)
        link = f"[{path.stem[:2]} {published.lesson(name)['title']}](notebooks/{path.name})"
        lines.append([link, f'<span class="marks">{marks}</span> {told}'])
    return pages.markdown(["lesson", "what became of the sources' claims"], lines)


def mark(outcome, times=1):
    """The mark of a verdict, `times` times, for the eye alone: its word stands beside it."""
    return f'<span class="{outcome.replace(" ", "-")}" aria-hidden="true">{MARKS[outcome] * times}</span>'


def contents(lessons):
    """All pages in reading order, which is that of the links to the previous and the next one."""
    chapters = {
        "Lessons": [LESSONS, *(f"notebooks/{path.name}" for path in lessons.values())],
        "Results": [RESULTS, ERRATA, FINDINGS],
        "To look up": [FIGURES, LETTERS.name, COVERAGE, CHANGES],
    }
    trees = [
        "\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *names, "```"])
        for title, names in chapters.items()
    ]
    return "\n\n".join(trees)


def errata(lessons):
    """What is wrong in the sources, one after another, each with the section of a lesson that shows it."""
    parts = ["# What is wrong in the sources"]
    for key, source in published.sources().items():
        lines = [
            f"- *{one['place']}:* {one['says']}. **But** {one['is_so']}. ({shown(one['shown'], lessons)})"
            for one in published.errata()
            if one["source"] == key
        ]
        if lines:
            parts += [f"## {key}: {source['title']}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def shown(place, lessons):
    """A link to "lesson, section", or the words where that lesson is not there yet."""
    name, _, section = place.partition(", ")
    if name not in lessons:
        return place
    path = lessons[name]
    return f"[{path.stem[:2]}, {section}](notebooks/{path.name}#{slug(section)})"


def slug(heading):
    """The anchor of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
