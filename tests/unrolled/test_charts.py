"""Charts: one colour a model, shares in percent, the message in words; they look like the project's."""

import base64
import io
from itertools import combinations

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from PIL import Image
from unrolled import UnrolledError
from unrolled.show import charts, style

HISTORY = {"acc": [0.6, 0.9], "loss": [0.7, 0.3], "val_acc": [0.58, 0.71], "val_loss": [0.69, 0.75]}
PUBLISHED = {
    "acc": [0.7, 0.8, 0.9],
    "loss": [0.6, 0.4, 0.3],
    "val_acc": [0.72, 0.87, 0.85],
    "val_loss": [0.6, 0.4, 0.5],
}


@pytest.fixture
def shown(monkeypatch):
    """What was shown: a list of (PNG bytes, alt text)."""
    pictures = []
    monkeypatch.setattr(style, "show", lambda png, alt: pictures.append((png, alt)))
    return pictures


@pytest.fixture
def drawn(shown, monkeypatch):
    """A function that calls a chart and gives its figure, before that is closed."""
    monkeypatch.setattr(plt, "close", lambda figure: figures.append(figure))
    figures = []

    def draw(chart, *arguments, **options):
        chart(*arguments, **options)
        return figures[-1]

    yield draw
    monkeypatch.undo()
    plt.close("all")


def colours(axis):
    """The colours of an axis's curves, from the first drawn."""
    return [to_hex(line.get_color()).upper() for line in axis.lines]


def ticks(axis, which="y"):
    """What stands at the ticks within the limits of an axis."""
    axis.figure.draw_without_rendering()
    low, high = sorted(getattr(axis, f"get_{which}lim")())
    found = getattr(axis, f"{which}axis").get_major_ticks()
    return [tick.label1.get_text() for tick in found if low <= tick.get_loc() <= high]


def legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


# Colours


def test_a_label_has_the_colour_of_the_model_it_begins_with():
    for name, colour in style.MODELS.items():
        assert style.colour(name) == style.colour(f"{name}: 7 of them") == colour
    assert style.colour("LSTM, 12 units") != style.colour("SimpleRNN, 12 units")
    assert style.colour("source, without dropout") == style.colour("chance") == style.GREY


def test_the_longest_name_counts(monkeypatch):
    monkeypatch.setitem(style.MODELS, "LSTM, reversed", style.INK)
    assert style.colour("LSTM, reversed, 12 units") == style.INK != style.colour("LSTM, 12 units")


def test_a_label_without_a_colour_is_named_in_one_line(complaint):
    told = complaint(style.colour, "lstm")
    assert told.startswith("no colour is set for 'lstm'") and told.endswith("to MODELS in show/style.py")
    assert all(name in told for name in style.MODELS)


def test_seeds_are_tints_of_their_model_from_dark_to_pale():
    shades = style.tints(style.BLUE, 5)
    assert shades[0].upper() == style.BLUE and len(set(shades)) == 5
    light = [lightness(shade) for shade in shades]
    assert light == sorted(light) and light[-1] < 0.9
    assert style.tints(style.BLUE, 1) == shades[:1]


def lightness(colour):
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_colours_of_two_meanings_stay_apart_in_grey():
    assert len(set(style.COLOURS.values())) == len(style.COLOURS)
    models = set(style.MODELS.values()) - {style.INK}
    assert all(lightness(style.INK) < lightness(colour) - 0.1 for colour in models)
    for one, other in combinations(["SimpleRNN", "LSTM", "GRU", "four levels", "both directions"], 2):
        assert style.colour(one) != style.colour(other)


# Learning curves


def test_learning_curves_are_described(shown):
    charts.learning_curves("four levels", HISTORY, "IMDB, full", PUBLISHED)
    [(png, alt)] = shown
    assert Image.open(io.BytesIO(png)).width == 1200
    assert alt == (
        "Four levels: validation accuracy is best in epoch 2 with 71.0% and ends at 71.0% after 2 epochs; "
        "validation loss is lowest in epoch 1 with 0.69 and ends at 0.75; training accuracy ends at 90.0%. "
        "Source: validation accuracy is best in epoch 2 with 87.0% and ends at 85.0% after 3 epochs; "
        "validation loss is lowest in epoch 2 with 0.40 and ends at 0.50; training accuracy ends at 90.0%. "
        "Data: IMDB, full."
    )


