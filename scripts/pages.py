"""What is made from the records: pages in notebooks and notebooks/results, tables in README.md and in the
lessons themselves.

What a file should hold is made whole, given what it holds; nothing here writes.
"""

import math
import statistics
import tomllib
from collections import Counter

import findings
import nbformat
import together
from drawing import pictures
from environment import ROOT
from runner import notebook as stored
from unrolled import UnrolledError, published, settings, start
from unrolled.evidence import archive, rules, tables
from unrolled.show import figures

WORDS, LINES = 180, 12
"""How many words of prose, and lines of code, a person reads in a minute who means to understand them."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REPOSITORY, BADGE = PROJECT["urls"]["Repository"], "https://colab.research.google.com/assets/colab-badge.svg"

BEGIN, END = "<!-- begin: {}, written by scripts/report -->", "<!-- end: {} -->"


def wanted(records, root):
    """The files of the project in `root` that are made from `records`, each with the bytes it should hold."""
    notebooks = settings.lessons(root / "notebooks")
    for name in notebooks:
        published.lesson(name)  # a lesson without an entry is an error
    readme, results = root / "README.md", root / "notebooks" / "results"
    changes = root / ".github" / "CHANGELOG.md"
    table = together.rows(records, notebooks)
    claims = together.as_csv(table).encode()
    picture, alt = together.picture(table)
    texts = {
        readme: between("results", overview(records, notebooks), readme.read_text(encoding="utf-8")),
        changes: between("last run", last_run(records), changes.read_text(encoding="utf-8")),
        root / "notebooks" / "README.md": contents(records, notebooks),
        results / "README.md": details(records, notebooks, table, alt),
        results / "coverage.md": coverage(notebooks),
    } | {path: lesson(name, path, records) for name, path in notebooks.items()}
    if scripts := findings.scripts(root):
        texts[root / findings.FOLDER / "README.md"] = findings.page(scripts)
    files = {path: text.encode() for path, text in texts.items()}
    return files | {results / "claims.csv": claims, results / "claims.png": pictures.signed(picture, claims)}


def is_current(path, content):
    """Whether a file holds `content`, as `wanted` has it; of a picture, whether it shows it."""
    if not path.is_file():
        return False
    there = path.read_bytes()
    if path.suffix == ".png":
        return pictures.signature(there) == pictures.signature(content) and pictures.same(there, content)
    return there == content


def between(name, text, whole):
    """`whole` with `text` between its two markers of that name."""
    begin, end = BEGIN.format(name), END.format(name)
    before, found, rest = whole.partition(begin)
    if not found or end not in rest:
        return whole
    return f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}"


def markdown(header, rows):
    """A table in Markdown; `rows`: lists of texts."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def overview(records, notebooks):
    """The README's table: a line for each lesson."""
    header = ["lesson", "a claim of the sources", "published", "Keras 2", "measured", "verdict", "cause"]
    rows = []
    for name, path in notebooks.items():
        known, table = published.lesson(name), tables.rows(name, records)
        main = next(row for row in table if row["id"] == known["headline"])
        counts = Counter(row["outcome"] for row in table if row["kind"] != "new")
        outcomes = [f"{counts[o]} {plural}" for o, plural in tables.OUTCOMES.items() if counts[o]]
        rows.append(
            [
                f"[{path.stem[:2]} {known['title']}](notebooks/{path.name}) {badge(path)}",
                known["claim"][known["headline"]]["says"],
                main["published"],
                main["Keras 2"],
                measured_by(main),
                main["verdict"],
                main["cause"],
                test_accuracy(known, table),
                ", ".join(outcomes),
            ]
        )
    return markdown([*header, "its test accuracy", "all its claims"], rows)


def last_run(records):
    """When a lesson was last run in full, and with which Keras, as a sentence."""
    ours = [one for one in records if one["library"] == "keras 3"]
    if not ours:
        return ""
    run = max(ours, key=lambda one: one["finished"])
    each = "[each lesson's](../notebooks/README.md)"
    return f"Last run with Keras {run['versions']['keras']} on {run['finished']}; {each}."


def badge(path):
    """The badge that opens a notebook in Colab."""
    opens = REPOSITORY.replace("github.com", "colab.research.google.com/github")
    return f"[![Open in Colab]({BADGE})]({opens}/blob/main/notebooks/{path.name})"


