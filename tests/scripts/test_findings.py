"""Each finding about the libraries prints, in a process of its own, what is stored and stands on the page."""

import functools
import importlib.util
import subprocess
import sys

import environment
import findings
import pytest
from unrolled import UnrolledError

SCRIPTS = {script.stem: script for script in findings.scripts()}


@pytest.fixture(params=SCRIPTS)
def script(request):
    """A finding whose libraries are installed."""
    source = SCRIPTS[request.param].read_text(encoding="utf-8")
    for module, (extra, _) in findings.needs(source).items():
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed: it is the extra {extra} of pyproject.toml")
    return SCRIPTS[request.param]


@functools.cache
def printed(script):
    """What a script prints, run by itself: neither `unrolled` nor a backend is set for it."""
    done = subprocess.run(
        [sys.executable, script.name],
        cwd=script.parent,
        env=environment.kernel_environment(PYTHONPATH=None, KERAS_BACKEND=None),
        capture_output=True,
        encoding="utf-8",
    )
    assert not done.returncode, done.stderr
    return done.stdout


def check(script, stored):
    """Fail unless a finding prints what the file `stored` holds."""
    assert printed(script) == stored.read_text(encoding="utf-8"), f"{script.name} prints something else"


def test_it_prints_what_is_stored(script):
    check(script, findings.output(script))


def test_a_planted_change_is_noticed(script, tmp_path):
    """In any of its lines."""
    planted = tmp_path / "planted.txt"
    lines = findings.output(script).read_text(encoding="utf-8").splitlines(keepends=True)
    for number, line in enumerate(lines):
        changed = line.translate(str.maketrans("0123456789", "1234567890"))
        planted.write_text("".join([*lines[:number], changed, *lines[number + 1 :]]), encoding="utf-8")
        assert changed != line, "a line without a number"
        with pytest.raises(AssertionError, match="prints something else"):
            check(script, planted)


def test_elsewhere_unrolling_keeps_the_zeros(tmp_path):
    """The finding about JAX, with TensorFlow's name in JAX's place: it runs, and the fault is JAX's own."""
    source = SCRIPTS["unroll_on_jax_ignores_zero_output"]
    on_tensorflow = tmp_path / source.name
    text = source.read_text(encoding="utf-8").replace("jax", "tensorflow")
    on_tensorflow.write_text(text, encoding="utf-8")
    rolled, unrolled, versions = findings.output(source).read_text(encoding="utf-8").splitlines()
    kept, also_kept, _ = printed(on_tensorflow).splitlines()
    assert kept == rolled
    assert also_kept == rolled.replace("False", "True") != unrolled


def test_the_page_says_what_a_finding_needs():
    told = {name: findings.section(path) for name, path in SCRIPTS.items()}
    assert "which needs `jax==" in told["unroll_on_jax_ignores_zero_output"]
    assert "which needs `tf_keras==" in told["rmsprop_epsilon_inside_the_root"]
    assert "which needs" not in told["one_order_on_tensorflow"]


def test_what_is_forgotten_is_said(tmp_path):
    script = tmp_path / "new.py"
    script.write_text("print(1)\n")
    with pytest.raises(UnrolledError, match="has no docstring"):
        findings.page([script])
    script.write_text('"""A title"""\n\nprint(1)\n')
    with pytest.raises(UnrolledError, match="python new.py > new.txt"):
        findings.page([script])
    findings.output(script).write_text("1\n")
    assert "## A title" in findings.page([script])
