"""A job, which is one run of one notebook, and what it returns."""

from dataclasses import dataclass
from pathlib import Path

TEACHING, TIMING = "teaching", "timing"
"""The tags of the cells that explain and gather no evidence, and of those that time models: they run with
seed 0 only."""

FIRST = (0, "tensorflow")
"""The seed and backend of the notebooks in notebooks/."""


@dataclass(frozen=True)
class Job:
    """A notebook to be run with one seed on one backend."""

    lesson: str
    seed: int
    backend: str
    profile: str
    notebook: Path

    leaves_out: frozenset = frozenset()
    """The tags of the cells that it does not run."""

    part: str = ""
    """Which of the two jobs of a full run with seed 0: "training", of which nothing but the trainings is
    kept, or "whole", which takes them up and runs every cell."""

    alone: bool = False
    """Whether nothing else may run on its machine meanwhile, for it times models."""

    needs: tuple = ()
    """The lessons whose records it reads."""

    after: tuple = ()
    """The names of the jobs that must have ended well before it starts."""

    recorded: bool = False
    """Whether it has a record, which holds unless a job before it changes the recipe."""

    seconds: float = 0.0
    """How long its trainings took when they were recorded; 0 if that is not known."""

    @property
    def run(self):
        """What its folder and its files are called."""
        return f"{self.lesson}.{self.backend}.{self.seed}.{self.profile}"

    @property
    def name(self):
        """What tells it from the other jobs of its plan."""
        return f"{self.run}.training" if self.part == "training" else self.run

    @property
    def published(self):
        """Whether its notebook, with what it shows, becomes that of the lesson."""
        return self.profile == "full" and (self.seed, self.backend) == FIRST and self.part != "training"

    def __str__(self):
        return ", ".join([self.lesson, f"seed {self.seed}", self.backend, *filter(None, [self.part])])


@dataclass
class Result:
    """What a job returns: everything that it made, so that it may have run in another clone."""

    record: dict | None
    """The record that the lesson wrote, if it came so far."""

    notebook: str
    """The notebook with its outputs, as the text of its file."""

    log: str
    """What the kernel wrote past the notebook's cells: start-up notes, the last words of a crash."""

    quick_seconds: float | None
    """How long the notebook takes in a quick run, start of the kernel included, if it is to be published."""

    error: str | None
    """Where and why it failed, in one line, or None if it ran through."""


@dataclass
class Outcome:
    """How a job ended: `how` is "ran", "recorded" or "failed"; `line` says why it failed, or a remark."""

    job: Job
    how: str
    line: str = ""