def contents(records, notebooks):
    """The lessons in reading order, as the text of notebooks/README.md."""
    header = ["lesson", "question", "sources", "quick", "in full", "last run", "found"]
    rows = []
    for name, path in notebooks.items():
        known, run = published.lesson(name), first(name, records)
        table = tables.rows(name, records)
        main = next(row for row in table if row["id"] == known["headline"])
        claims = {claim["source"] for claim in known["claim"].values()} - {published.NONE}
        taught = {row["source"] for row in published.coverage() if row["lesson"] == name}
        found = "; ".join(filter(None, [measured_by(main), main["verdict"]]))
        rows.append(
            [
                f"[{path.stem[:2]} {known['title']}]({path.name})",
                known["question"],
                ", ".join(sorted(claims | taught)),
                start.words(run["quick_seconds"]) if run and "quick_seconds" in run else "",
                start.words(archive.duration(run)) if run else "",
                f"{run['finished']}, Keras {run['versions']['keras']}" if run else "",
                f"{main['judged']['says']}: {found}",
            ]
        )
    parts = [
        "# The lessons",
        "Written by `scripts/report`, in reading order; [the sources](results/README.md#the-sources) by "
        "their number. How long a run takes is what it took where it was recorded, without a GPU.",
        markdown(header, rows),
        "All claims and what was measured: [results](results/README.md). What the sources teach, item by "
        "item, and where it stands: [coverage](results/coverage.md).",
    ]
    return "\n\n".join(parts) + "\n"


def measured_by(row):
    """What was measured and how far off it is; of an ordering the difference says both."""
    parts = [row["by"]] if row["kind"] == "ordering" else [row["all seeds"], row["by"]]
    return "; ".join(filter(None, parts))


def test_accuracy(known, table):
    """The test accuracy of the model that the headline is about, as the lesson's table has it, or ""."""
    for row in table:
        how = known["claim"][row["id"]].get("measured_by", {})
        if how.get("take") == "test" and how["training"] == known.get("test"):
            return row["all seeds"]
    return ""


def details(records, notebooks, table, alt):
    """The whole of what was measured, as the text of notebooks/results/README.md.

    `table`: the rows of all claims; `alt`: what the picture of them shows.
    """
    kinds = markdown(["kind", "rule"], [[name, kind.says] for name, kind in rules.KINDS.items()])
    parts = [
        "# What was measured",
        "Written by `scripts/report` from the records in this folder, `<lesson>/<backend>.<seed>.json`. "
        "Seconds an epoch are wall time on a machine that may have had other work; what a lesson says about "
        "cost comes from steps timed in turns, alone.",
        "## How a verdict is reached",
        "Every half-width is a 95 % one. A difference beyond it differs, however wide it is; then a "
        "half-width within the margin that would matter holds; else undecided, as is everything with fewer "
        f"than {rules.SEEDS} trainings or {rules.PROCESSES} timed processes. The code is "
        "[rules.py](../unrolled/evidence/rules.py).",
        kinds,
        "What was found out about the libraries on the way stands, each with a script that shows it, under "
        "[What the libraries do](findings/README.md).",
        *all_together(records, notebooks, table, alt),
    ]
    for name, path in notebooks.items():
        table = tables.rows(name, records)
        parts += [f"## [{path.stem}](../{path.name})", results_table(table), causes(name, table)]
        parts += [runs(one) for one in records if one["lesson"] == name]
    return "\n\n".join(part for part in [*parts, errata(), sources()] if part) + "\n"


def all_together(records, notebooks, table, alt):
    """What the records of all lessons say together: a list of paragraphs."""
    scatter, backends = together.scatter(records, notebooks), together.backends(records, notebooks)
    parts = [
        "## All together",
        f"{tables.summary(table)}. All of them, with the values of every seed: [claims.csv](claims.csv).",
        f"![{alt}](claims.png)",
    ]
    if scatter:
        parts += [
            "**What one run is worth.** The mean over the seeds, ± the standard deviation between them:",
            markdown(together.SCATTER, scatter),
        ]
    if backends:
        parts += [
            "**TensorFlow against JAX.** The best validation accuracy, same seeds, same order of examples:",
            markdown(together.BACKENDS, backends),
        ]
    return parts


def results_table(table):
    header = [column for column in tables.HEADER if column != "this run"]
    rows = [[row[column] for column in header] for row in table]
    return f"{markdown(header, rows)}\n\n{tables.summary(table)}."


def causes(name, table):
    """Why what differs in a lesson differs, one line a cause, with the claims that it explains."""
    lines = []
    for cause in dict.fromkeys(row["cause"] for row in table if row["cause"]):
        explained = [row["id"] for row in table if row["cause"] == cause]
        lines.append(f"- {', '.join(f'`{one}`' for one in explained)}: {cause}.")
    return "\n".join(["Why it differs:", "", *lines]) if lines else ""


