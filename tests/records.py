"""Records made up for tests: of the right form, sealed, and without a training."""

import numpy as np
from unrolled.evidence import archive

CURVE = [0.6, 0.7, 0.8, 0.75]


def training(val_acc=CURVE, right=None, **changes):
    """One training of a record: as many epochs as `val_acc` has values, `acc` a tenth above it."""
    epochs = len(val_acc)
    history = {
        "acc": [value + 0.1 for value in val_acc],
        "loss": [1 / (1 + epoch) for epoch in range(epochs)],
        "val_acc": list(val_acc),
        "val_loss": [abs(epoch - 1) + 0.4 for epoch in range(epochs)],
    }
    one = {
        "fingerprint": "0123456789ab",
        "recipe": "ba9876543210",
        "parameters": 322_113,
        "epochs": epochs,
        "examples": 20_000,
        "batch_size": 128,
        "order": "seed and epoch",
        "compiled": {"jit_compile": False},
        "trained": "2026-11-21",
        "seconds": [1.5] * epochs,
        "history": history,
    }
    if right is not None:
        one["test"] = archive.packed(np.array(right, bool))
    return one | changes


def made_up(lesson="dropout_rnn_imdb", seed=0, **changes):
    """A sealed record of one lesson and seed; `changes` replace its keys."""
    return archive.sealed(
        {
            "lesson": lesson,
            "library": "keras 3",
            "backend": "tensorflow",
            "seed": seed,
            "profile": "full",
            "evidence": True,
            "finished": "2026-11-21",
            "device": "2 CPU cores (x86_64)",
            "threads": "1",
            "versions": {"python": "3.11.7", "keras": "3.15.1", "numpy": "2.4.6"},
            "data": {"source": "IMDB, all reviews", "sha256": {"x_train": "0" * 64}},
            "trainings": {"as_printed": training()},
            "timed": {},
            "measured": {"masks_in_a_sequence": 1},
        }
        | changes
    )