def test_learning_curves_lie_over_the_source_s_and_ring_the_best(drawn):
    figure = drawn(charts.learning_curves, "LSTM", HISTORY, "IMDB, full", PUBLISHED)
    accuracy, loss = figure.axes
    for axis, mine, theirs in ((accuracy, (2, 0.71), (2, 0.87)), (loss, (1, 0.69), (2, 0.4))):
        assert colours(axis) == [style.GREY] * 3 + [style.MODELS["LSTM"]] * 3
        assert axis.lines[0].get_linewidth() < axis.lines[3].get_linewidth(), "they are alike in grey"
        rings = [line.get_xydata()[0] for line in axis.lines if line.get_marker() == "o"]
        assert np.allclose(rings, [theirs, mine])
    assert legend(figure) == ["LSTM, validation", "LSTM, training", "source, validation", "source, training"]
    assert figure.get_suptitle() == "IMDB, full"
    assert "80 %" in ticks(accuracy) and "%" not in "".join(ticks(loss))
    assert ticks(accuracy, "x") == ["1", "2", "3"]
    alone = drawn(charts.learning_curves, "LSTM", HISTORY, "IMDB, full")
    assert colours(alone.axes[0]) == [style.MODELS["LSTM"]] * 3


# Pictures and answers as a cell's output


def test_a_picture_takes_its_words_along():
    """Where a screen reader reads them, and where nothing else is shown."""
    data, metadata = style.bundle(b"a picture", 'best at "2" < 3')
    picture, words = base64.b64encode(b"a picture").decode(), "best at &quot;2&quot; &lt; 3"
    assert data["image/png"] == picture and data["text/plain"] == 'best at "2" < 3'
    assert f'width="{style.WIDTH}"' in data["text/html"] and f'alt="{words}"' in data["text/html"]
    assert f"base64,{picture}" in data["text/html"]
    assert metadata == {"image/png": {"width": style.WIDTH, "alt": 'best at "2" < 3'}}


def test_words_and_answers_are_folded(monkeypatch):
    shown = []
    monkeypatch.setattr(style, "display", lambda data, **options: shown.append(data))
    style.show(b"a picture", "It is < 5.")
    (picture, words), shown[:] = shown, []
    assert picture == style.bundle(b"a picture", "It is < 5.")[0]
    assert words["text/html"] == "<details><summary>In words</summary><p>It is &lt; 5.</p></details>"
    style.answer("It is < 5.\nSo it is.")
    assert shown == [
        {
            "text/html": "<details><summary>Answer</summary><p>It is &lt; 5.</p><p>So it is.</p></details>",
            "text/plain": "It is < 5.\nSo it is.",
        }
    ]


# Several trainings


def test_curves_are_drawn_and_differ_with_what_they_show(shown):
    charts.over_epochs({"LSTM": [0.1, 0.2], "source": [0.3, 0.1]}, "IMDB, full")
    charts.over_epochs({"LSTM": [0.2, 0.1], "source": [0.3, 0.1]}, "IMDB, full")
    first, second = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png, _ in shown)
    assert first.shape == second.shape and (first != second).any()
    for colour in (style.GREY, style.MODELS["LSTM"]):
        shade = tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert (first == shade).all(axis=-1).sum() > 100


def test_seeds_share_a_label_and_their_model_s_colour(drawn, shown):
    seeds = {0: [0.5, 0.8], 3: [0.7, 0.6], 4: [0.5, 0.75]}
    figure = drawn(charts.over_epochs, {"GRU": seeds, "LSTM": [0.5, 0.9, 0.8]}, "IMDB, full")
    gru = [tint.upper() for tint in style.tints(style.MODELS["GRU"], 3)]
    assert colours(figure.axes[0]) == [*gru, style.MODELS["LSTM"]]
    assert legend(figure) == ["GRU, 3 seeds", "LSTM"]
    assert shown[-1][1] == (
        "Validation accuracy over the epochs: "
        "GRU is best, over 3 seeds, with 70.0% to 80.0% in epochs 1 to 2; "
        "LSTM is best in epoch 2 with 90.0% and ends at 80.0%. Data: IMDB, full."
    )


