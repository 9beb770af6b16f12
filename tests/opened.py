"""A notebook as Colab opens it: the file alone in an empty folder, in a kernel with `google.colab` loaded."""

import contextlib
import os
from unittest import mock

import form
from nbclient import NotebookClient


@contextlib.contextmanager
def folder(tmp_path):
    """An empty folder in `tmp_path`, while the repository's address leads to the last commit of this one.

    It does so through `github`, a link beside the folder, which a test may take away.
    """
    package = tmp_path / "colab" / "google" / "colab"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (tmp_path / "content").mkdir()
    (tmp_path / "github").symlink_to(form.ROOT)
    settings = {
        "PYTHONPATH": str(tmp_path / "colab"),
        "UNROLLED_PROFILE": "quick",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.{(tmp_path / 'github').as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": form.ADDRESS,
        "GIT_CONFIG_KEY_1": "safe.directory",  # in CI the files may belong to someone else
        "GIT_CONFIG_VALUE_1": "*",
    }
    with mock.patch.dict(os.environ, settings):
        yield tmp_path / "content"


def kernel(notebook):
    """The client of a kernel like Colab's."""
    return NotebookClient(
        notebook,
        kernel_name="python3",
        shutdown_kernel="immediate",
        extra_arguments=["--IPKernelApp.exec_lines=import google.colab", "--IPKernelApp.log_level=ERROR"],
    )
