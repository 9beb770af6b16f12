"""What the lessons, the scripts and the tests share; every model stands in its notebook.

The rooms, each importing only those before it:

- `settings`: what kind of run this is (full or quick, its seed, its backend) and where its files lie.
- `machine`: what it runs on: backend, device, threads, versions.
- `data`: the data sets, the real thing first, a built-in sample where that is asked for.
- `training`: one fit under way: a live line, a clean interruption; `store` keeps it safe after each epoch.
- `timing`, `memory`: how long a training step takes, how much it needs, in a `process` of its own; `graphs`:
  of how many operations a layer is made.
- `published`: the sources' own numbers, each with its place in the source.
- `evidence`: records of what was measured (`record` makes one, `archive` keeps them), the rules of the
  verdicts, the tables made of both.
- `gradients`: what backpropagation through time computes, in NumPy.
- `show`: one visual style, the curves, the drawings.
- `start`: a notebook's first cell, which asks for a quick or a full run and loads the rest only if it must.
"""

import sys

# jsonschema, which checks records and notebooks, makes a parser of web addresses as it is imported: more than
# a second at each start, for a format that none of them has. Where the package is missing it does without.
sys.modules.setdefault("rfc3987_syntax", None)


class UnrolledError(Exception):
    """A mistake that a person can mend, told in one line: notebooks show it without a traceback."""

    def _render_traceback_(self):
        return [f"unrolled: {self}"]
