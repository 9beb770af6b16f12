"""Which lessons and seeds a person asks for; the standard library is all it needs."""

from unrolled import UnrolledError, settings

MOST = 100
"""How many seeds one range may hold: a slip of the finger is no month of work."""


def seeds(text):
    """The seeds that `text` names, "7", "0-4", "0,3" or "0-2,5": a sorted list."""
    chosen = set()
    for part in text.split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        low = settings.whole("the seed", first)
        high = settings.whole("the seed", last) if dash else low
        if not low <= high < low + MOST:
            raise UnrolledError(
                f"the seeds are {part.strip()!r}; a range counts up, like 0-4, to {MOST} at most"
            )
        chosen.update(range(low, high + 1))
    return sorted(chosen)


def jobs(text):
    """How many jobs run side by side, as `text` says."""
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) > 0):
        raise UnrolledError(f"the number of jobs is {text[:40]!r}; it takes a whole number from 1 to 9999")
    return int(text)


def lessons(only, folder):
    """The lessons in `folder` that `only`, a list, names, or all of them: a dict from name to notebook."""
    known = settings.lessons(folder)
    chosen = set()
    for name in (name.strip() for names in only for name in names.split(",")):
        found = {lesson for lesson, path in known.items() if name.removesuffix(".ipynb") in names_of(path)}
        if not found:
            there = ", ".join(path.stem for path in known.values()) or "none"
            raise UnrolledError(f"no lesson {name!r}; there are: {there}")
        chosen |= found
    return {lesson: path for lesson, path in known.items() if lesson in chosen or not only}


def names_of(path):
    """What a person may call the lesson in a notebook: 01_simple_rnn_imdb, 01, 1, simple_rnn_imdb."""
    number, _, name = path.stem.partition("_")
    return {path.stem, number, number.lstrip("0"), name}
