"""What a reader sees of a notebook, in JupyterLab, light and dark, and in the exported page: a real browser.

`scripts/test browser` runs this. A sample has every kind of output that the lessons have; its first cell is
run as by hand. Faults, planted in a second notebook, show that each kind is seen.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

import form
import miniature
import nbformat
import pytest
from environment import ROOT, kernel_environment
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from runner import execute

pytest.importorskip("playwright", reason="not installed: it is in the extra browser of pyproject.toml")

from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WIDTHS = 1400, 800
"""Of the window, in pixels: a desk's, and half of one."""

PATIENCE = 300
"""Seconds for whatever a busy machine may take long to do."""

SAMPLE = [
    """\
from unrolled import start

start.lesson("simple_rnn_imdb", "quick")""",
    """\
from IPython.display import HTML, display
from unrolled import settings
from unrolled.evidence import archive, record, tables
from unrolled.show import charts, figures, style

import keras
import os, time
from keras import layers""",
    """charts.over_epochs({"LSTM": [0.6, 0.8], "GRU": [0.7, 0.9]}, "made up, <here> & now", chance=0.5)""",
    """figures.show("rnn36")""",
    """\
inner = layers.Bidirectional(layers.SimpleRNN(32, return_sequences=True))
model = keras.Sequential([keras.Input((500, 32)), inner, layers.Dense(1)])
model.summary(print_fn=print)""",
    """display(tables.bundle(tables.rows("simple_rnn_imdb", archive.load())), raw=True)""",
    """style.answer("The first paragraph.\\nThe second.")""",
]
"""Cells with every kind of output: printed, a chart, a figure and its caption, a summary, a table, folded."""

FAULTS = {
    "stderr": """os.write(2, b"as TensorFlow writes when it loads"); time.sleep(1)""",
    "alt text": f"""display({{"image/png": "{miniature.png(0)}", "text/plain": "a pixel"}}, raw=True)""",
    "image-alt": f"""display(HTML('<img src="data:image/png;base64,{miniature.png(0)}">'))""",
    "color-contrast": """\
display(HTML('<details><summary>folded</summary><i style="color: #777777">pale</i></details>'))""",
    "too wide": """model.summary(print_fn=print, line_length=120)""",
}
"""A cell with each kind of what `problems` finds."""

LOOK = """() => {
    const inside = selector => [...document.querySelectorAll(".jp-OutputArea-output " + selector)];
    const breaks = table => {  // whether its lines are longer than there is room for
        const kept = table.style.whiteSpace;
        table.style.whiteSpace = "pre";
        const longer = table.scrollWidth > table.clientWidth;
        table.style.whiteSpace = kept;
        return longer;
    };
    const texts = nodes => nodes.map(node => node.innerText);
    return {
        alts: inside("img").filter(image => image.naturalWidth > 0).map(image => image.alt),
        red: texts([...document.querySelectorAll("[data-mime-type$=stderr]")]),
        wide: texts(inside("pre").filter(pre => pre.innerText.includes("━") && breaks(pre))),
    };
}"""
"""The pictures' alt texts, what is shown in red, and the summaries that are too wide."""


def problems(page, notebook, width):
    """What keeps someone from reading the notebook on the page, `width` pixels wide: texts, kind first."""
    show_all(page, width)
    seen = page.evaluate(LOOK)
    found = [f"stderr: {text}" for text in seen["red"]] + [f"too wide: {text}" for text in seen["wide"]]
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    words = [out.data["text/plain"] for out in outputs if "image/png" in out.get("data", {})]
    found += [f"alt text: {text!r} is not there" for text in words if text not in seen["alts"]]
    # axe takes any words: JupyterLab's "Image", nbconvert's "No description has been provided".
    found += [f"image-alt: {alt!r} is not stored" for alt in seen["alts"] if alt not in words]
    rules = {"runOnly": ["image-alt", "color-contrast"], "resultTypes": ["violations", "incomplete"]}
    results = Axe().run(page, ".jp-OutputArea-output", rules).response
    for result in results["violations"] + results["incomplete"]:
        found += [
            f"{result['id']}: {node['html']}: {node['failureSummary'].splitlines()[1].strip()}"
            for node in result["nodes"]
        ]
    return found


def show_all(page, width):
    """Make the window `width` pixels wide, and so high that nothing is scrolled away: axe leaves that out."""
    page.set_viewport_size({"width": width, "height": 1000})
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
    settle(page, width, 1000)
    height = page.evaluate("Math.max(...Array.from(document.querySelectorAll('*'), one => one.scrollHeight))")
    page.set_viewport_size({"width": width, "height": height + 200})
    settle(page, width, height + 200)


