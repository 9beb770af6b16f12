"""What becomes of a job's record and notebook: into notebooks/ with what is evidence, else into build/."""

import json
import os

from unrolled import UnrolledError

from runner import notebook, plan


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
                calls = f'does it call record.Run("{job.lesson}", …), and run.save() at its end?'
                return "failed", f"it ran through and left no record: {calls} {see}"
            self._new[job.lesson, job.seed, job.backend] = result.record
            return self._publish(job, result, executed)
        except (OSError, UnrolledError) as error:
            return "failed", f"it could not be stored: {error}"

    def _publish(self, job, result, executed):
        from unrolled.evidence import archive  # here, for it takes a second

        record, name = result.record, executed.relative_to(self._root).as_posix()
        if record["evidence"] and job.published:
            present, run = notebook.read(job.notebook), json.loads(result.notebook)
            if notebook.code(present) != notebook.code(run):
                return "failed", f"its code was changed while it ran: run it again; what was run is {name}"
            published = notebook.with_outputs(present, run)
            _write(job.notebook, notebook.as_text(published))
            executed.unlink()
            marks = {"code": notebook.code(published), "outputs": notebook.outputs(published)}
            if result.quick_seconds is not None:
                marks["quick_seconds"] = round(result.quick_seconds, 1)
            record = archive.sealed(record | marks)
        archive.write(record, (self._folder if record["evidence"] else self._build) / "results")
        if job.profile == "full" and not record["evidence"]:
            return "ran", f"it had no real data, so it is no evidence; see {name}"
        return "ran", ""


def _write(path, text):
    """Write a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)
