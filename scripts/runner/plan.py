"""What is to be run: a job for each lesson and seed that is not recorded already, and what comes first.

With seed 0 a lesson is two jobs in a full run: one trains, beside others; then, after all other seeds, one
runs the whole notebook and takes the trainings up from where they are kept. Where the notebook times models,
that one runs alone on its machine.
"""

import json
from dataclasses import dataclass, replace

from unrolled import UnrolledError, settings

from runner import notebook
from runner.job import FIRST, TEACHING, TIMING, Job


@dataclass
class Plan:
    jobs: list
    """In the order in which they start, as far as they need not wait for others."""

    recorded: list
    """What was asked for and is left out: it is recorded and unchanged."""

    notes: list
    """What a person should know, in lines."""


def make(lessons, seeds, backend, profile, folder, again=False):
    """The `Plan` for `lessons`, a dict from name to notebook, with each of `seeds` on `backend`.

    `folder` is notebooks/. `again` also runs what is recorded and unchanged. A full run with seed 0 takes in
    the lessons that it needs and that are not recorded; any other does without them.
    """
    known, jobs, notes = settings.lessons(folder), {}, []
    asked = [(lesson, seed) for lesson in lessons for seed in seeds]
    for lesson, seed in asked:  # the list grows by what is needed
        job = Job(lesson, seed, backend, profile, known[lesson])
        if profile == "full":
            job = replace(job, seconds=duration(lesson, backend, folder))
            job = replace(job, recorded=not again and unchanged(job, folder))
            if seed == FIRST[0]:  # cells that read records are for teaching
                job = replace(job, needs=needs(lesson))
        jobs[lesson, seed] = job
        for need in job.needs:
            if need not in known:
                raise UnrolledError(f"{lesson} needs {need}, which is no lesson")
            if not job.recorded and (need, seed) not in asked and not record(need, seed, backend, folder):
                notes.append(f"{job} needs {need}, which is not recorded: that runs first")
                asked.append((need, seed))
    running = {key: job for key, job in jobs.items() if not job.recorded}
    for (lesson, seed), job in jobs.items():
        # Where seed 0 runs, it may change the recipe: then what is recorded is looked at again.
        if job.recorded and backend == FIRST[1] and (lesson, FIRST[0]) in running:
            running[lesson, seed] = job
    ready = [part for job in running.values() for part in parts(job, running)]
    return Plan(in_order(ready), [job for key, job in jobs.items() if key not in running], notes)


def parts(job, running):
    """The job itself, or the two that it is; `running`: the jobs of the plan by lesson and seed.

    Their `after` names the jobs of the plan that must end before.
    """
    if job.seed != FIRST[0]:
        first = running.get((job.lesson, FIRST[0])) if job.recorded else None
        after = (first.run,) if first else ()
        return [replace(job, after=after, leaves_out=frozenset((TEACHING, TIMING)))]
    if job.profile == "quick":
        return [job]
    needed = tuple(running[need, job.seed].run for need in job.needs if (need, job.seed) in running)
    training = replace(job, part="training", after=needed, leaves_out=frozenset((TIMING,)))
    seeds = [
        one.run
        for one in running.values()
        if (one.lesson, one.recorded) == (job.lesson, False) and one.seed != job.seed
    ]
    whole = replace(job, part="whole", after=(training.name, *seeds), seconds=0.0)
    return [training, replace(whole, alone=times_models(job.notebook))]


def times_models(path):
    """Whether a notebook has cells that time models."""
    return any(TIMING in notebook.tags(cell) for _, cell in notebook.code_cells(notebook.read(path)))


def in_order(jobs):
    """The jobs: those first that the most work waits for, those last that run alone."""

    def ahead(job):
        """The seconds from the start of a job to the end of what waits for it; at least one for each."""
        return max(job.seconds, 1) + max((ahead(one) for one in jobs if job.name in one.after), default=0)

    return sorted(jobs, key=lambda job: (job.alone, -ahead(job)))


def needs(lesson):
    """The lessons whose records a lesson reads, as stands with its claims."""
    from unrolled import published  # here, for it takes a second, and a quick run has no use for it

    return tuple(published.lesson(lesson).get("needs", ()))


def record(lesson, seed, backend, folder):
    """The record of a run in notebooks/results, a dict, or None if there is none that is evidence."""
    found = _read(folder / "results" / settings.record_name(lesson, backend, seed))
    return found if found.get("evidence") else None


def unchanged(job, folder):
    """Whether a job is recorded and would come to the same again.

    With the seed and backend of the notebook itself: its cells hold the code that was run. With any other:
    its trainings have the recipes of that record, and what claims are about is among what it holds.
    """
    mine, first = record(job.lesson, job.seed, job.backend, folder), record(job.lesson, *FIRST, folder)
    if mine is None or first is None:
        return False
    if (job.seed, job.backend) == FIRST:
        return notebook.same_code(notebook.read(job.notebook), mine.get("code", {}))
    wanted = claimed(job.lesson) & held(first)
    return wanted <= held(mine) and recipes(mine).items() <= recipes(first).items()


def claimed(lesson):
    """What all seeds need for the claims of a lesson: the names of trainings, and of the claims that the
    lesson measures itself and that one seed does not decide."""
    from unrolled import published
    from unrolled.evidence import measured, rules

    found = set()
    for claim in published.claims(lesson).values():
        found.update(measured.trainings(claim))
        if not measured.how(claim) and rules.needs_seeds(claim):
            found.add(claim["id"])
    return found


def held(record):
    """The names of what a record holds: trainings, and claims that the lesson measured itself."""
    return record["trainings"].keys() | record["measured"].keys()


def recipes(record):
    return {name: training["recipe"] for name, training in record["trainings"].items()}


def duration(lesson, backend, folder):
    """How long the trainings of a lesson took when they were recorded, in seconds; 0 if that is not known."""
    from unrolled.evidence import archive

    for path in sorted((folder / "results" / lesson).glob(f"{backend}.*.json")):
        if (record := _read(path)).get("trainings"):
            return archive.duration(record)
    return 0.0


def _read(path):
    """The record in a file as a dict, an empty one if it cannot be read: such a run is run again."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