def test_an_error_is_best_where_it_is_lowest(drawn, shown):
    figure = drawn(charts.over_epochs, {"GRU": [0.2, 0.011, 0.02]}, "MNIST", title="Test error", log=True)
    (axis,) = figure.axes
    assert axis.get_yscale() == "log" and axis.get_title(loc="left") == "Test error"
    assert ticks(axis) == ["1 %", "2 %", "3 %", "5 %", "10 %", "20 %"]
    assert shown[-1][1].startswith("Test error over the epochs: GRU is best in epoch 2 with 1.1% and ends at")


def test_chance_is_a_dashed_line(drawn, shown):
    figure = drawn(charts.over_epochs, {"GRU": [0.5, 0.8]}, "IMDB, full", chance=0.5, ylim=(0.4, 1))
    line = figure.axes[0].lines[-1]
    assert (line.get_linestyle(), to_hex(line.get_color()).upper()) == ("--", style.GREY)
    assert list(line.get_ydata()) == [0.5, 0.5] and legend(figure) == ["GRU", "chance"]
    assert figure.axes[0].get_ylim() == (0.4, 1)
    assert "ends at 80.0%; chance is 50%. Data" in shown[-1][1]
    assert ticks(figure.axes[0]) == ["40 %", "50 %", "60 %", "70 %", "80 %", "90 %", "100 %"]


@pytest.mark.parametrize(
    ("number", "scale", "labels"),
    [
        (1, "linear", ["1"]),
        (3, "linear", ["1", "2", "3"]),
        (charts.LONG - 1, "linear", None),
        (charts.LONG, "log", ["1", "2", "3", "5", "10", "20"]),
        (100, "log", ["1", "2", "3", "5", "10", "20", "50", "100"]),
    ],
)
def test_many_epochs_stand_on_a_logarithmic_axis(drawn, number, scale, labels):
    values = np.linspace(0.5, 0.9, number).tolist()
    (axis,) = drawn(charts.over_epochs, {"GRU": values, "LSTM": [0.5]}, "IMDB, full").axes
    assert axis.get_xscale() == scale and axis.get_xlabel() == "epoch"
    assert all(label.isdigit() for label in ticks(axis, "x"))
    assert labels in (None, ticks(axis, "x"))


def test_signs_in_words_are_minus_signs_and_none_stands_before_zero(shown):
    charts.show(charts.figure()[0], "From -0.0 to -12.5 points, 0-3 to -0.04; GRU-like.")
    assert shown[-1][1] == "From 0.0 to \u221212.5 points, 0-3 to \u22120.04; GRU-like."


def test_a_legend_of_long_labels_is_whole(drawn):
    labels = [f"{name}, a setting of its own" for name in ("SimpleRNN", "LSTM", "GRU", "dense", "backward")]
    figure = drawn(charts.over_epochs, {label: [0.5, 0.6] for label in labels}, "IMDB, full", chance=0.5)
    assert legend(figure) == [*labels, "chance"]
    box = figure.legends[0].get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.width


def test_there_are_more_curves_than_markers(drawn):
    series = {f"LSTM, {number} units": [0.5] for number in range(len(charts.MARKS) + 1)}
    assert len(drawn(charts.over_epochs, series, "IMDB, full").axes[0].lines) == len(series)


@pytest.mark.parametrize("label", ("ours", "lstm", "Source"))
def test_no_chart_takes_a_label_without_a_colour(shown, label):
    for chart in (charts.over_epochs, lambda series, data: charts.learning_curves(label, HISTORY, data)):
        with pytest.raises(UnrolledError, match=f"no colour is set for '{label}'"):
            chart({label: [0.5]}, "IMDB, full")
    assert shown == []
    plt.close("all")
