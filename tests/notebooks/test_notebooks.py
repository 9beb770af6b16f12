"""The committed notebooks: each is whole, and agrees with its figures, its record and the others."""

import base64
import copy
import re

import altered
import form
import nbformat
import pages
import pytest
from runner import notebook as stored
from runner import plan
from unrolled import published, settings
from unrolled.evidence import archive, measured, rules
from unrolled.show import figures

NOTEBOOKS, RECORDED = settings.lessons(), archive.load()
DIGIT, DIGITS = re.compile(r"\d"), re.compile(r"\d+")
LINK = re.compile(r"\[([^]]*)\]\((\d\d_\w+\.ipynb)")
"""A link from one lesson to another: its text, and the other's file."""

GATHERS = re.compile(r"\b(fit|run\.training|run\.measure)\(")
"""What a cell does that trains or measures."""


@pytest.fixture(params=NOTEBOOKS, scope="module")
def lesson(request):
    return request.param


@pytest.fixture(scope="module")
def notebook(lesson):
    return nbformat.read(NOTEBOOKS[lesson], as_version=4)


@pytest.fixture
def code(notebook):
    """The code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture
def run(lesson):
    """The record of the run that is stored in a notebook."""
    path = settings.RESULTS / of_the_notebook(lesson)
    assert path.is_file(), f"{lesson} has no record: run scripts/reproduce --only {lesson}"
    return archive.read(path)


def of_the_notebook(lesson):
    """The file of the record of the run that is stored in a notebook."""
    return settings.record_name(lesson, "tensorflow", 0)


def test_they_are_numbered_without_a_gap():
    assert NOTEBOOKS
    for number, path in enumerate(NOTEBOOKS.values(), 1):
        name = f"{number:02}_{path.stem[3:]}.ipynb"
        assert path.name == name, f"{path.name} is lesson {number}: rename it {name}"


def test_numbers_and_links_follow_the_order(lesson, notebook):
    """The number is only the order: a lesson that comes between two others changes those of all after it."""
    names = [path.name for path in NOTEBOOKS.values()]
    number, linked = list(NOTEBOOKS).index(lesson) + 1, set()
    begins = notebook.cells[0].source.startswith(f"# {number}. ")
    assert begins, f"{lesson} is lesson {number}: begin its title with # {number}."
    for text, name in LINK.findall("\n".join(cell.source for cell in notebook.cells)):
        assert name in names, f"{lesson} links to {name}, which is not there: there are {', '.join(names)}"
        told = DIGITS.search(text)
        assert not told or int(told[0]) == int(name[:2]), f"{lesson}: the link {text!r} leads to {name}"
        linked.add(name)
    following = names[number : number + 1]
    assert linked >= set(following), f"{lesson} ends without a link to the next lesson, {following[0]}"


def test_form(lesson):
    problems = form.problems(NOTEBOOKS[lesson])
    assert not problems, "\n".join(problems)


def test_figures_are_those_of_the_folder(code):
    """The pictures that `figures.show` left are, byte for byte, those of DL_images."""
    for cell in code:
        if name := stored.figure(cell):
            assert cell.outputs, f"{name} is not shown yet: run scripts/report"
            picture, drawn = cell.outputs[0].data, (form.ROOT / "DL_images" / f"{name}.png").read_bytes()
            assert base64.b64decode(picture["image/png"]) == drawn, f"{name} changed: run scripts/report"
            assert "".join(picture["image/png"].split()) in picture["text/html"]


def shown(cell):
    """The names of the figures that a cell shows."""
    return re.findall(r'figures\.\w+\(.*?"(\w+)"\)', cell.source)


def test_a_lesson_shows_its_figures(lesson, code):
    there = {name for cell in code for name in shown(cell)}
    for name, entry in figures.captions().items():
        assert name in there or entry.get("lesson") != lesson, f'{lesson} lacks figures.show("{name}")'
        strange = name in there and entry.get("lesson", lesson) not in NOTEBOOKS
        assert not strange, f"captions.toml: {name}, shown in {lesson}, names the lesson {entry['lesson']}"
        loose = name in there and "topic" in entry
        assert not loose, (
            f'captions.toml: {name} is shown in {lesson}: write lesson = "{lesson}" for its topic'
        )


def test_what_the_sources_teach_stands_where_the_coverage_says(lesson, notebook):
    """Word for word, in the cell or in what is said about the figure that it shows."""
    cells = {cell.id: stands(cell) for cell in notebook.cells}
    lost = [
        f"{row['source']}, line {row['line']}, {row['item']}: {row['cell']!r} lacks {row['words']!r}"
        for row in published.coverage()
        if row["lesson"] == lesson and f" {row['words']} " not in cells.get(row["cell"], "")
    ]
    assert not lost, f"coverage.tsv, {lesson}:\n" + "\n".join(lost)


def stands(cell):
    """What stands in a cell, with what is said about its figures; one space around each word."""
    about = [figures.captions()[name][key] for name in shown(cell) for key in ("caption", "alt")]
    return f" {' '.join(' '.join([cell.source, *about]).split())} "


def test_it_has_what_scripts_report_renews(notebook, code):
    """The table of its claims, and how long it takes."""
    table = [cell for cell in code if "tables.show(run)" in cell.source]
    assert len(table) == 1, "a cell shows the table of the claims: tables.show(run)"
    assert "verdicts" in table[0].metadata.get("tags", ()), "the cell of tables.show needs the tag verdicts"
    begin, end = pages.BEGIN.format("times"), pages.END.format("times")
    assert f"{begin}\n" in notebook.cells[0].source and end in notebook.cells[0].source, f"begin with {begin}"


def test_it_leaves_a_record_under_its_name(lesson, code):
    """Said here, and not at the end of its full run."""
    source = "\n".join(cell.source for cell in code)
    for call in (f'run = record.Run("{lesson}", ', "run.save()"):
        assert call in source, f"{lesson} lacks {call}"


def test_it_ran_in_full_on_real_data(run):
    assert (run["profile"], run["evidence"]) == ("full", True)


def test_it_measures_what_follows_from_nothing_else(lesson, run):
    own = {name for name, claim in published.claims(lesson).items() if "measured_by" not in claim}
    for name in own - set(run["measured"]):
        pytest.fail(f"{name} is not measured: give it measured_by, or measure it in {lesson} and run that")
    assert set(run["measured"]) == own


def test_what_is_measured_by_a_training_or_a_timing_names_one(lesson, code, run):
    """A claim about a training or a timing that the lesson does not have would be "not tested" for ever."""
    source = "\n".join(cell.source for cell in code)
    for claim in published.claims(lesson).values():
        for name in measured.trainings(claim):
            other, _, training = name.rpartition("/")
            one = run if not other else archive.read(settings.RESULTS / of_the_notebook(other))
            there = ", ".join(one["trainings"])
            assert training in one["trainings"], f"{claim['id']}: no training {name}; there are {there}"
            epochs, most = one["trainings"][training]["epochs"], measured.how(claim).get("epochs", 0)
            assert most <= epochs, f"{claim['id']} looks at {most} epochs; {name} has {epochs}"
        name = measured.how(claim).get("timed")
        assert not name or f'run.time("{name}"' in source, f"{claim['id']}: {lesson} does not time {name}"


def test_what_takes_seeds_is_in_no_cell_for_teaching(lesson, code):
    """Such a cell runs with seed 0 alone: a claim about what it trains or measures would never be decided."""
    teaching = [cell.source for cell in code if "teaching" in cell.metadata.get("tags", ())]
    gathers = "\n".join(source for source in teaching if GATHERS.search(source))
    other = "\n".join(cell.source for cell in code if cell.source not in teaching)
    for claim in filter(rules.needs_seeds, published.claims(lesson).values()):
        for name in measured.trainings(claim) or [claim["id"]]:
            here = re.compile(rf'"{name}"|\b{name}=')
            alone = here.search(gathers) and not here.search(other)
            assert not alone, f"{claim['id']} takes all seeds: take the tag teaching off the cell of {name}"


def test_what_it_reads_is_named_as_needed(lesson, code):
    """So that scripts/reproduce runs that lesson first."""
    for name in re.findall(r'record\.committed\("(\w+)"\)', "\n".join(cell.source for cell in code)):
        assert name in published.lesson(lesson).get("needs", ()), f"add {name} to needs in {lesson}.toml"


def test_what_it_shows_is_what_was_recorded(lesson, run):
    """Code and outputs are, cell by cell, those of the recorded run; tables come from the records."""
    notebook = stored.read(NOTEBOOKS[lesson])
    assert stored.same_code(notebook, run["code"]), f"its code changed: run scripts/reproduce --only {lesson}"
    assert stored.outputs(notebook) == run["outputs"]


def texts(cell):
    """Every text among a cell's outputs, as it is in the file, with the key and the dict that holds it."""
    for output in cell["outputs"]:
        place = output if output["output_type"] == "stream" else output.get("data", {})
        for key in place:
            if key == "text" or key.startswith(("text/", "image/")):
                yield place, key


