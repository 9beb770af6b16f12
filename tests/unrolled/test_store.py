"""What a training keeps: a kill at every file operation, random kills, damage, a full disk; without Keras."""

import contextlib
import errno
import io
import json
import os
import random
import signal
import time
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from unrolled import UnrolledError
from unrolled.store import Damaged, Store

VALUES = [0.5, 0.7, 0.6, 0.8]
"""What an epoch reaches in the trainings below; the best so far are epochs 1, 2, 2 and 4."""

EPOCHS = len(VALUES)


def rows(epochs):
    return [{"epoch": epoch + 1, "val_acc": VALUES[epoch % EPOCHS]} for epoch in range(epochs)]


def state(epoch):
    return [np.full((3, 2), epoch, "float32"), np.array(epoch), np.zeros(0)]


def best(epochs):
    """The weights of the best of so many epochs."""
    return [np.full(4, 1 + VALUES.index(max(VALUES[:epochs])), "float32")]


def train(store):
    """Go on after what is kept, to the last epoch; gives the number of each epoch when it is committed."""
    for epoch in range(len(store.load()[0]) + 1, EPOCHS + 1):
        parts = {"state": state(epoch)}
        if VALUES[epoch - 1] == max(VALUES[:epoch]):
            parts["best"] = best(epoch)
        store.commit(rows(epoch), **parts)
        yield epoch


def check(store):
    """How many epochs are kept; their rows, state and best weights belong together."""
    kept, parts = store.load()
    assert kept == rows(len(kept))
    if kept:
        check_equal(parts, {"state": state(len(kept)), "best": best(len(kept))})
    else:
        assert parts == {}
    return len(kept)


