"""What is wrong with a notebook as it is stored: `problems(path)`.

nbval compares what a notebook prints with what is stored. This looks at what is stored itself: that it
is whole, was made in one go from top to bottom, and holds nothing that only its maker's machine has.
"""

import ast
import re
import sys
import tomllib
from pathlib import Path

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from runner.job import TEACHING, TIMING

ROOT = Path(__file__).resolve().parents[1]
ADDRESS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"][
    "Repository"
]
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
IGNORED = "nbval-ignore-output"
LEFT_OUT = {TEACHING, TIMING}
TAGS = {IGNORED, *LEFT_OUT, "verdicts"}
SETUP = f"""\
RUN = "quick"  # @param ["quick", "full"]

import os
import sys

if "google.colab" in sys.modules:  # Colab has the notebook alone: fetch the rest
    !test -d lessons || git clone --quiet --depth 1 {ADDRESS} lessons
    if not os.path.isdir("lessons"):
        sys.exit("The lessons could not be fetched: is GitHub within reach? Run this cell again.")
    sys.path.insert(0, "lessons/notebooks")

from unrolled import start

start.lesson("{{}}", RUN)"""
"""The first code cell of a notebook, into which its name goes."""

LONGEST, SHORT = 20, 12
"""Lines that a code cell has at most, and that most cells have."""

MARKER = re.compile(r"^\s*#+\s*(NBVAL|PYTEST_VALIDATE)_\w+\s*$", re.MULTILINE)
MACHINE = re.compile(r"(?<![\w./])/(home|root|work|tmp|Users)/|(?<!\w)[A-Z]:\\")
PROGRESS = re.compile(r"\d\S* +\S*━|█|\d%\||\x1b\[|\r|\x08")
OBJECT = re.compile(r" at 0x[0-9a-f]{6,}")


def problems(path):
    """What is wrong with the notebook in the file `path`, as lines of text; none if it may be committed."""
    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = list(_of_notebook(notebook, code, path.name))
    found += [*_of_numbers(code), *_of_names(code)]
    for number, cell in enumerate(code, 1):
        found += [f"code cell {number}: {problem}" for problem in _of_cell(cell)]
    return found


def _of_notebook(notebook, code, name):
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        yield f"is no valid notebook: {str(error).splitlines()[0]}"
    if not code:
        yield "has no code"
        return
    if dict(notebook.metadata) != METADATA:
        yield f"holds metadata of its own: {dict(notebook.metadata)}"
    link = ADDRESS.replace("github.com", "colab.research.google.com/github") + f"/blob/main/notebooks/{name}"
    if notebook.cells[0].cell_type != "markdown" or f"]({BADGE})]({link})" not in notebook.cells[0].source:
        yield f"does not begin with the Colab badge that opens {link}"
    setup = SETUP.format(name.removesuffix(".ipynb").partition("_")[2])
    if code[0].source != setup:
        yield f"does not begin with the set-up cell of every notebook, which is:\n{setup}"
    elif IGNORED not in tags(code[0]):
        yield f"has a set-up cell without the tag {IGNORED}: it says how long a run takes"
    if not any(re.search(r"^assert ", cell.source, re.MULTILINE) for cell in code[-2:]):
        yield "does not end with checks (assert)"
    if sum(len(cell.source.splitlines()) <= SHORT for cell in code) * 2 < len(code):
        yield f"has more cells of over {SHORT} lines than shorter ones"
    if any(cell.get("attachments") for cell in notebook.cells):
        yield "has an attachment, which Colab does not show"


def _of_numbers(code):
    """Whether the cells were run from top to bottom: the first one that was not, or was not run at all."""
    for number, cell in enumerate(code, 1):
        if cell.execution_count != number:
            yield (
                f"code cell {number}: was run as number {cell.execution_count}: run scripts/report if only "
                "drawings came in or went, else run the notebook from top to bottom"
            )
            return


def _of_names(code):
    """Names that a cell of every seed takes from one that runs with seed 0 alone."""
    everywhere, alone = set(), {}
    for number, cell in enumerate(code, 1):
        made, taken = _names(cell.source)
        if tags(cell) & LEFT_OUT:
            alone |= dict.fromkeys(made - everywhere, number)
            continue
        everywhere |= made
        for name in sorted(taken & alone.keys() - everywhere):
            yield f"code cell {number}: takes {name} from cell {alone[name]}, which runs with seed 0 alone"