def runs(one):
    """One record's trainings as a Markdown list under a line that says where they ran."""
    versions = ", ".join(f"{name} {version}" for name, version in one["versions"].items())
    lines = [
        f"{one['library']}, seed {one['seed']}, {one['backend']} on {one['device']}, {one['finished']} "
        f"({versions}); {one['data']['source']}:\n"
    ]
    for name, trained in one["trainings"].items():
        seconds = statistics.median(trained["seconds"])
        order = ", the order of examples left to Keras" if trained["order"] == "keras" else ""
        lines.append(
            f"- `{name}`: {trained['parameters']:,} parameters, {trained['epochs']} epochs, "
            f"{seconds:.1f} s an epoch (median){order}; fingerprint {trained['fingerprint']}"
        )
    return "\n".join(lines)


def errata():
    keys = ("source", "place", "says", "is_so", "shown")
    rows = [[one[key] for key in keys] for one in published.errata()]
    header = ["source", "place", "it says", "but", "shown in"]
    return f"## What is wrong in the sources\n\n{markdown(header, rows)}"


def coverage(notebooks):
    """What the sources teach, item by item, as the text of notebooks/results/coverage.md."""
    rows = published.coverage()
    have = sum(bool(row["cell"]) for row in rows)
    parts = [
        "# What the sources teach, and where it stands",
        "Written by `scripts/report` from `published/coverage.tsv`; a test looks every quotation up. "
        f"{have} of {len(rows)} items stand in a lesson.",
    ]
    for number, source in published.sources().items():
        mine = [row for row in rows if row["source"] == number]
        table = [[str(row["line"]), row["item"], *stands(row, notebooks)] for row in mine]
        parts += [f"## {number}: {source['title']}", markdown(["line", "item", "lesson", "there"], table)]
    return "\n\n".join(parts) + "\n"


def stands(row, notebooks):
    """Where an item stands, a link to the lesson and its words; of a lesson to come only the name."""
    if not (row["cell"] and row["lesson"] in notebooks):
        return [f"{row['lesson']}, to come", ""]
    name = notebooks[row["lesson"]].name
    return [f"[{name[:2]} {published.lesson(row['lesson'])['title']}](../{name})", code(row["words"])]


def code(text):
    """`text` as code in a table's cell: a bar would end the cell."""
    marks = "``" if "`" in text else "`"
    space = " " if "`" in text else ""
    return f"{marks}{space}{text}{space}{marks}".replace("|", "\\|")


def sources():
    lines = [
        f"- {key}: {one['title']}{', ' + one['author'] if 'author' in one else ''}"
        for key, one in published.sources().items()
    ]
    return "\n".join(["## The sources", "", *lines])


def lesson(name, path, records):
    """The text of a lesson's notebook with what is not its own renewed: drawings, verdicts, times.

    No cell is run. The cells' numbers are renewed, too, where the code is what was run: a drawing may be new.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:  # nbformat raises one of many
        raise UnrolledError(f"{path.name} is no notebook: take it from the last commit again") from None
    run = first(name, records)
    for cell in notebook.cells:
        if cell.cell_type == "code" and (drawn := stored.figure(cell)):
            cell.outputs = [
                nbformat.v4.new_output("display_data", data, metadata=metadata)
                for data, metadata in figures.bundles(drawn)
            ]
        elif run and stored.VERDICTS in cell.metadata.get("tags", ()):
            data = tables.bundle(tables.rows(name, records, run))
            cell.outputs = [nbformat.v4.new_output("display_data", data)]
    if run and stored.same_code(notebook, run.get("code", {})):
        for number, (_, cell) in enumerate(stored.code_cells(notebook), 1):
            cell.execution_count = number
    if run:
        notebook.cells[0].source = between("times", times(notebook, run), notebook.cells[0].source)
    return nbformat.writes(notebook) + "\n"


def first(name, records):
    """The record of the run that is stored in a lesson's notebook, or None."""
    for one in records:
        if (one["lesson"], one["library"], one["backend"], one["seed"]) == (name, "keras 3", "tensorflow", 0):
            return one
    return None


def times(notebook, run):
    """How long a lesson takes to read, to run quickly and to run in full, in a line that is not counted."""
    texts = [between("times", "", cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]
    words = sum(len(text.split()) for text in texts)
    lines = sum(len(cell.source.splitlines()) for cell in notebook.cells if cell.cell_type == "code")
    reading = 5 * math.ceil((words / WORDS + lines / LINES) / 5)
    full = archive.duration(run)
    quick = f"run quickly {start.words(run['quick_seconds'])}, " if "quick_seconds" in run else ""
    return f"*To read: {reading} min; {quick}in full {start.words(full)} on {run['device']}.*"
