"""The figures: drawn by the code as they are committed, legible, all of them described; and the command."""

import io
import sys
from functools import cache
from itertools import combinations

import miniature
import numpy as np
import pytest
from drawing import FIGURES, OUTSIDE, digits, pictures
from drawing.vocabulary import GROUND, Canvas, figure, mix, shade, tint
from environment import ROOT
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text
from PIL import Image
from unrolled import UnrolledError
from unrolled.show.style import COLOURS

DRAWN = sorted(set(FIGURES) - OUTSIDE)


@cache
def drawing(name):
    """A figure, drawn once for all tests."""
    return pictures.draw(name)


@cache
def drawn(name):
    """A figure's PNG file."""
    return pictures.png(drawing(name))


def committed(name):
    """The bytes of a figure's file in DL_images/."""
    path = pictures.FOLDER / f"{name}.png"
    assert path.is_file(), f"DL_images/{name}.png is missing: run scripts/draw_figures {name}"
    return path.read_bytes()


@cache
def words(name):
    """Every text that a figure shows, and the box it takes up, in pixels."""
    drawing(name).draw_without_rendering()
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
    assert pictures.same(committed(name), drawn(name)), f"run scripts/draw_figures {name}"


@pytest.mark.parametrize("name", ["rnn43", "mnist_rnn"])
def test_drawing_twice_gives_the_same_bytes(name):
    assert pictures.png(pictures.draw(name)) == drawn(name)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_picture_is_small_and_fine(name):
    data = committed(name)
    picture = Image.open(io.BytesIO(data))
    assert len(data) < 100_000
    assert picture.width >= 1200
    assert not picture.info.keys() & {"Software", "date", "Creation Time"}


def test_no_picture_is_left_over():
    left = {file.stem for file in pictures.FOLDER.glob("*.png")} - set(FIGURES)
    assert not left, f"no function draws {', '.join(sorted(left))}: write it, or take the picture away"


def test_gallery_is_current():
    current = (pictures.FOLDER / "README.md").read_text(encoding="utf-8") == pictures.gallery()
    assert current, "run scripts/draw_figures"


def test_every_topic_is_drawn():
    for path in (ROOT / "scripts" / "drawing").glob("[!_]*.py"):
        assert f"drawing.{path.stem}" in sys.modules, f"drawing/__init__.py does not import {path.stem}"


def test_a_changed_picture_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "FOLDER", tmp_path)
    monkeypatch.setattr(pictures, "draw", drawing)
    planted = tmp_path / "rnn36.png"
    assert not pictures.is_current("rnn36")
    planted.write_bytes(drawn("rnn36"))
    assert pictures.is_current("rnn36")
    picture = Image.open(io.BytesIO(drawn("rnn36"))).convert("RGB")
    picture.save(planted)
    assert planted.read_bytes() != drawn("rnn36") and pictures.is_current("rnn36")
    letter = (140, 420, 180, 480)
    assert np.ptp(np.asarray(picture.crop(letter))) > 100, "there is no letter here to take away"
    picture.paste(tint("input"), letter)
    picture.save(planted)
    assert not pictures.is_current("rnn36")
    planted.write_bytes(drawn("rnn1c"))
    assert not pictures.is_current("rnn36")


# The words


def test_a_figure_without_an_entry_is_named(monkeypatch):
    monkeypatch.setitem(FIGURES, "planted", None)
    with pytest.raises(UnrolledError, match="no entry for planted$"):
        pictures.gallery()


def test_an_entry_without_a_figure_is_named(monkeypatch):
    monkeypatch.delitem(FIGURES, "rnn36")
    with pytest.raises(UnrolledError, match="no function draws rnn36$"):
        pictures.gallery()


def test_a_name_is_given_once():
    with pytest.raises(AssertionError, match="two functions draw rnn36"):
        figure("rnn36")(None)


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


