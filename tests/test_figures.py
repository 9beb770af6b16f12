"""The figures: drawn by the code, described in words, legible, and shown in a notebook."""

import base64
import io
from functools import cache
from itertools import combinations

import draw_figures
import numpy as np
import pytest
from drawing import FIGURES, OUTSIDE, mnist, training
from drawing.vocabulary import mix, tint
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image
from unrolled import UnrolledError, figures, style
from unrolled.style import COLOURS

DRAWN = sorted(set(FIGURES) - OUTSIDE)
ENTRIES = figures.captions()


@cache
def drawing(name):
    """A figure, drawn once for all tests."""
    return draw_figures.draw(name)


@cache
def drawn(name):
    """A figure's PNG file."""
    return draw_figures.png(drawing(name))


@cache
def words(name):
    """Every text that a figure shows, and the box it takes up, in pixels."""
    drawing(name).canvas.draw()
    hidden = set()
    for axes in drawing(name).axes:
        for axis in axes.xaxis, axes.yaxis:
            low, high = sorted(axis.get_view_interval())
            ticks = axis.get_major_ticks() + axis.get_minor_ticks()
            hidden |= {tick.label1 for tick in ticks if not low <= tick.get_loc() <= high}
    texts = [text for text in drawing(name).findobj(Text) if text.get_text().strip() and text not in hidden]
    return [(text, text.get_window_extent()) for text in texts if text.get_visible()]


def contrast(colour, other):
    """The contrast ratio of two colours as WCAG 2 defines it, from 1 to 21."""
    light = []
    for rgb in (to_rgb(colour), to_rgb(other)):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        light.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(light) + 0.05) / (min(light) + 0.05)


# The files


@pytest.mark.parametrize("name", DRAWN)
def test_committed_picture_is_what_the_code_draws(name):
    assert draw_figures.same((figures.FOLDER / f"{name}.png").read_bytes(), drawn(name))


@pytest.mark.parametrize("name", ["rnn1", "rnn4", "rnn23", "rnn43", "rnn45", "mnist_rnn", "word_lookup"])
def test_drawing_twice_gives_the_same_bytes(name):
    assert draw_figures.png(draw_figures.draw(name)) == drawn(name)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_picture_is_small_and_fine(name):
    data = (figures.FOLDER / f"{name}.png").read_bytes()
    picture = Image.open(io.BytesIO(data))
    assert len(data) < 100_000
    assert picture.width >= 1200
    assert not picture.info.keys() & {"Software", "date", "Creation Time"}


def test_no_picture_is_left_over():
    assert {file.stem for file in figures.FOLDER.glob("*.png")} == set(FIGURES)


def test_gallery_is_current():
    assert (figures.FOLDER / "README.md").read_text(encoding="utf-8") == draw_figures.gallery()


def test_a_changed_picture_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(draw_figures, "FOLDER", tmp_path)
    planted = tmp_path / "rnn36.png"
    assert draw_figures.stale("rnn36")
    planted.write_bytes(drawn("rnn36"))
    assert not draw_figures.stale("rnn36")
    picture = Image.open(io.BytesIO(drawn("rnn36"))).convert("RGB")
    letter = (140, 420, 180, 480)
    assert np.ptp(np.asarray(picture.crop(letter))) > 100, "there is no letter here to take away"
    picture.paste(tint("input"), letter)
    picture.save(planted)
    assert draw_figures.stale("rnn36")
    planted.write_bytes(drawn("rnn1c"))
    assert draw_figures.stale("rnn36")


# The words


def test_each_figure_is_described_and_nothing_else_is():
    assert set(ENTRIES) == set(FIGURES)


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_description_says_something(name):
    entry = ENTRIES[name]
    assert set(entry) == {"topic", "source", "caption", "alt"}
    assert all(value.strip() for value in entry.values())
    assert len(entry["alt"]) > 100
    assert '"' not in entry["alt"], "the gallery puts it between quotation marks"
    assert "\n" not in entry["alt"] + entry["caption"]


@pytest.mark.parametrize("name", DRAWN)
def test_words_are_legible(name):
    for text, _ in words(name):
        assert text.get_size() >= 8, f"{text.get_text()!r} is too small"
        ground = COLOURS["ink"] if to_rgb(text.get_color()) == (1, 1, 1) else "white"
        assert contrast(text.get_color(), ground) >= 4.5, f"{text.get_text()!r} is too pale"


@pytest.mark.parametrize("meaning", sorted(set(COLOURS) - {"ink"}))
def test_ink_is_legible_on_every_fill(meaning):
    assert contrast(COLOURS["ink"], tint(meaning)) >= 7


@pytest.mark.parametrize("name", DRAWN)
def test_words_are_whole_and_apart(name):
    texts, (width, height) = words(name), drawing(name).bbox.size
    for text, box in texts:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height
        assert inside, f"{text.get_text()!r} is cut off"
    for (one, box), (other, ground) in combinations(texts, 2):
        across = min(box.x1, ground.x1) - max(box.x0, ground.x0)
        up = min(box.y1, ground.y1) - max(box.y0, ground.y0)
        assert across <= 1 or up <= 1, f"{one.get_text()!r} lies on {other.get_text()!r}"