def settle(page, width, height):
    """Wait until JupyterLab, which lays itself out, fills the window but for its bars."""
    page.wait_for_function(
        """([width, height]) => {
            const notebook = document.querySelector(".jp-LabShell .jp-Notebook")?.getBoundingClientRect();
            const near = (end, side) => side - 100 < end && end <= side;
            return !notebook || near(notebook.right, width) && near(notebook.bottom, height);
        }""",
        arg=[width, height],
    )


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The folder of a JupyterLab that knows nobody's settings, and its address up to a file's name."""
    home = tmp_path_factory.mktemp("lab")
    (home / "notebooks").mkdir()
    setting(home, "notebook-extension/tracker", windowingMode="none")  # all cells are in the page
    setting(home, "apputils-extension/notification", fetchNews="false")  # and no question is in front
    folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    folders |= {f"JUPYTERLAB_{name}_DIR": str(home / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=home / "notebooks",
            env=kernel_environment(**folders),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    with execute.guarded(server.pid):
        try:
            about = started(server, home)  # it has looked for a free port, and made a token
            yield home, f"{about['url']}doc/tree/{{}}?token={about['token']}"
        finally:
            server.terminate()  # and with it its kernels
            server.wait(PATIENCE)


def started(server, home):
    """What the server has written about itself once it listens; an AssertionError with its log if it ends."""
    end = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < end:
        for path in (home / "runtime").glob("jpserver-*.json"):
            with contextlib.suppress(ValueError):  # half written
                return json.loads(path.read_text())
        time.sleep(0.1)
    raise AssertionError((home / "log").read_text())


def setting(home, name, **values):
    """Make a setting of JupyterLab, as its settings editor stores it."""
    path = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), encoding="utf-8")


@pytest.fixture(scope="module", params=["JupyterLab Light", "JupyterLab Dark", "exported page"])
def opened(request, browser, lab):
    """A function that opens a notebook file there and returns the page and the notebook."""
    home, address = lab
    page = browser.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())

    def opened(path):
        notebook = nbformat.read(path, as_version=4)
        if request.param == "exported page":
            page.set_content(HTMLExporter().from_notebook_node(notebook)[0])
        else:
            setting(home, "apputils-extension/themes", theme=request.param)
            shutil.copy(path, home / "notebooks")
            page.goto(address.format(path.name))
            page.wait_for_selector(f"body[data-jp-theme-name='{request.param}']", state="attached")
            page.add_style_tag(content="body { height: 100vh }")  # axe thinks a body of no height hides all
        page.wait_for_function(
            """number => {
                const outputs = [...document.querySelectorAll(".jp-OutputArea-output")];
                const cells = new Set(outputs.map(output => output.closest(".jp-Cell")));
                return cells.size == number && outputs.every(output => output.hasChildNodes())
                    && [...document.images].every(image => image.complete);
            }""",
            arg=sum(bool(cell.get("outputs")) for cell in notebook.cells),
        )
        return page, notebook

    yield opened
    page.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The files of the sample and of the faults, run in one kernel as when a person starts it."""
    cells = [new_code_cell(source) for source in [*SAMPLE, *FAULTS.values()]]
    notebook = new_notebook(cells=cells, metadata=form.METADATA)
    client = NotebookClient(notebook, kernel_name="python3", timeout=None, startup_timeout=PATIENCE)
    # What an import of `unrolled.machine` in this process, or pytest, has set keeps the kernel quiet.
    hushed = dict.fromkeys([name for name in os.environ if name.startswith(("TF_", "PYTEST_"))])
    by_hand = kernel_environment(UNROLLED_PROFILE=None, UNROLLED_SEED=None, COLUMNS=None, **hushed)
    client.execute(cwd=str(ROOT / "notebooks"), env=by_hand)
    files = [tmp_path_factory.mktemp("made") / name for name in ("sample.ipynb", "faults.ipynb")]
    for file, part in zip(files, (cells[: len(SAMPLE)], cells[len(SAMPLE) :]), strict=True):
        nbformat.write(new_notebook(cells=part, metadata=form.METADATA), file)
    return files


def read(opened, path, widths=WIDTHS):
    """Fail with what keeps someone from reading a notebook."""
    page, notebook = opened(path)
    found = [problem for width in widths for problem in problems(page, notebook, width)]
    assert not found, "\n".join(found)


def test_the_sample_can_be_read(opened, made):
    read(opened, made[0])


def test_each_fault_is_seen(opened, made):
    page, notebook = opened(made[1])
    kinds = [{problem.partition(":")[0] for problem in problems(page, notebook, width)} for width in WIDTHS]
    assert kinds == [set(FAULTS) - {"too wide"}, set(FAULTS)]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
@pytest.mark.parametrize("opened", ["JupyterLab Dark", "exported page"], indirect=True)
def test_a_lesson_can_be_read(opened, lesson):
    """Where there is least room, and in both themes: the exported page is as light as JupyterLab."""
    read(opened, lesson, widths=[min(WIDTHS)])
