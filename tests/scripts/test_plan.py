"""What scripts/reproduce plans: which lessons and seeds, what is recorded already, what comes first."""

import json

import form
import miniature
import pytest
import records
from runner import chosen, notebook, plan
from runner.job import FIRST
from unrolled import UnrolledError, published, settings
from unrolled.evidence import archive

NEEDS = {"second": ("first",), "third": ("second",)}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of three lessons, of which each needs the one before it, and of which nothing is recorded."""
    monkeypatch.setattr(plan, "needs", lambda lesson: NEEDS.get(lesson, ()))
    monkeypatch.setattr(plan, "claimed", lambda lesson: set())
    for name in ("01_first", "02_second", "03_third"):
        miniature.write(miniature.unrun(f"{name}.ipynb"), tmp_path / f"{name}.ipynb")
    return tmp_path


def make(folder, *lessons, seeds=(0,), profile="full", backend="tensorflow", **options):
    """The plan for some of the lessons, all unless named."""
    known = settings.lessons(folder)
    asked = {name: known[name] for name in lessons or known}
    return plan.make(asked, seeds, backend, profile, folder, **options)


def names(jobs):
    """The jobs' names without what is the same for all of them, and without those that only train."""
    return [
        job.run.replace(".tensorflow.", " ").replace(".full", "") for job in jobs if job.part != "training"
    ]


def recorded(folder, lesson, seed=0, recipe="a" * 12, seconds=60.0, **changes):
    """Put a record of a run into the results, with the code of the notebook as it is."""
    training = records.training([0.5], recipe=recipe, seconds=[seconds])
    changes = {"trainings": {"a_model": training}, "code": code(folder, lesson)} | changes
    archive.write(records.made_up(lesson, seed, **changes), folder / "results")


def code(folder, lesson):
    return notebook.code(notebook.read(settings.lessons(folder)[lesson]))


def change(folder, lesson, cell=miniature.COUNT_CELL, tags=(), source="print(1)"):
    """Change the source of a cell in a lesson's notebook, or its tags."""
    path = settings.lessons(folder)[lesson]
    changed = notebook.read(path)
    changed["cells"][cell] |= {"source": source, "metadata": {"tags": list(tags)}}
    path.write_text(notebook.as_text(changed))


# What a person asks for


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("7", [7]), ("0-4", [0, 1, 2, 3, 4]), ("0,3", [0, 3]), ("5, 0 - 2,1", [0, 1, 2, 5]), ("3-3", [3])],
)
def test_seeds_are_numbers_and_ranges(text, seeds):
    assert chosen.seeds(text) == seeds


@pytest.mark.parametrize("text", ("", "x", "-1", "1-", "4-0", "0-100", "1,,2", "1.5", str(2**32)))
def test_bad_seeds_are_named(text):
    with pytest.raises(UnrolledError, match="^the seeds? (is|are) '"):
        chosen.seeds(text)


def test_only_takes_numbers_and_names(folder):
    def chose(*only):
        return [path.stem[:2] for path in chosen.lessons(list(only), folder).values()]

    assert chose() == ["01", "02", "03"]
    for name in ("02", "2", "02_second", "second", "02_second.ipynb"):
        assert chose(name) == ["02"]
    assert chose("03, 01") == chose("third", "1") == ["01", "03"]
    with pytest.raises(UnrolledError, match="no lesson '4'; there are: 01_first, 02_second, 03_third"):
        chose("4")


# What comes first


def test_what_others_need_comes_first(folder):
    todo = make(folder, "third", "second", "first")
    assert names(todo.jobs) == ["first 0", "second 0", "third 0"]
    after = {job.name: job.after for job in todo.jobs}
    assert after["third.tensorflow.0.full.training"] == ("second.tensorflow.0.full",)
    assert todo.notes == []


def test_a_need_that_is_not_recorded_is_taken_in(folder):
    todo = make(folder, "third")
    assert names(todo.jobs) == ["first 0", "second 0", "third 0"]
    assert todo.notes == [
        "third, seed 0, tensorflow needs second, which is not recorded: that runs first",
        "second, seed 0, tensorflow needs first, which is not recorded: that runs first",
    ]
    recorded(folder, "second")
    assert names(make(folder, "third").jobs) == ["third 0"]


def test_only_seed_0_needs_others(folder):
    todo = make(folder, "third", seeds=(2,))
    assert names(todo.jobs) == ["third 2"]
    assert todo.jobs[0].needs == () and todo.notes == []


