"""Where data come from: the order of the places, files that cannot be read, evidence, fingerprints."""

import hashlib
import importlib
import pickle
import socket
import sys
import urllib.error
import zipfile
from pathlib import Path

import numpy as np
import pytest
from unrolled import data, settings
from unrolled.data import sources


def load(from_keras=lambda: "from Keras"):
    """What `sources.load` takes of a data set that every place has."""
    return sources.load("TIDES", lambda folder: folder, from_keras, lambda: "sample")


# The order of the places


def test_a_full_run_takes_the_folder_before_keras(full, monkeypatch, tmp_path):
    assert load() == "from Keras"
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    assert load() == tmp_path


def test_a_home_folder_may_be_written_short(full, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("UNROLLED_DATA", "~")
    assert load() == tmp_path


def test_the_sample_is_asked_for_by_name(full, monkeypatch):
    monkeypatch.setenv("UNROLLED_DATA", "sample")
    assert load() == "sample"


@pytest.mark.parametrize("place", (None, "", "nowhere", "."))
def test_a_quick_run_takes_the_sample(full, quick, monkeypatch, place):
    if place is not None:
        monkeypatch.setenv("UNROLLED_DATA", place)
    assert load(from_keras=pytest.fail) == "sample"


@pytest.mark.parametrize("place", ("nowhere", __file__, "x" * 5_000, "~nobody-of-this-name/data"))
def test_no_folder(full, monkeypatch, complaint, place):
    monkeypatch.setenv("UNROLLED_DATA", place)
    assert complaint(load).endswith(f"{place}, which is no folder: name the one that holds the data sets")


def test_no_name(full, monkeypatch, complaint):
    monkeypatch.setenv("UNROLLED_DATA", "")
    assert complaint(load) == "UNROLLED_DATA is empty: name the folder of the data sets, or unset it"


@pytest.mark.parametrize(
    ("error", "reason"),
    (
        (
            Exception("URL fetch failure on https://example.org: no route\nsecond line"),
            "URL fetch failure on",
        ),
        (urllib.error.ContentTooShortError("got only 5 of 9 bytes", b""), "got only 5 of 9 bytes"),
        (ValueError("\nIncomplete or corrupted file detected."), "Incomplete or corrupted file detected."),
        (zipfile.BadZipFile("File is not a zip file"), "File is not a zip file"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (TimeoutError(), "TimeoutError"),
    ),
)
def test_keras_cannot_load_it(full, complaint, capsys, error, reason):
    def from_keras():
        timeouts.append(socket.getdefaulttimeout())
        raise error

    before, timeouts = socket.getdefaulttimeout(), []
    told = complaint(load, from_keras)
    assert told.startswith("TIDES could not be loaded (") and reason in told
    assert "connect once" in told and "UNROLLED_DATA" in told and "second line" not in told
    assert timeouts == [sources.TIMEOUT] and socket.getdefaulttimeout() == before
    assert capsys.readouterr().out == ""


def test_a_complaint_about_what_keras_has_stays_as_it_is(full, complaint):
    def from_keras():
        sources.require(False, "Keras's tides.npz", "twelve hours a tide")

    expected = "Keras's tides.npz is not in the expected form: twelve hours a tide"
    assert complaint(load, from_keras) == expected


# Files


def write(path, how):
    """An .npz file of two arrays at `path`, damaged in one way: cut to a share of it, or as the word says."""
    np.savez(path, heights=np.arange(50), labels=np.arange(50))
    whole = path.read_bytes()
    if how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_text("<html>404 Not Found</html>")
    elif how == "array":
        with path.open("wb") as file:
            np.save(file, np.arange(3))
    elif how == "scratched":  # the first array's values, which the checksum guards
        path.write_bytes(whole[:200] + bytes(byte ^ 255 for byte in whole[200:230]) + whole[230:])
    elif how == "pickle":
        np.savez(path, heights=np.array([[1], [2, 3]], object), labels=np.arange(2))
    else:
        path.write_bytes(whole[: int(len(whole) * how)])


def test_read_arrays(tmp_path):
    write(tmp_path / "tides.npz", 1)
    arrays = sources.read_arrays(tmp_path / "tides.npz", ["heights"])
    assert list(arrays) == ["heights"]
    np.testing.assert_array_equal(arrays["heights"], np.arange(50))


def test_read_arrays_that_are_not_there(tmp_path, complaint):
    path = tmp_path / "tides.npz"
    write(path, 1)
    assert complaint(sources.read_arrays, path, ["heights", "days", "hours"]) == f"{path} lacks days, hours"


@pytest.mark.parametrize("how", (0.1, 0.5, 0.99, "empty", "text", "array", "scratched", "pickle"))
def test_read_arrays_of_a_damaged_file(tmp_path, complaint, how):
    path = tmp_path / "tides.npz"
    write(path, how)
    told = complaint(sources.read_arrays, path, ["heights", "labels"])
    assert told == f"{path} cannot be read: the file is cut short or is no .npz; copy it again"


@pytest.mark.parametrize("content", (b"", b'{"the": 1, "fi', b"\xff\xfe\x00", b"[" * 100_000))
def test_read_json_of_a_damaged_file(tmp_path, complaint, content):
    path = tmp_path / "words.json"
    path.write_bytes(content)
    assert complaint(sources.read_json, path) == f"{path} cannot be read: it is no JSON; copy it again"


@pytest.mark.parametrize("read", (lambda path: sources.read_arrays(path, ["heights"]), sources.read_json))
def test_files_that_are_missing_or_closed(tmp_path, monkeypatch, complaint, read):
    path = tmp_path / "tides.npz"
    assert complaint(read, path) == f"UNROLLED_DATA has no tides.npz: {tmp_path} must hold it"

    def closed(path):
        raise PermissionError(13, "Permission denied", str(path))

    path.write_bytes(b"")
    monkeypatch.setattr(Path, "read_bytes", closed)
    assert complaint(read, path) == f"{path} cannot be read: Permission denied"


# What is said of the data


def test_only_complete_data_of_a_full_run_are_evidence(full, monkeypatch):
    complete = sources.real("TIDES", "tides", 25_000, 5_000, complete=True)
    part = sources.real("TIDES", "tides", 2_000, 500, complete=False)
    assert (complete, part) == ("TIDES, all tides", "TIDES, 2,000 + 500 tides")
    assert [source.evidence for source in (complete, data.COMPUTED, part, data.SAMPLE)] == [1, 1, 0, 0]
    monkeypatch.setattr(settings, "quick", True)
    assert not any(source.evidence for source in (complete, data.COMPUTED, part, data.SAMPLE))


def test_a_source_survives_the_way_to_another_process(full):
    sent = pickle.loads(pickle.dumps(data.COMPUTED))
    assert sent == "computed here" and sent.evidence


@pytest.mark.parametrize("value", (0, -1, 6, 2.5, 3.0, "3", None, np.nan))
def test_check_whole(complaint, value):
    sources.check_whole("hours", 1, 1, 5), sources.check_whole("hours", np.int64(5), 1, 5)
    sources.check_whole("hours", 10**9, 1)
    told = complaint(sources.check_whole, "hours", value, 1, 5)
    assert told == f"hours is {value!r}; it takes a whole number from 1 to 5"


# Fingerprints


def test_fingerprint_by_hand():
    array = np.array([[1, 2], [3, 256]], "int16")
    bytes_by_hand = b"<i2 (2, 2)" + bytes([1, 0, 2, 0, 3, 0, 0, 1])
    assert sources.fingerprint(array) == hashlib.sha256(bytes_by_hand).hexdigest()


def test_fingerprint_is_alike_on_every_machine():
    array = np.arange(12, dtype="<i4").reshape(3, 4)
    in_fortran_s_order, high_byte_first = np.asfortranarray(array), array.astype(">i4")
    with_gaps = np.repeat(array, 2, axis=1)[:, ::2]
    for same in (in_fortran_s_order, high_byte_first, with_gaps):
        assert sources.fingerprint(same) == sources.fingerprint(array)


def test_fingerprint_covers_dtype_shape_and_values():
    array = np.arange(12, dtype="int32").reshape(3, 4)
    different = [array, array.T, array.reshape(4, 3), array.astype("int64"), array.view("float32"), array + 1]
    assert len({sources.fingerprint(one) for one in different}) == len(different)


def tides(order, train=4):
    """A data set of the six examples in this order, the first ones to train on."""
    x, y = np.arange(12.0).reshape(6, 2)[order], np.arange(6)[order]
    parts = {"x_train": x[:train], "y_train": y[:train], "x_test": x[train:], "y_test": y[train:]}
    return sources.DataSet(**parts, source=data.COMPUTED, full_examples=train)


def test_sha256_covers_examples_labels_and_split():
    first, again = tides([0, 1, 2, 3, 4, 5]), tides([0, 1, 2, 3, 4, 5])
    assert list(first.sha256) == ["x_train", "y_train", "x_test", "y_test"]
    assert first.sha256["x_test"] == sources.fingerprint(first.x_test)
    assert first.sha256 == again.sha256
    swapped, split_elsewhere = tides([0, 1, 3, 2, 4, 5]), tides([0, 1, 2, 3, 4, 5], train=3)
    assert {name for name in first.sha256 if first.sha256[name] != swapped.sha256[name]} == {
        "x_train",
        "y_train",
    }
    assert not set(first.sha256.values()) & set(split_elsewhere.sha256.values())


def test_an_empty_part_has_no_fingerprint():
    assert list(tides([0, 1, 2, 3, 4, 5], train=6).sha256) == ["x_train", "y_train"]


# A new data set is one file, and one line in data/__init__.py


TIDES = '''\
"""Tides: a data set as a person would add it."""

import numpy as np

from . import sources

PARTS = ("x_train", "y_train", "x_test", "y_test")


def tides():
    """The tides as a `DataSet`: heights, float64, (tides, 2); labels, int64, (tides,)."""
    arrays, source = sources.load("TIDES", _from_folder, _from_keras, _from_sample)
    return sources.DataSet(**arrays, source=source, full_examples=len(arrays["x_train"]))


def _from_folder(folder):
    arrays = sources.read_arrays(folder / "tides.npz", PARTS)
    sizes = len(arrays["x_train"]), len(arrays["x_test"])
    return arrays, sources.real("TIDES", "tides", *sizes, complete=sizes == (4, 2))


def _from_keras():
    raise NotImplementedError("Keras has no tides")


def _from_sample():
    sample = np.zeros((2, 2)), np.zeros(2, int), np.ones((1, 2)), np.ones(1, int)
    return dict(zip(PARTS, sample)), sources.SAMPLE
'''


@pytest.fixture
def new(full, monkeypatch, tmp_path):
    """The file of a new data set, tides, as a module of `unrolled.data`; its data lie in UNROLLED_DATA."""
    (tmp_path / "tides.py").write_text(TIDES, encoding="utf-8")
    monkeypatch.setattr(data, "__path__", [*data.__path__, str(tmp_path)])
    monkeypatch.setenv("UNROLLED_DATA", str(tmp_path))
    yield importlib.import_module("unrolled.data.tides")
    del sys.modules["unrolled.data.tides"], data.tides


def store(folder, whole):
    np.savez(folder / "tides.npz", **{name: getattr(whole, name) for name in whole.sha256})


def test_a_new_data_set(new, monkeypatch, tmp_path, complaint):
    assert complaint(new.tides).startswith("UNROLLED_DATA has no tides.npz")
    store(tmp_path, tides([0, 1, 2, 3, 4, 5]))
    whole = new.tides()
    assert whole.source == "TIDES, all tides" and whole.evidence
    assert whole.sha256 == tides([0, 1, 2, 3, 4, 5]).sha256
    assert len(whole.batches(2)) == 2
    store(tmp_path, tides([0, 1, 2, 3, 4], train=3))
    part = new.tides()
    assert part.source == "TIDES, 3 + 2 tides" and not part.evidence

    monkeypatch.delenv("UNROLLED_DATA")
    assert "TIDES could not be loaded (Keras has no tides)" in complaint(new.tides)
    monkeypatch.setattr(settings, "quick", True)
    assert new.tides().source == data.SAMPLE and not new.tides().evidence


def without_a_line(folder):
    """The data sets of a folder that data/__init__.py does not import, by the names of their files."""
    lines = Path(data.__file__).read_text(encoding="utf-8")
    return [
        path.stem
        for path in folder.glob("*.py")
        if "sources.load(" in path.read_text(encoding="utf-8") and f"from .{path.stem} import " not in lines
    ]


def test_every_data_set_has_its_line(tmp_path):
    (tmp_path / "tides.py").write_text(TIDES, encoding="utf-8")
    assert without_a_line(tmp_path) == ["tides"]
    assert without_a_line(Path(data.__file__).parent) == []