@pytest.mark.parametrize(("letters", "meaning"), [("U", "input"), ("W^{(1)}", "hidden"), ("V", "output")])
def test_weights_have_the_colour_of_their_kind(letters, meaning):
    c = Canvas()
    c.weights(letters, (10, 10), (90, 10))
    line, head = c.sheet.patches
    assert to_hex(line.get_edgecolor()) == to_hex(head.get_facecolor()) == shade(meaning)
    assert [text.get_text() for text in c.sheet.texts] == [f"${letters}$"]


@pytest.mark.parametrize(("x", "ground"), [(100, GROUND), (250, "#ffffff"), (400, "#ffffff")])
def test_a_line_that_passes_over_others_has_the_ground_beside_it(x, ground):
    c = Canvas()
    c.frame(100, 100, 300, 100)
    c.line((x - 40, 100), (x + 40, 100), over=True)
    beside, line = c.sheet.patches[-2:]
    assert to_hex(beside.get_edgecolor()) == ground
    assert beside.get_linewidth() > line.get_linewidth()


def test_a_word_is_as_large_as_it_is_drawn():
    short, long = Canvas().word(300, 50, "I"), Canvas().word(300, 50, "recurrent", ha="right")
    assert 0 < short.w < long.w and short.x == pytest.approx(300)
    assert long.right[0] == pytest.approx(302)


# The command


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder in the place of DL_images/."""
    monkeypatch.setattr(pictures, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def command(monkeypatch):
    """The `main` of scripts/draw_figures."""
    module = miniature.script("draw_figures")
    monkeypatch.setattr(module, "ensure", lambda: None)
    return module.main


def told(command, arguments, capsys):
    """What a command says in one line as it ends with exit status 2."""
    with pytest.raises(SystemExit, match="2"):
        command(arguments)
    out, error = capsys.readouterr()
    assert out == "" and error.count("\n") == 1
    return error


def test_command_draws_and_checks(command, folder, capsys):
    assert command(["--check", "gru_cell"]) == 1
    assert "gru_cell.png is not what the code makes" in capsys.readouterr().err
    assert not command(["gru_cell"])
    assert capsys.readouterr().out == "1 figure and the gallery are in DL_images/\n"
    assert not command(["--check", "gru_cell"])
    assert capsys.readouterr() == ("", "")


def test_command_explains_an_argument_it_does_not_know(command, capsys):
    assert "nearest are: lstm_cell" in told(command, ["lstm_cel"], capsys)
    assert "unrecognized arguments: --fast" in told(command, ["--fast"], capsys)


def test_command_explains_a_mistake_in_the_captions(command, folder, capsys, monkeypatch):
    monkeypatch.setitem(FIGURES, "planted", None)
    assert "no entry for planted" in told(command, [], capsys)


def test_command_tells_of_a_caption_without_a_drawing(command, capsys, monkeypatch):
    monkeypatch.delitem(FIGURES, "gru_cell")
    assert told(command, ["gru_cell"], capsys).startswith("no function draws gru_cell: write it in a module")


def test_command_explains_a_folder_it_cannot_write(command, folder, capsys):
    folder.rmdir()
    assert told(command, ["gru_cell"], capsys).startswith("cannot write")


def test_command_keeps_a_picture_it_cannot_draw(command, folder, capsys, monkeypatch):
    monkeypatch.setattr(pictures.figures, "can_plot", lambda: False)
    assert not command(["mnist_rnn_model"])
    assert "Graphviz" in capsys.readouterr().out
    assert not (folder / "mnist_rnn_model.png").exists()


def test_the_model_that_graphviz_draws_is_the_source_s():
    """The picture itself depends on Graphviz's version and fonts; what it says is the model's."""
    layers = digits.mnist_model().layers
    assert [type(layer).__name__ for layer in layers] == ["SimpleRNN", "Dense", "Activation"]
    assert [layer.count_params() for layer in layers] == [72_960, 2_570, 0]
    assert [layer.output.shape for layer in layers] == [(None, 256), (None, 10), (None, 10)]
