"""What was found out about the libraries: scripts in notebooks/results/findings, and the page made of them.

A finding is `name.py`, which needs nothing of this project, and `name.txt`, what it prints. The first line of
its docstring is its title, the rest are its words, in Markdown.
"""

import ast
import re
import tomllib

from environment import ROOT
from unrolled import UnrolledError

FOLDER = "notebooks/results/findings"

INTRODUCTION = """\
# What the libraries do

Written by `scripts/report` from the files in this folder. Each script runs by itself, as in `python name.py`,
and prints what stands under it here, versions included; `tests/scripts/test_findings.py` runs it and compares
every character. After an update of the libraries: `python name.py > name.txt`, then `scripts/report`."""


def scripts(root=ROOT):
    """The findings of the project in `root`, as paths in the order of the page."""
    return sorted((root / FOLDER).glob("*.py"))


def output(script):
    """The file of what a finding prints."""
    return script.with_suffix(".txt")


def page(paths):
    """The text of the page about the findings `paths`."""
    return "\n\n".join([INTRODUCTION, *map(section, paths)]) + "\n"


def section(path):
    """What the page says of one finding: title, words, code and output."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    docstring, printed = ast.get_docstring(tree), output(path)
    if not docstring:
        raise UnrolledError(f"{path.name} has no docstring: its first line is the finding's title")
    if not printed.is_file():
        raise UnrolledError(f"{path.name} has no stored output: python {path.name} > {printed.name}")
    title, _, words = docstring.partition("\n")
    code = "\n".join(source.splitlines()[tree.body[0].end_lineno :])
    needed = "".join(
        f", which needs `{pin}`, the extra `{extra}` of `pyproject.toml`, and is tested only where that is"
        for extra, pin in needs(source).values()
    )
    parts = [
        f"## {title}",
        words.strip(),
        f"[{path.name}]({path.name}){needed}:",
        f"```python\n{code.strip()}\n```",
        f"It prints:\n\n```text\n{printed.read_text(encoding='utf-8').rstrip()}\n```",
    ]
    return "\n\n".join(parts)


def needs(source):
    """What a script imports from an extra of pyproject.toml alone: a dict, module to (extra, requirement)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {
        requirement.partition("==")[0]: (extra, requirement)
        for extra, requirements in project["optional-dependencies"].items()
        for requirement in requirements
    }
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import)]
    modules = [alias.name for node in imports for alias in node.names]
    everyone = {re.match(r"[\w-]+", requirement)[0] for requirement in project["dependencies"]}
    return {module: extras[module] for module in modules if module in extras.keys() - everyone}
