"""A notebook of the lessons' form that runs in a second, for the tests of the scripts and of the gate."""

import base64
import contextlib
import importlib.machinery
import importlib.util
import json
import os
import struct
import zlib
from unittest import mock

import form
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

COUNT = """\
units, inputs = 32, 32
print(f"{units * inputs + units**2 + units:,} parameters")"""

FIGURE = """\
display({{"image/png": "{}", "text/plain": "a figure"}}, raw=True)"""

TRAINING = """\
line = display({{"text/plain": "epoch 0/3"}}, raw=True, display_id=True)
weight, losses = 0.0, []
for epoch in range(1, 4):
    weight += 0.5 * (1 - weight)
    losses.append((1 - weight) ** 2)
    line.update({{"text/plain": f"epoch {{epoch}}/3 · loss {{losses[-1]:.4f}}"}}, raw=True)
display({{"image/png": "{}", "text/plain": "the losses"}}, raw=True)"""

CHECKS = """\
assert losses[-1] < losses[0], "the model does not learn"
print("all checks hold")"""

SETUP_CELL, COUNT_CELL, FIGURE_CELL, TRAINING_CELL, CHECKS_CELL = range(1, 6)
"""Where the cells stand in the notebook; the cell 0 is the title."""


def png(shade):
    """One grey pixel, 0 to 255, as a PNG file in base64."""

    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(bytes([0, shade]))
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")
    return base64.b64encode(file).decode()


def unrun(name):
    """The notebook `name` (with its ending), as it is before it is run."""
    colab = form.ADDRESS.replace("github.com", "colab.research.google.com/github")
    badge = f"[![Open in Colab]({form.BADGE})]({colab}/blob/main/notebooks/{name})"
    lesson = name.removesuffix(".ipynb").partition("_")[2]
    code = [form.SETUP.format(lesson), COUNT, FIGURE.format(png(1)), TRAINING.format(png(2)), CHECKS]
    cells = [new_markdown_cell(f"# Miniature\n\n{badge}"), *map(new_code_cell, code)]
    for cell in SETUP_CELL, TRAINING_CELL:
        cells[cell].metadata["tags"] = [form.IGNORED]
    return new_notebook(cells=cells, metadata=form.METADATA)


def write(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


def recording(record):
    """The source of a cell that leaves `record`, a dict, as a lesson does, with the seed of its run."""
    return f"""\
import hashlib, json, os

record = json.loads({json.dumps(record)!r})
record |= {{"seed": int(os.environ["UNROLLED_SEED"]), "backend": os.environ["KERAS_BACKEND"], "sha256": None}}
rest = {{key: value for key, value in record.items() if key != "sha256"}}
record["sha256"] = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
folder = os.environ["UNROLLED_RESULTS"] + "/" + record["lesson"]
os.makedirs(folder, exist_ok=True)
with open(f"{{folder}}/{{record['backend']}}.{{record['seed']}}.json", "w") as file:
    json.dump(record, file)
print("recorded")"""


def execute(path):
    """Run the notebook in the file `path` in place, as scripts/reproduce runs it; what its job returns."""
    from runner import execute, job, worker

    text = path.read_text(encoding="utf-8")
    one = job.Job(path.stem, 0, "tensorflow", "quick", path)
    result = execute.run(one, text, [], path.parents[1], tell=lambda **news: None, life=worker.Life())
    path.write_text(result.notebook, encoding="utf-8")
    return result


def script(name):
    """A command of scripts/ as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(form.ROOT / "scripts" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


@contextlib.contextmanager
def untouched_environment():
    """An environment in which no run is asked for, and kernels in any folder find the package.

    What is changed in it is forgotten afterwards.
    """
    with mock.patch.dict(os.environ, {"PYTHONPATH": str(form.ROOT / "notebooks")}):
        for variable in ("UNROLLED_PROFILE", "UNROLLED_SEED", "UNROLLED_DATA", "KERAS_BACKEND"):
            os.environ.pop(variable, None)
        yield