def test_a_quick_run_does_without_others(folder):
    todo = make(folder, "third", profile="quick")
    assert [(job.name, job.after, job.needs) for job in todo.jobs] == [("third.tensorflow.0.quick", (), ())]


def test_the_longest_comes_first_and_what_the_most_waits_for(folder, monkeypatch):
    monkeypatch.setattr(plan, "needs", lambda lesson: ("third",) if lesson == "first" else ())
    for lesson, seconds in (("first", 100), ("second", 110), ("third", 20)):
        recorded(folder, lesson, seed=9, seconds=seconds)
    trained = [job.lesson for job in make(folder).jobs if job.part == "training"]
    assert trained == ["third", "second", "first"]


# What is left out


def test_what_is_recorded_and_unchanged_is_left_out(folder):
    recorded(folder, "first")
    todo = make(folder, "first", "second")
    assert names(todo.jobs) == ["second 0"] and names(todo.recorded) == ["first 0"]
    assert todo.jobs[0].after == ()
    assert names(make(folder, "first", again=True).jobs) == ["first 0"]


def test_changed_code_is_run_again_and_changed_prose_or_a_new_drawing_is_not(folder):
    recorded(folder, "first")
    change(folder, "first", 0, source="# Another title")
    assert make(folder, "first").jobs == []
    drawing = {"cell_type": "code", "id": "d", "metadata": {}, "source": ['figures.show("rnn1")']}
    with_one = notebook.read(settings.lessons(folder)["first"])
    with_one["cells"].insert(1, drawing | {"outputs": [], "execution_count": None})
    settings.lessons(folder)["first"].write_text(notebook.as_text(with_one))
    assert make(folder, "first").jobs == []
    recorded(folder, "first", code=code(folder, "first") | {"d": "0" * 16})
    assert make(folder, "first").jobs == []
    change(folder, "first")
    assert names(make(folder, "first").jobs) == ["first 0"]


def test_a_damaged_record_and_one_that_is_no_evidence_count_for_nothing(folder):
    recorded(folder, "first", evidence=False)
    assert names(make(folder, "first").jobs) == ["first 0"]
    (folder / "results" / "first" / "tensorflow.0.json").write_text("{")
    assert names(make(folder, "first").jobs) == ["first 0"]


def test_another_seed_is_left_out_while_the_recipes_are_those_of_seed_0(folder):
    recorded(folder, "first", seed=1, code={})
    assert names(make(folder, "first", seeds=(1,)).jobs) == ["first 1"]
    recorded(folder, "first", code={})
    assert make(folder, "first", seeds=(1,)).jobs == []
    recorded(folder, "first", backend="jax", code={})
    assert make(folder, "first", seeds=(0,), backend="jax").jobs == []
    recorded(folder, "first", recipe="b" * 12)
    assert names(make(folder, "first", seeds=(1,)).jobs) == ["first 1"]


def test_where_seed_0_runs_too_another_seed_is_looked_at_after_it(folder):
    """For then it shows whether the change of the code has changed the recipe."""
    for seed in (0, 1):
        recorded(folder, "first", seed)
    assert make(folder, "first", seeds=(0, 1)).jobs == []
    change(folder, "first")
    second = next(job for job in make(folder, "first", seeds=(0, 1)).jobs if job.seed == 1)
    assert (second.recorded, second.after) == (True, ("first.tensorflow.0.full",))
    assert plan.unchanged(second, folder)
    recorded(folder, "first", recipe="b" * 12)
    assert not plan.unchanged(second, folder)


def test_a_claim_that_the_lesson_measures_is_measured_with_every_seed_that_it_takes(folder, monkeypatch):
    for seed in (0, 1):
        recorded(folder, "first", seed)
    monkeypatch.setattr(plan, "claimed", lambda lesson: {"a_gain"})
    assert make(folder, "first", seeds=(1,)).jobs == [], "seed 0 is to measure it first"
    recorded(folder, "first", measured={"a_gain": 0.1})
    assert names(make(folder, "first", seeds=(1,)).jobs) == ["first 1"]
    recorded(folder, "first", seed=1, measured={"a_gain": 0.2})
    assert make(folder, "first", seeds=(0, 1)).jobs == []


def test_what_claims_are_about(monkeypatch):
    exact = {"id": "count", "kind": "exact"}
    gain = {"id": "gain", "kind": "ordering"}
    told = gain | {"id": "told", "measured_by": {"training": ["a", "other/b"], "take": "test"}}
    fixed = gain | {"id": "fixed", "trained": False}
    claims = {one["id"]: one for one in (exact, gain, told, fixed)}
    monkeypatch.setattr(published, "claims", lambda lesson: claims)
    assert plan.claimed("any") == {"gain", "a", "other/b"}