def test_one_changed_digit_in_any_output_is_seen(lesson, run):
    """A training line, a printed accuracy, a chart's description, a picture: none can be changed alone."""
    kinds, whole = set(), stored.read(NOTEBOOKS[lesson])
    for cell in whole["cells"]:
        if cell["cell_type"] != "code" or cell["id"] not in run["outputs"]:
            continue
        for index, (_, key) in enumerate(texts(cell)):
            planted = copy.deepcopy(cell)
            place, key = list(texts(planted))[index]
            text = "".join(place[key])
            if DIGIT.search(text):
                place[key] = DIGIT.sub(lambda digit: str(9 - int(digit[0])), text, count=1).splitlines(True)
                kinds.add(key)
                now = stored.outputs(whole | {"cells": [planted]})
                assert now[cell["id"]] != run["outputs"][cell["id"]], (cell["id"], key)
    assert "text" in kinds


def test_what_is_not_tied_is_a_table_or_a_drawing(notebook, run):
    """Only verdict tables and drawings may change after a run; `scripts/report --check` guards those."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.outputs and cell.id not in run["outputs"]:
            assert "verdicts" in cell.metadata.get("tags", ()) or stored.figure(cell), cell.id


def test_no_record_is_without_a_notebook():
    for name in {one["lesson"] for one in RECORDED}:
        assert name in NOTEBOOKS, f"results/{name} is there, and no notebooks/NN_{name}.ipynb"


def test_what_is_recorded_would_not_be_run_again():
    """Neither by what was added since nor because another seed leaves out what a claim is about."""
    for one in RECORDED:
        if one["library"] == "keras 3":
            asked = {one["lesson"]: NOTEBOOKS[one["lesson"]]}
            todo = plan.make(asked, [one["seed"]], one["backend"], "full", settings.NOTEBOOKS)
            how = f"--only {one['lesson']} --seeds {one['seed']} --backend {one['backend']}"
            assert not todo.jobs, f"what is recorded no longer suffices: run scripts/reproduce {how}"


@pytest.mark.parametrize("one", RECORDED, ids=archive.name_of)
def test_what_a_history_implies_agrees_with_what_was_tested(one):
    """Where the validation examples are the test examples, the bits of the last weights count as it did."""
    for name, training in one["trainings"].items():
        if one["lesson"] == "mnist_as_sequence" and "test" in training:
            last = training["history"]["val_acc"][-1]
            assert archive.unpacked(training["test"]).mean() == pytest.approx(last, abs=2e-6), name


def test_seeds_of_a_lesson_trained_the_same(lesson):
    """All records of a lesson, of one backend, hold trainings of one recipe: only the seed differs."""
    recipes = {}
    for one in RECORDED:
        for name, training in one["trainings"].items() if one["lesson"] == lesson else ():
            key = (one["library"], one["backend"], name, training["epochs"])
            assert recipes.setdefault(key, training["recipe"]) == training["recipe"], (key, one["seed"])


def test_the_data_are_those_that_were_recorded():
    """All records of a lesson were measured on the same ids, labels and split."""
    digests = {}
    for one in RECORDED:
        known = digests.setdefault(one["lesson"], one["data"]["sha256"])
        assert known == one["data"]["sha256"], (one["lesson"], one["seed"], one["library"])


@pytest.mark.parametrize(("lesson", "one"), altered.ALL, ids=altered.name)
def test_an_alteration_alters_what_stands_in_the_lesson(lesson, one):
    """`scripts/test alterations` then runs it."""
    assert one.keys() == altered.KEYS
    assert altered.with_alteration(altered.read(lesson), one) != altered.read(lesson)