def check_equal(parts, expected):
    assert sorted(parts) == sorted(expected)
    for part, arrays in expected.items():
        for array, wanted in zip(parts[part], arrays, strict=True):
            assert array.dtype == wanted.dtype
            np.testing.assert_array_equal(array, wanted)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """A kill takes nothing that is written, synced or not; the power cut below is only played."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


@pytest.fixture
def finished(tmp_path):
    """The folder of a training that nothing disturbed."""
    store = Store(tmp_path / "finished")
    assert list(train(store)) == [1, 2, 3, 4]
    return store.folder


def test_what_is_committed_is_loaded(tmp_path):
    store = Store(tmp_path / "lesson" / "model")
    assert store.load() == ([], {})
    assert not store.folder.exists()
    for epoch in train(store):
        assert check(store) == check(Store(store.folder)) == epoch


def test_a_part_left_out_stays_and_nothing_else_does(finished):
    assert sorted(contents(finished)) == ["best-00004.npz", "commit.json", "state-00004.npz"]
    store = Store(finished)
    check(store)
    store.commit(rows(5), state=state(5))
    assert sorted(contents(finished)) == ["best-00004.npz", "commit.json", "state-00005.npz"]


def test_only_what_a_store_writes_is_swept(finished):
    for name in ("notes.txt", "state-00003.npz", "commit.part"):
        (finished / name).write_text("left behind")
    store = Store(finished)
    check(store)
    store.commit(rows(5), state=state(5))
    assert sorted(contents(finished)) == ["best-00004.npz", "commit.json", "notes.txt", "state-00005.npz"]


def test_clear(finished, tmp_path):
    store = Store(finished)
    store.clear()
    assert contents(finished) == {}
    assert check(store) == 0
    Store(tmp_path / "never there").clear()


def test_a_commit_without_a_checksum_is_read(finished):
    """Trainings were begun before commits had one."""
    path = finished / "commit.json"
    commit = json.loads(path.read_text())
    del commit["sha256"]
    path.write_text(json.dumps(commit))
    assert check(Store(finished)) == EPOCHS


# A kill, a power cut, a full disk.


class Disk:
    """Stands between a store and the disk: it counts the file operations and does as many as it is told.

    Instead of each further one it calls `fail`. A file is written in two halves, each an operation.
    """

    counted = ("mkdir", "open", "fsync", "replace", "unlink")

    def __init__(self, allowed=None, fail=None):
        self.allowed, self.fail, self.done = allowed, fail, 0

    @contextlib.contextmanager
    def installed(self):
        operations = {name: self._counting(getattr(os, name)) for name in self.counted}
        with mock.patch.multiple(os, **operations), mock.patch.object(io, "open", self._opening(io.open)):
            yield self

    def step(self):
        if self.done == self.allowed:
            self.fail()
        self.done += 1

    def _counting(self, operation):
        def counting(*arguments, **options):
            self.step()
            return operation(*arguments, **options)

        return counting

    def _opening(self, operation):
        def opening(path, mode="r", *arguments, **options):
            if mode in ("r", "rb"):
                return operation(path, mode, *arguments, **options)
            assert mode == "wb", "the writing of such a file is not counted"
            self.step()
            return self.file(path)

        return opening

    def file(self, path):
        return HalvedFile(self, path)


class HalvedFile(io.FileIO):
    def __init__(self, disk, path):
        super().__init__(path, "w")
        self._disk = disk

    def write(self, data):
        half = len(data) // 2
        self._disk.step()
        super().write(data[:half])
        self._disk.step()
        super().write(data[half:])


class WithoutPower(Disk):
    """A disk that holds what is written only once it is synced."""

    def __init__(self, allowed):
        super().__init__(allowed, self._cut)
        self._unsynced = []

    @contextlib.contextmanager
    def installed(self):
        with super().installed(), mock.patch.object(os, "fsync", self._sync):
            yield self
        for handle in self._unsynced:
            os.close(handle)

    def file(self, path):
        file = super().file(path)
        self._unsynced.append(os.dup(file.fileno()))  # it follows the file to another name
        return file

    def _sync(self, handle):
        self.step()
        self._unsynced = [other for other in self._unsynced if not os.path.sameopenfile(handle, other)]

    def _cut(self):
        for handle in self._unsynced:
            os.truncate(handle, 0)
        raise Killed


class Full(Disk):
    """A disk without room, on which files can still be removed."""

    counted = ("mkdir", "open", "fsync", "replace")

    def __init__(self, allowed):
        super().__init__(allowed, self._refuse)

    def _refuse(self):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Killed(BaseException):
    """Ends a training as a kill does: each further file operation raises it, too."""


def kill():
    raise Killed


def train_until_killed(store, disk):
    """Train on a disk that comes to an end; the last epoch whose commit returned."""
    epoch = 0
    with contextlib.suppress(Killed), disk.installed():
        for epoch in train(store):  # noqa: B007 (the last one is wanted)
            pass
    return epoch


def killed(store, allowed):
    return train_until_killed(store, Disk(allowed, kill))


def powerless(store, allowed):
    return train_until_killed(store, WithoutPower(allowed))


def killed_in_a_process(store, allowed):
    """The same in a process of its own, which ends at once: it hears of no exception and closes no file."""
    process = os.fork()
    if not process:
        epoch = 0
        try:
            with Disk(allowed, lambda: os._exit(epoch)).installed():
                for epoch in train(store):  # noqa: B007 (a kill tells it)
                    pass
        finally:
            os._exit(99)
    _, status = os.waitpid(process, 0)
    return os.waitstatus_to_exitcode(status)


def undisturbed(store, disk):
    """Train to the end; how many file operations that took."""
    with disk.installed():
        assert list(train(store)) == [1, 2, 3, 4]
    return disk.done


def check_every_end(make, folder, end, operations):
    """End a training at each of its file operations: nothing is lost or mixed, and it can be finished."""
    for allowed in range(operations):
        store = make(folder / str(allowed))
        committed = end(store, allowed)
        assert committed <= check(make(store.folder)) <= committed + 1
        list(train(make(store.folder)))
        # Files that the last commit does not name may be left where no epoch was to be trained any more.
        assert contents(folder / "undisturbed").items() <= contents(store.folder).items()


POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no fork and removes no open file")
ENDS = [killed, pytest.param(killed_in_a_process, marks=POSIX), pytest.param(powerless, marks=POSIX)]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("end", ENDS)
def test_an_end_at_each_file_operation(tmp_path, end):
    operations = undisturbed(Store(tmp_path / "undisturbed"), Disk())
    assert operations > 15 * EPOCHS
    check_every_end(Store, tmp_path, end, operations)


class NamesFirst(Store):
    """Its commit names files that are written after it."""

    def _write(self, name, arrays):
        entry = super()._write(name, arrays)
        self._late = getattr(self, "_late", {}) | {name: (self.folder / name).read_bytes()}
        (self.folder / name).unlink()
        return entry

    def _replace_commit(self, rows, files):
        super()._replace_commit(rows, files)
        for name, data in self._late.items():
            (self.folder / name).write_bytes(data)
        self._late = {}


class InPlace(Store):
    """It writes over the last commit."""

    def _replace_commit(self, rows, files):
        self._commit.write_bytes(json.dumps({"rows": rows, "files": files}).encode())


class OneName(Store):
    """It writes each state over the last one."""

    def _write(self, name, arrays):
        return super()._write(f"{name.partition('-')[0]}.npz", arrays)


class SweepsFirst(Store):
    """It removes what the last commit names before there is another."""

    def _replace_commit(self, rows, files):
        self._files = files
        self._sweep()
        super()._replace_commit(rows, files)


class TwoCommits(Store):
    """It keeps the best weights after the epoch that reached them."""

    def commit(self, rows, **parts):
        for part, arrays in parts.items():
            super().commit(rows, **{part: arrays})


class Unsynced(Store):
    """It does not wait for the disk."""

    def commit(self, rows, **parts):
        with mock.patch("unrolled.store._write_through", Path.write_bytes):
            super().commit(rows, **parts)


BROKEN = [
    (NamesFirst, killed),
    (InPlace, killed),
    (OneName, killed),
    (SweepsFirst, killed),
    (TwoCommits, killed),
]


@pytest.mark.parametrize(("make", "end"), [*BROKEN, pytest.param(Unsynced, powerless, marks=POSIX)])
def test_an_end_at_each_file_operation_finds_a_store_that_breaks_the_rules(tmp_path, make, end):
    operations = undisturbed(make(tmp_path / "undisturbed"), Disk())
    assert check(make(tmp_path / "undisturbed")) == EPOCHS
    with pytest.raises((AssertionError, Damaged)):
        check_every_end(make, tmp_path, end, operations)


@POSIX
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_kills_at_a_hundred_random_moments(tmp_path):
    rng = random.Random(0)
    store = Store(tmp_path / "killed")
    started = time.perf_counter()
    commit_next(store)
    takes = time.perf_counter() - started
    kept = 1
    for _ in range(100):
        begun, begins = os.pipe()
        process = os.fork()
        if not process:
            try:
                while True:
                    os.write(begins, b".")
                    commit_next(store)
            finally:
                os._exit(99)
        for _ in range(rng.randint(1, 2)):  # before its first commit, or after it
            os.read(begun, 1)
        time.sleep(rng.uniform(0, takes))
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        os.close(begun)
        os.close(begins)
        assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        now = check_long(store)
        assert now >= kept
        kept = now
    assert kept > 10, "the kills came too soon"


def commit_next(store):
    epoch = len(store.load()[0]) + 1
    store.commit(rows(epoch), state=state(epoch))


def check_long(store):
    """How many epochs a training without best weights has kept."""
    kept, parts = store.load()
    assert kept == rows(len(kept))
    check_equal(parts, {"state": state(len(kept))} if kept else {})
    return len(kept)


def test_a_disk_that_is_full_during_the_training(tmp_path):
    operations = undisturbed(Store(tmp_path / "undisturbed"), Full(None))
    for allowed in range(operations):
        store, committed = Store(tmp_path / str(allowed)), 0
        with Full(allowed).installed():
            try:
                for committed in train(store):  # noqa: B007 (the last one is wanted)
                    pass
                assert committed == EPOCHS
            except UnrolledError as error:
                assert "\n" not in str(error)
                assert f"({os.strerror(errno.ENOSPC)}): epoch {committed + 1} is not kept" in str(error)
        assert check(Store(store.folder)) == committed
        list(train(store))
        assert contents(store.folder) == contents(tmp_path / "undisturbed")


def test_a_disk_that_is_full_before_the_training(tmp_path):
    operations = undisturbed_room(Store(tmp_path / "undisturbed"), Full(None))
    assert operations == 5
    for allowed in range(operations):
        store = Store(tmp_path / str(allowed))
        with Full(allowed).installed(), pytest.raises(UnrolledError, match="(?s)^[^\n]*needs 0.1 MB there$"):
            store.check_room(100_000)
        assert not store.folder.exists() or contents(store.folder) == {}


def undisturbed_room(store, disk):
    with disk.installed():
        store.check_room(100_000)
    return disk.done


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "results").write_text("a file stands in its place")
    store = Store(tmp_path / "results" / "model")
    assert store.load() == ([], {})
    with pytest.raises(UnrolledError, match="results.model cannot be written"):
        store.check_room(1)
    with pytest.raises(UnrolledError, match="results.model cannot be written"):
        store.commit(rows(1), state=state(1))


# Damage.


@pytest.mark.parametrize("name", ["commit.json", "state-00004.npz", "best-00004.npz"])
def test_a_damaged_file_is_found_out(finished, name):
    path = finished / name
    whole = path.read_bytes()
    for place in range(len(whole)):
        check_damaged(path, whole[:place])
        check_damaged(path, whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    check_damaged(path, whole + whole)
    check_damaged(path, random.Random(0).randbytes(len(whole)))
    path.write_bytes(whole)
    assert check(Store(finished)) == EPOCHS


def check_damaged(path, data):
    """With other bytes in a file a store is damaged, or just what it was: one space is as good as another."""
    path.write_bytes(data)
    with contextlib.suppress(Damaged):
        assert check(Store(path.parent)) == EPOCHS


@pytest.mark.parametrize("name", ["state-00004.npz", "best-00004.npz"])
def test_a_removed_file_is_missed(finished, name):
    (finished / name).unlink()
    with pytest.raises(Damaged, match=f"^{name}: "):
        Store(finished).load()


def test_without_its_commit_nothing_is_kept(finished):
    (finished / "commit.json").unlink()
    assert Store(finished).load() == ([], {})


GARBAGE = [
    b"",
    b"\0" * 500,
    b"\xff\xfe",
    b"null",
    b"3",
    b'"text"',
    b"[]",
    b"{}",
    b"[[[]]]",
    b'{"rows": []}',
    b'{"rows": {}, "files": {}}',
    b'{"rows": "", "files": {}}',
    b'{"rows": null, "files": {}}',
    b'{"rows": [], "files": []}',
    b'{"rows": [], "files": null}',
    b'{"rows": [1], "files": {}}',
    b'{"rows": [{}], "files": {}}',
    b'{"rows": [], "files": {"state": null}}',
    b'{"rows": [], "files": {"state": "state-00004.npz"}}',
    b'{"rows": [], "files": {"state": {"name": "state-00004.npz"}}}',
    b'{"rows": [], "files": {"state": {"name": 3, "sha256": ""}}}',
    b'{"rows": [], "files": {"state": {"name": "", "sha256": ""}}}',
    b'{"rows": [], "files": {"state": {"name": "\\u0000", "sha256": ""}}}',
    b'{"rows": [], "files": {}, "sha256": null}',
]


@pytest.mark.parametrize("data", GARBAGE)
def test_what_is_no_commit_is_damage(finished, data):
    (finished / "commit.json").write_bytes(data)
    with pytest.raises(Damaged) as caught:
        Store(finished).load()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("epochs", [[1, 2, 3, 3, 4, 4], [2, 3, 4], [1, 3], [2, 1], [0, 1], ["1"]])
def test_epochs_that_do_not_count_are_damage(tmp_path, epochs):
    store = Store(tmp_path)
    store.commit([{"epoch": epoch} for epoch in epochs], state=state(1))
    with pytest.raises(Damaged, match="do not count"):
        store.load()


def test_a_damaged_store_can_begin_anew(finished, tmp_path):
    (finished / "commit.json").write_bytes(b"")
    store = Store(finished)
    with pytest.raises(Damaged):
        store.load()
    store.clear()
    assert contents(finished) == {}
    assert list(train(store)) == [1, 2, 3, 4]
    assert list(train(Store(tmp_path / "again"))) == [1, 2, 3, 4]
    assert contents(finished) == contents(tmp_path / "again")


def test_what_must_not_be_read_is_no_damage(finished, monkeypatch):
    """Another program may hold the file; the training in it is whole."""

    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(UnrolledError, match="finished cannot be read .Permission denied.$"):
        Store(finished).load()


def test_what_cannot_be_removed_is_told(finished, monkeypatch):
    def refuse(path, missing_ok=False):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(UnrolledError, match="commit.json cannot be removed"):
        Store(finished).clear()


def test_a_file_that_cannot_be_swept_stays(finished, monkeypatch):
    def refuse(path, missing_ok=False):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    store = Store(finished)
    check(store)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        store.commit(rows(5), state=state(5))
    assert "state-00004.npz" in contents(finished)
    store.commit(rows(6), state=state(6))
    assert sorted(contents(finished)) == ["best-00004.npz", "commit.json", "state-00006.npz"]
