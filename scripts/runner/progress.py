"""What a person sees while jobs run, and after: one screen in a terminal, elsewhere a line an event."""

import sys
import time
from collections import Counter, defaultdict

from rich.console import Group
from rich.live import Live
from rich.padding import Padding
from rich.text import Text

MOST = 5
"""How many failed jobs the screen names; the last lines of the command name all."""

ENDED = {"ran": "ran through", "recorded": "recorded already", "failed": "failed"}
"""How a job can end, in words."""


def progress(jobs):
    """What shows the jobs of a plan under way, to be entered with `with`."""
    return Screen(jobs) if sys.stdout.isatty() else Lines(jobs)


class Lines:
    """A line as a job starts, and one as it ends."""

    def __init__(self, jobs):
        self._started = {}

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def start(self, job):
        """A job has been given to a worker."""
        self._started[job.name] = time.monotonic()
        print(f"{job}: started", flush=True)

    def news(self, name, news):
        """A job has come to another cell (`cell`, `cells`), or its training has another `line`."""

    def end(self, outcome):
        """A job has ended, perhaps without having started."""
        text = f"{outcome.job}: {ENDED[outcome.how]}"
        if started := self._started.pop(outcome.job.name, None):
            text += f" after {said(time.monotonic() - started)}"
        print(f"{text}: {outcome.line}" if outcome.how == "failed" else text, flush=True)


class Screen(Lines):
    """For each running job where it is and the line of its training, then what failed, then the sums."""

    def __init__(self, jobs):
        super().__init__(jobs)
        self._jobs = {job.name: job for job in jobs}
        self._news, self._outcomes = defaultdict(dict), []
        self._live = Live(self, refresh_per_second=2, transient=True)

    def __enter__(self):
        self._live.start()
        return self

    def __exit__(self, *error):
        self._live.stop()

    def start(self, job):
        self._started[job.name] = time.monotonic()

    def news(self, name, news):
        self._news[name] = self._news[name] | news if "line" in news else news

    def end(self, outcome):
        self._started.pop(outcome.job.name, None)
        self._outcomes.append(outcome)

    def __rich__(self):
        """The screen as it is now; it is drawn again and again by another thread."""
        lines = []
        for name, started in list(self._started.items()):
            news = self._news[name]
            cell = f"cell {news['cell']} of {news['cells']}" if "cell" in news else "starting"
            lines.append(Text(f"{self._jobs[name]}: {cell}, {said(time.monotonic() - started)}"))
            if "line" in news:
                lines.append(Padding(Text(news["line"]), (0, 0, 0, 4)))
        failed = [one for one in list(self._outcomes) if one.how == "failed"]
        lines += [Text(f"{one.job}: {one.line}", style="red") for one in failed[-MOST:]]
        return Group(*lines, Text(self._sums(), style="bold"))

    def _sums(self):
        """How many jobs run, have ended and wait, and about how long it takes, in one line."""
        ended = Counter(one.how for one in list(self._outcomes))
        waiting = len(self._jobs) - len(self._started) - ended.total()
        counts = {"running": len(self._started)} | {word: ended[how] for how, word in ENDED.items()}
        counts["waiting"] = waiting
        left = self._left()
        parts = [f"{number} {what}" for what, number in counts.items() if number]
        return " · ".join([*parts, f"about {said(left)} left"] if left else parts)

    def _left(self):
        """The seconds that the rest takes if it goes as it went when recorded, or None if that is unknown."""
        started, over = dict(self._started), {one.job.name for one in list(self._outcomes)}
        rest = [job for job in self._jobs.values() if job.name not in over and job.part != "whole"]
        if not started or not all(job.seconds for job in rest):
            return None
        gone = sum(time.monotonic() - started[job.name] for job in rest if job.name in started)
        return max(0, sum(job.seconds for job in rest) - gone) / len(started)


def summary(outcomes, recorded):
    """A line for each lesson, which says how its jobs ended; `recorded` are those that were left out."""
    ended = [(job, "recorded") for job in recorded]
    ended += [(one.job, one.how) for one in outcomes if one.how == "failed" or one.job.part != "training"]
    lessons = defaultdict(lambda: defaultdict(list))
    for job, how in sorted(ended, key=lambda end: end[0].notebook):  # in reading order
        lessons[job.lesson][how].append(job.seed)
    width = max(map(len, lessons), default=0)
    lines = []
    for lesson, seeds in lessons.items():
        parts = [f"seed {numbers(seeds[how])} {ENDED[how]}" for how in ENDED if seeds[how]]
        lines.append(f"{lesson:{width}}  {' · '.join(parts)}")
    return lines


def numbers(values):
    """Whole numbers as a person writes them: [0, 1, 2, 5] is "0-2, 5"."""
    parts = []
    for value in sorted(set(values)):
        if parts and parts[-1][1] == value - 1:
            parts[-1][1] = value
        else:
            parts.append([value, value])
    return ", ".join(f"{low}" if low == high else f"{low}-{high}" for low, high in parts)


def said(seconds):
    """Seconds as a person says them: "41 s", "17 min", "2 h 5 min"."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
