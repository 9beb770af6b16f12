"""Python source: the same text everywhere, what is cut from it, and what is said of a changed file."""

import io
import keyword
import tokenize

import numpy as np
import pytest
from unrolled import data
from unrolled.data import python

LENGTH = 150


def test_the_modules(full):
    code = data.code(LENGTH)
    assert code.evidence and code.source == "Python's own tests"
    assert code.full_examples == len(code.x_train) == (len(code.train) - 1) // LENGTH
    assert (code.x_train.dtype, code.y_train.dtype) == (np.int32, np.int32)
    for x, y, text in ((code.x_train, code.y_train, code.train), (code.x_test, code.y_test, code.test)):
        assert x.shape == y.shape == (len(x), LENGTH)
        assert code.decode(x.ravel()) == text[: x.size] and code.decode(y.ravel()) == text[1 : x.size + 1]
    assert code.train.startswith("# test_textwrap.py\n") and code.test.startswith(python.TEST)
    np.testing.assert_array_equal(code.encode("def f(x):\n"), code.encode("def f(x):\n\n")[:-1])
    assert set(" ".join(keyword.kwlist)) <= set(code.characters) and code.characters.isascii()


def test_its_size_and_its_licence():
    files = sorted(python.FILE.parent.iterdir())
    assert [file.name for file in files] == ["LICENSE.txt", "modules.txt"]
    assert sum(file.stat().st_size for file in files) <= 400_000
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in files[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("profile", ["full", "quick"])
def test_every_version_of_python_reads_it_alike(profile, request):
    """Its parts to test with are whole modules; none has an f-string, which Python 3.12 splits in parts."""
    request.getfixturevalue(profile)
    code = data.code(LENGTH)
    tokens = list(tokenize.generate_tokens(io.StringIO(code.test).readline))
    strings = [token.string for token in tokens if token.type == tokenize.STRING]
    assert len(strings) > 50
    assert not any("f" in string.lower()[: string.index(string[-1])] for string in strings)


def test_a_quick_run_takes_a_part(quick):
    code = data.code(LENGTH)
    assert len(code.x_train) == python.SAMPLE_WINDOWS and code.full_examples > 2_000
    assert code.test.startswith(python.SAMPLE_TEST) and len(code.test) < 16_000
    assert code.train in python._read()


def test_line_ends_of_another_system(tmp_path, monkeypatch):
    """As Git makes them on Windows."""
    (tmp_path / "modules.txt").write_bytes(python.FILE.read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setattr(python, "FILE", tmp_path / "modules.txt")
    assert data.code(LENGTH).characters == "".join(sorted({*map(chr, range(32, 127)), "\n"}))


def test_a_changed_file(tmp_path, monkeypatch, complaint):
    monkeypatch.setattr(python, "FILE", tmp_path / "modules.txt")
    assert "modules.txt cannot be read" in complaint(data.code, LENGTH)
    python.FILE.write_bytes(b"print(1)\n")
    assert "is not the project's, by its SHA-256" in complaint(data.code, LENGTH)
    python.FILE.write_bytes(b"\xff")
    assert "modules.txt cannot be read" in complaint(data.code, LENGTH)


@pytest.mark.parametrize("length", [0, 1_001, "150"])
def test_a_length_out_of_range(length, complaint):
    assert "length is " in complaint(data.code, length)


def test_a_beginning_that_no_network_can_read(complaint):
    code = data.code(LENGTH)
    assert "has the character '\u00e9'" in complaint(code.encode, "caf\u00e9")
    assert "between quotation marks" in complaint(code.encode, 3)