# Cells for seed 0 only


def test_a_lesson_that_times_is_two_jobs_with_seed_0(folder):
    change(folder, "first", tags=["timing"])
    jobs = {job.name: job for job in make(folder, "first", "second").jobs}
    training, whole = jobs["first.tensorflow.0.full.training"], jobs["first.tensorflow.0.full"]
    assert (training.part, training.leaves_out, training.alone) == ("training", {"timing"}, False)
    assert (whole.part, whole.leaves_out, whole.alone) == ("whole", set(), True)
    assert whole.after == (training.name,)
    assert jobs["second.tensorflow.0.full.training"].after == (whole.name,)
    assert not jobs["second.tensorflow.0.full"].alone
    assert training.run == whole.run == whole.name != training.name
    (other,) = make(folder, "first", seeds=(1,)).jobs
    assert (other.part, other.leaves_out) == ("", {"teaching", "timing"})
    assert [job.leaves_out for job in make(folder, "first", profile="quick").jobs] == [set()]


def test_the_whole_of_seed_0_is_run_after_the_other_seeds(folder):
    """So that what it shows of all seeds is there."""
    jobs = {job.name: job for job in make(folder, "first", seeds=(0, 1, 2)).jobs}
    assert jobs["first.tensorflow.0.full"].after == (
        "first.tensorflow.0.full.training",
        "first.tensorflow.1.full",
        "first.tensorflow.2.full",
    )
    assert jobs["first.tensorflow.0.full.training"].after == ()


def test_a_training_that_a_claim_is_about_is_run_with_every_seed(folder, monkeypatch):
    recorded(folder, "first")
    recorded(folder, "first", seed=1, code={})
    assert make(folder, "first", seeds=(1,)).jobs == []
    monkeypatch.setattr(plan, "claimed", lambda lesson: {"another", "a_model"})
    one = records.training([0.5], recipe="a" * 12)
    recorded(folder, "first", trainings={"a_model": one, "another": one})
    assert names(make(folder, "first", seeds=(1,)).jobs) == ["first 1"]


# Notebooks as data


def test_a_notebook_is_written_as_jupyter_writes_it(tmp_path):
    miniature.write(miniature.unrun("a.ipynb"), tmp_path / "a.ipynb")
    assert notebook.as_text(notebook.read(tmp_path / "a.ipynb")) == (tmp_path / "a.ipynb").read_text()
    assert notebook.METADATA == form.METADATA


def test_what_is_printed_in_one_go_is_stored_in_one_piece():
    def printed(name, *lines):
        return {"output_type": "stream", "name": name, "text": list(lines)}

    picture = {"output_type": "display_data", "data": {"image/png": ""}}
    pieces = [printed("stdout", "a\n"), printed("stdout", "b"), picture, printed("stdout", "c")]
    whole = notebook.joined(json.loads(json.dumps(pieces)))
    assert whole == [printed("stdout", "a\n", "b"), picture, printed("stdout", "c")]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ('figures.show("rnn1")', "rnn1"),
        (['figures.show("lstm_cell")', "\n"], "lstm_cell"),
        ('print(figures.show("rnn1"))', None),
        ('figures.show("rnn1")\nprint(1)', None),
        ('figures.plot_model(model, "rnn1")', None),
        ('figures.show("rnn1", width=3)', None),
        ("", None),
    ],
)
def test_a_drawing_is_a_cell_of_its_own(source, name):
    assert notebook.figure({"source": source}) == name


def test_marks_tell_sources_and_outputs_apart(folder):
    path = settings.lessons(folder)["first"]
    before = notebook.read(path)
    change(folder, "first")
    after = notebook.read(path)
    changed = [
        key for key in notebook.code(before) if notebook.code(before)[key] != notebook.code(after)[key]
    ]
    assert changed == [before["cells"][miniature.COUNT_CELL]["id"]]
    assert notebook.outputs(before) == notebook.outputs(after)
    after["cells"][miniature.COUNT_CELL]["metadata"]["tags"] = ["verdicts"]
    assert notebook.outputs(after).keys() == notebook.outputs(before).keys() - set(changed)
    change(folder, "first", source='figures.show("rnn1")')
    drawing = notebook.read(path)
    for marks in (notebook.code, notebook.outputs):
        assert marks(drawing).keys() == marks(before).keys() - set(changed)
    assert notebook.same_code(drawing, notebook.code(before)), "a drawing takes no run"
    assert not notebook.same_code(after, notebook.code(before))
    assert FIRST == (0, "tensorflow")
