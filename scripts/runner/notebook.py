"""A notebook as its file holds it, in JSON: what is stored of a run, and what tells two notebooks apart.

Dicts and lists are all it takes: nbformat is slow to import, and only a worker needs it.
"""

import hashlib
import json
import re

from unrolled import UnrolledError

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""The metadata of every notebook."""

VERDICTS = "verdicts"
"""The tag of the cells that show tables made from the records of all runs."""

FIGURE = re.compile(r'figures\.show\("(\w+)"\)')
"""What a cell that shows a drawing, and does nothing else, consists of."""


def read(path):
    """The notebook in a file, or an `UnrolledError` if it holds none in today's form."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if all("id" in cell for cell in notebook["cells"]):
            return notebook
        error = "its cells have no ids"
    except (OSError, ValueError, KeyError, TypeError) as found:
        error = found
    raise UnrolledError(f"{path.name} is no notebook that can be run ({error})")


def as_text(notebook):
    """A notebook as the text of its file, laid out as Jupyter does."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def code_cells(notebook):
    """The code cells of a notebook with their places in it: a list of (index, cell)."""
    return [(index, cell) for index, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]


def tags(cell):
    """The tags of a cell, a set."""
    return set(cell["metadata"].get("tags", ()))


def figure(cell):
    """The name of the drawing that a cell shows, if it does nothing else, or None."""
    found = FIGURE.fullmatch("".join(cell["source"]).strip())
    return found and found[1]


def normalise(notebook):
    """Leave in a notebook only what the next run leaves too."""
    notebook["metadata"] = METADATA
    for cell in notebook["cells"]:
        cell["metadata"] = {"tags": cell["metadata"]["tags"]} if tags(cell) else {}
        if cell["cell_type"] == "code":
            cell["outputs"] = joined(cell["outputs"])


def joined(outputs):
    """The outputs, with what was printed in one go in one piece: the kernel cuts it by the clock."""
    whole = []
    for output in outputs:
        if whole and output.get("name") and output.get("name") == whole[-1].get("name"):
            whole[-1]["text"] += output["text"]
        else:
            whole.append(output)
    return whole


def with_outputs(notebook, executed):
    """`notebook` with the outputs of `executed`, which has the same code; text and drawings may be newer."""
    run = {cell["id"]: cell for _, cell in code_cells(executed)}
    for _, cell in code_cells(notebook):
        if cell["id"] in run:
            cell |= {key: run[cell["id"]][key] for key in ("outputs", "execution_count")}
    normalise(notebook)
    return notebook


def code(notebook):
    """What a notebook runs: a dict from each code cell's id to 16 digits of the hash of its source.

    Cells with a drawing are left out: nothing that is measured depends on them.
    """
    cells = [cell for _, cell in code_cells(notebook) if not figure(cell)]
    return {cell["id"]: _digits("".join(cell["source"])) for cell in cells}


def same_code(notebook, marks):
    """Whether a notebook has the code of a run that left `marks`, those of `code`, drawings aside."""
    drawings = {cell["id"] for _, cell in code_cells(notebook) if figure(cell)}
    return code(notebook) == {cell: mark for cell, mark in marks.items() if cell not in drawings}


def outputs(notebook):
    """What a notebook shows: a dict from each code cell's id to 16 digits of the hash of its stored outputs.

    Cells with tables of all runs and those with a drawing are left out, for scripts/report renews them.
    """
    cells = [cell for _, cell in code_cells(notebook) if VERDICTS not in tags(cell) and not figure(cell)]
    return {cell["id"]: _digits(json.dumps(cell["outputs"], sort_keys=True)) for cell in cells}


def _digits(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]