def test_mixing_colours():
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert contrast("black", "white") == pytest.approx(21)


# In a notebook


def test_show_stores_picture_caption_and_alt_text(monkeypatch):
    shown = []
    for room in figures, style:
        monkeypatch.setattr(room, "display", lambda data, **options: shown.append((data, options)))
    figures.show("rnn36")
    (picture, options), (caption, _) = shown
    alt, words = ENTRIES["rnn36"]["alt"], ENTRIES["rnn36"]["caption"]
    assert base64.b64decode(picture["image/png"]) == (figures.FOLDER / "rnn36.png").read_bytes()
    assert picture["text/plain"] == alt
    assert options == {"metadata": {"image/png": {"width": 600, "alt": alt}}, "raw": True}
    assert caption == {"text/markdown": words, "text/plain": words}


def test_show_names_the_nearest_figures():
    with pytest.raises(UnrolledError, match="no figure 'lstm_cel'.*lstm_cell"):
        figures.show("lstm_cel")


def test_show_says_which_picture_is_missing(tmp_path, monkeypatch):
    (tmp_path / "captions.toml").write_bytes((figures.FOLDER / "captions.toml").read_bytes())
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    with pytest.raises(UnrolledError, match="rnn36.png is missing"):
        figures.show("rnn36")
    (tmp_path / "captions.toml").unlink()
    with pytest.raises(UnrolledError, match="captions.toml is not there"):
        figures.show("rnn36")


# The command


def test_command_draws_and_checks(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(draw_figures, "FOLDER", tmp_path)
    assert draw_figures.main(["--check", "gru_cell"]) == 1
    assert "gru_cell.png is not what the code makes" in capsys.readouterr().out
    assert not draw_figures.main(["gru_cell"])
    assert draw_figures.main(["--check", "gru_cell"]) == 0


def test_command_explains_an_unknown_name(capsys):
    assert draw_figures.main(["lstm_cel"]) == 2
    assert "lstm_cell" in capsys.readouterr().err


def test_command_explains_a_folder_it_cannot_write(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(draw_figures, "FOLDER", tmp_path / "missing")
    assert draw_figures.main(["gru_cell"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("cannot write") and error.count("\n") == 1


def test_command_keeps_a_picture_it_cannot_draw(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(draw_figures, "FOLDER", tmp_path)
    monkeypatch.setattr(mnist.shutil, "which", lambda program: None)
    assert not draw_figures.main(["mnist_rnn_model"])
    assert "Graphviz" in capsys.readouterr().out
    assert not (tmp_path / "mnist_rnn_model.png").exists()


# What is computed


def test_the_model_that_graphviz_draws_is_the_source_s():
    """The picture itself depends on Graphviz's version and fonts; what it says is the model's."""
    layers = mnist.mnist_model().layers
    assert [layer.name.split("_1")[0].rstrip("_0123456789") for layer in layers] == [
        "simple_rnn",
        "dense",
        "activation",
    ]
    assert [layer.count_params() for layer in layers] == [72_960, 2_570, 0]
    assert [layer.output.shape for layer in layers] == [(None, 256), (None, 10), (None, 10)]


@pytest.mark.parametrize("stages", [3, 40])
@pytest.mark.parametrize("eigenvalue", sorted(training.DASHES))
def test_gradient_grows_with_the_largest_eigenvalue(eigenvalue, stages):
    norms = training.gradient_norms(eigenvalue, stages)
    assert norms[-1] == 1
    assert norms[0] == pytest.approx(eigenvalue ** (stages - 1), rel=0.05)


def test_cliff_gradient_is_the_slope_of_the_loss():
    w, b = training.START
    step = 1e-6
    slope = [
        (training.cliff_loss(w + step, b) - training.cliff_loss(w - step, b)) / (2 * step),
        (training.cliff_loss(w, b + step) - training.cliff_loss(w, b - step)) / (2 * step),
    ]
    assert training.cliff_gradient(w, b) == pytest.approx(slope, rel=1e-4)


def test_clipping_keeps_the_descent_near():
    free, clipped = training.descent(12, clipped=False), training.descent(12, clipped=True)
    assert training.cliff_loss(*free[-1]) > 0.4
    assert training.cliff_loss(*clipped[-1]) < 0.1
    assert max(np.hypot(*np.diff(clipped, axis=0).T)) <= training.RATE * training.LIMIT + 1e-12


def test_a_model_is_shown_as_committed_where_graphviz_is_missing(monkeypatch):
    shown = []
    monkeypatch.setattr(figures.style, "show", lambda png, alt: shown.append(png))
    monkeypatch.setattr(figures.shutil, "which", lambda program: None)
    figures.plot_model(None, "mnist_rnn_model")
    assert shown == [(figures.FOLDER / "mnist_rnn_model.png").read_bytes()]
