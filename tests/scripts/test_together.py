"""What the records say together: the CSV, the scatter, the backends, the picture."""

import csv
import io

import pytest
import records
import together
from drawing import pictures
from PIL import Image
from unrolled import published, settings

NOTEBOOKS = {name: path for name, path in settings.lessons().items() if name == "dropout_rnn_imdb"}


def trained(seed, best, **changes):
    training = records.training([0.6, best], right=[True, False, True, seed > 1])
    return records.made_up(seed=seed, trainings={"as_printed": training}, **changes)


RECORDS = [trained(seed, 0.8 + seed / 100) for seed in range(5)]
OTHERS = [trained(0, 0.84, library="keras 2"), trained(1, 0.83, backend="jax")]


@pytest.fixture
def rows():
    return together.rows([*RECORDS, *OTHERS], NOTEBOOKS)


def test_the_csv_has_every_claim_with_the_value_of_every_seed(rows):
    table = list(csv.DictReader(io.StringIO(together.as_csv(rows))))
    assert [line["id"] for line in table] == list(published.claims("dropout_rnn_imdb"))
    best = next(line for line in table if line["id"] == "best_val_accuracy")
    assert (best["lesson"], best["source"], best["value"], best["margin"]) == ("04", "000", "0.8514", "0.04")
    assert best["keras 3 by seed"] == "0: 0.8; 1: 0.81; 2: 0.82; 3: 0.83; 4: 0.84"
    assert (best["keras 2 by seed"], best["published"]) == ("0: 0.84", "85.14 %")
    assert float(best["difference"]) == pytest.approx(0.82 - 0.8514)
    assert (best["verdict"], float(best["half width"]) > 0) == ("undecided", True)
    curve = next(line for line in table if line["kind"] == "curve")
    assert curve["keras 3 by seed"].startswith("0: 2 epochs; 1: 2 epochs")


def test_an_undecided_claim_says_why():
    rows = together.rows(RECORDS[:2], NOTEBOOKS)
    notes = {line["note"] for line in csv.DictReader(io.StringIO(together.as_csv(rows)))}
    assert "2 of 5" in notes


def test_the_scatter_is_that_between_seeds_of_one_backend():
    assert together.scatter([*RECORDS, *OTHERS], NOTEBOOKS) == [
        ["04", "`as_printed`", "5", "82.00 % ± 1.58", "65.00 % ± 13.69"]
    ]
    assert together.scatter(RECORDS[:1], NOTEBOOKS) == []


def test_a_training_without_an_accuracy_is_left_out():
    series = records.training() | {"history": {"loss": [2.0, 1.0], "val_loss": [2.0, 1.5]}}
    both = [
        records.made_up(seed=seed, trainings={"series": series}, backend=backend)
        for seed in range(2)
        for backend in ("tensorflow", "jax")
    ]
    assert together.scatter(both, NOTEBOOKS) == together.backends(both, NOTEBOOKS) == []


def test_backends_are_compared_over_the_seeds_of_both():
    assert together.backends(RECORDS, NOTEBOOKS) == []
    assert together.backends([*RECORDS, *OTHERS], NOTEBOOKS) == [
        ["04", "`as_printed`", "81.00 %", "83.00 %", "1"]
    ]


def test_every_claim_of_one_number_has_its_place(rows):
    places = {row["id"]: together.panel(row) for row in rows}
    assert places["best_val_accuracy"] == "accuracies" and places["cost"] == "times"
    assert places["best_epoch"] == "epochs" and places["fixed_over_fresh_mask"] == "differences"
    assert {row["judged"]["kind"] for row in rows if not together.panel(row)} == {"exact", "curve", "new"}


def test_the_picture_shows_every_claim_and_says_so_in_words(rows):
    png, alt = together.picture(rows)
    assert Image.open(io.BytesIO(png)).width == 1200
    drawn = [row for row in rows if together.panel(row)]
    assert alt.startswith(f"{len(drawn)} claims, published against measured.")
    assert all(row["judged"]["says"] in alt for row in drawn)
    assert together.picture(rows)[0] == png


def test_a_picture_of_data_says_of_which():
    png, _ = together.picture(together.rows(RECORDS, NOTEBOOKS))
    signed = pictures.signed(png, b"data")
    assert pictures.signature(png) is None and len(signed) < len(png)
    assert signed == pictures.signed(png, b"data")
    assert pictures.signature(signed) != pictures.signature(pictures.signed(png, b"date"))


def test_a_long_claim_is_cut_and_keeps_the_number_of_its_lesson():
    assert together.short("a claim  04") == "a claim  04"
    cut = together.short("a claim " * 20 + " 04")
    assert len(cut) <= 76 and cut.endswith("…  04")
