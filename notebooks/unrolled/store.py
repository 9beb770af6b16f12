"""What a training keeps on disk, so that a kill at any moment costs no more than the epoch under way.

After each epoch the state goes into files under new names; then one small file, the commit, which names them
and holds the history, is replaced in a single step. What the commit does not name does not exist.
"""

import contextlib
import hashlib
import io
import json
import os
from pathlib import Path

import numpy as np

from . import UnrolledError


class Damaged(Exception):
    """What is kept cannot be used; the message says why."""


class Store:
    """The files of one training in `folder`, which is made when it is needed.

    One process at a time: who opens a store sees to that.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self._commit = self.folder / "commit.json"
        self._files = {}

    def load(self):
        """What was committed last: the rows, a list of dicts, and `{part: list of arrays}`; or [] and {}.

        Raises `Damaged` if a file is missing, cut short or changed, `UnrolledError` if it must not be read.
        """
        try:
            if not self._commit.is_file():
                return [], {}
            commit = json.loads(self._commit.read_bytes())
            rows, files = commit["rows"], commit["files"]
            if not isinstance(rows, list) or [row["epoch"] for row in rows] != list(range(1, len(rows) + 1)):
                raise Damaged("its epochs do not count 1, 2, 3 …")
            # Commits written before there was a checksum have none.
            if commit.get("sha256", _digest(rows, files)) != _digest(rows, files):
                raise Damaged(f"{self._commit.name} is not what was written")
            parts = {part: self._read(entry["name"], entry["sha256"]) for part, entry in files.items()}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged(f"{self._commit.name} cannot be read ({error})") from None
        except PermissionError as error:  # the files may be whole
            raise UnrolledError(f"{self.folder} cannot be read ({error.strerror})") from None
        except OSError as error:
            raise Damaged(f"{Path(error.filename or self.folder).name}: {error.strerror}") from None
        self._files = files
        return rows, parts

    def check_room(self, size):
        """Write `size` bytes and remove them; `UnrolledError` if the disk does not take them."""
        probe = self.folder / "probe.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                _write_through(probe, bytes(size))
            finally:
                probe.unlink(missing_ok=True)
        except OSError as error:
            raise UnrolledError(
                f"{self.folder} cannot be written ({error.strerror}): "
                f"the training needs {size / 1e6:.1f} MB there"
            ) from None

    def commit(self, rows, **parts):
        """Keep `rows` and the named `parts`, each a list of arrays; a part left out stays as it was.

        Raises `UnrolledError` if the disk does not take it; what was committed before is then still there.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            files = dict(self._files)
            for part, arrays in parts.items():
                files[part] = self._write(f"{part}-{len(rows):05}.npz", arrays)
            self._replace_commit(rows, files)
        except OSError as error:
            raise UnrolledError(
                f"{self.folder} cannot be written ({error.strerror}): epoch {len(rows)} is not kept; "
                "make room and run the lesson again, it goes on with this epoch"
            ) from None
        self._files = files
        self._sweep()

    def clear(self):
        """Forget everything that is kept; the commit goes first."""
        self._files = {}
        try:
            self._commit.unlink(missing_ok=True)
        except OSError as error:
            raise UnrolledError(f"{self._commit} cannot be removed ({error.strerror})") from None
        self._sweep()

    def _write(self, name, arrays):
        data = io.BytesIO()
        np.savez(data, **{str(number): array for number, array in enumerate(arrays)})
        _write_through(self.folder / name, data.getvalue())
        return {"name": name, "sha256": hashlib.sha256(data.getvalue()).hexdigest()}

    def _read(self, name, sha256):
        data = (self.folder / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged(f"{name} is not what was written")
        with np.load(io.BytesIO(data)) as arrays:
            return [arrays[str(number)] for number in range(len(arrays.files))]

    def _replace_commit(self, rows, files):
        """The one step that makes an epoch count: before it the disk has all that the new commit names."""
        commit = {"rows": rows, "files": files, "sha256": _digest(rows, files)}
        unfinished = self._commit.with_suffix(".part")
        _write_through(unfinished, json.dumps(commit, indent=1).encode())
        _sync_folder(self.folder)
        os.replace(unfinished, self._commit)
        _sync_folder(self.folder)

    def _sweep(self):
        """Remove the files that no commit names, those of a killed run among them."""
        named = {entry["name"] for entry in self._files.values()}
        with contextlib.suppress(OSError):  # what cannot be removed now is removed after a later epoch
            for path in list(self.folder.iterdir()):
                if path.suffix in (".npz", ".part") and path.name not in named:
                    path.unlink(missing_ok=True)


def _digest(rows, files):
    return hashlib.sha256(json.dumps([rows, files]).encode()).hexdigest()


def _write_through(path, data):
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder):
    """Wait until the disk has the names of a folder's files, too.

    Only a power cut asks for it. Windows and some network disks refuse, which is no reason not to train.
    """
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