def _of_cell(cell):
    """What is wrong with one code cell."""
    if set(cell.metadata) - {"tags"}:
        yield f"holds metadata of its own: {', '.join(sorted(cell.metadata))}"
    if unknown := tags(cell) - TAGS:
        yield f"has unknown tags: {', '.join(sorted(unknown))}"
    if "record.committed(" in cell.source and "teaching" not in tags(cell):
        yield "reads another lesson's record and lacks the tag teaching: only with seed 0 is it there"
    if MARKER.search(cell.source):
        yield "holds a comment that nbval obeys: use a tag"
    if len(cell.source.splitlines()) > LONGEST:
        yield f"has {len(cell.source.splitlines())} lines, {LONGEST} at most are easy to read"
    calls = list(_calls(cell.source))
    if ["figures", "show"] in calls and len(_parsed(cell.source).body) > 1:
        yield "shows a drawing and does more: scripts/report renews a drawing that is alone in its cell"
    if any(map(_draws, calls)) and not any("image/png" in output.get("data", {}) for output in cell.outputs):
        yield "shows a picture, and none is stored"
    elif not cell.outputs and (any(map(_speaks, calls)) or _ends_in_value(cell.source)):
        yield "should have an output, and none is stored"
    for output in cell.outputs:
        yield from _of_output(output, IGNORED in tags(cell))


def tags(cell):
    """The tags of a cell, a set."""
    return set(cell.metadata.get("tags", ()))


def _of_output(output, ignored):
    """What is wrong with one stored output."""
    if output.output_type == "error":
        yield f"an error is stored: {output.ename}: {output.evalue}"
        return
    if output.get("name") == "stderr":
        yield f"stderr is stored: {output.text.strip()[:100]}"
    data = output.get("data", {"text/plain": output.get("text", "")})
    if any("widget" in kind for kind in data):
        yield "a widget is stored, which shows nothing without its kernel"
    for kind, text in data.items():
        if not isinstance(text, str) or kind.startswith("image/"):
            continue
        if place := MACHINE.search(text):
            yield f"an output names a path of a machine: {text[place.start() :][:60].splitlines()[0]}"
        if not ignored and OBJECT.search(text):
            yield "an output holds an object's address, another one at each run"
        # Keras's summary comes as HTML, with terminal colours in its plain twin.
        if "text/html" not in data and PROGRESS.search(text):
            yield "a progress bar or a terminal's control characters are stored"


def _statements(body):
    """The statements that surely run: not those in a definition, a branch or a handler."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.For | ast.With):
            yield from _statements(statement.body)


def _calls(source):
    """What a cell surely calls, as lists of names: `figures.show("rnn1")` is ["figures", "show"]."""
    for statement in _statements(_parsed(source).body):
        heads = [statement.iter] if isinstance(statement, ast.For) else [statement]
        heads = [item.context_expr for item in statement.items] if isinstance(statement, ast.With) else heads
        if not isinstance(statement, ast.Expr | ast.Assign | ast.For | ast.With):
            continue
        for node in (node for head in heads for node in ast.walk(head)):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func).split(".")


def _draws(call):
    """Whether a call leaves a picture; some of `charts` only prepare one, which `charts.show` then shows."""
    prepares = call[0] == "charts" and call[1] in ("figure", "percent", "epochs", "best")
    return call[0] in ("charts", "figures") and not prepares or call == ["plt", "show"]


def _speaks(call):
    """Whether a call leaves an output of any kind."""
    says = ("print", "display", "summary", "show", "measure", "table", "answer")
    return call in (["run", "save"], ["start", "lesson"]) or call[-1] in says


def _ends_in_value(source):
    """Whether a cell's last line is a value to be shown; a call may well return none."""
    body = _parsed(source).body
    return bool(body) and isinstance(body[-1], ast.Expr) and not isinstance(body[-1].value, ast.Call)


def _names(source):
    """The names that a cell makes, and those that it takes: two sets."""
    made, taken = set(), set()
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Name):
            (taken if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.alias):
            made.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.arg):
            made.add(node.arg)
    return made, taken


def _parsed(source):
    """The syntax tree of a cell; IPython's magics become calls."""
    return ast.parse(TransformerManager().transform_cell(source))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        for problem in problems(name):
            print(f"{name}: {problem}")
