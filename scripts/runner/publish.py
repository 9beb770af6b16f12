"""What becomes of a job's record and notebook: into notebooks/ with what is evidence, else into build/."""

import hashlib
import json
import os

from unrolled import settings

from runner import notebook, plan
from runner.job import FIRST


class Results:
    """The records and notebooks of the clone `root`: what jobs need of them, and what they bring."""

    def __init__(self, root):
        self._root, self._folder, self._build = root, root / "notebooks", root / "build"
        self._new = {}

    def unchanged(self, job):
        """Whether the record of a job still holds."""
        return plan.unchanged(job, self._folder)

    def needed(self, job):
        """The records that a job reads, as far as they are there: first those that came in just now."""
        runs = [(need, job.seed, job.backend) for need in job.needs]
        return [one for run in runs if (one := self._new.get(run) or plan.record(*run, self._folder))]

    def take(self, job, result):
        """Put what a job returned where it belongs; how it ended and a line, as in `job.Outcome`."""
        executed = self._build / "notebooks" / f"{job.run}.ipynb"
        try:
            _write(executed, result.notebook)
            _write(executed.with_suffix(".log"), result.log)
            see = f"(see {executed.relative_to(self._root).as_posix()})"
            if result.error:
                return "failed", f"{result.error} {see}"
            if job.part == "training":
                return "ran", ""
            if result.record is None:
                return "failed", f"it ran through and left no record {see}"
            self._new[job.lesson, job.seed, job.backend] = result.record
            return self._publish(job, result, executed)
        except OSError as error:
            return "failed", str(error)

    def _publish(self, job, result, executed):
        where, record = executed, result.record
        if record["evidence"] and (job.seed, job.backend) == FIRST:
            present, run = notebook.read(job.notebook), json.loads(result.notebook)
            if notebook.code(present) != notebook.code(run):
                name = executed.relative_to(self._root).as_posix()
                return "failed", f"its code was changed while it ran: run it again; what was run is {name}"
            published = notebook.with_outputs(present, run)
            where = job.notebook
            _write(where, notebook.as_text(published))
            executed.unlink()
            record = sealed(
                record | {"code": notebook.code(published), "outputs": notebook.outputs(published)}
            )
        results = (self._folder if record["evidence"] else self._build) / "results"
        name = settings.record_name(job.lesson, job.backend, job.seed)
        _write(results / name, json.dumps(record, indent=1, ensure_ascii=False) + "\n")
        return "ran", where.relative_to(self._root).as_posix()


def sealed(record):
    """A record sealed anew, as evidence/record.py does it; to import that would start Keras in the command."""
    rest = {key: value for key, value in record.items() if key != "sha256"}
    return rest | {"sha256": hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()}


def _write(path, text):
    """Write a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)
