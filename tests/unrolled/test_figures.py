"""The drawings as a notebook shows them, and what is said about them."""

import base64
import io
from types import SimpleNamespace

import pytest
from PIL import Image, ImageOps
from unrolled import UnrolledError
from unrolled.show import figures, style

ENTRIES = figures.captions()


@pytest.mark.parametrize("name", ENTRIES)
def test_description_says_something(name):
    entry = ENTRIES[name]
    assert all(value.strip() for value in entry.values())
    assert len(entry["alt"]) > 100
    assert '"' not in entry["alt"], "the gallery puts it between quotation marks"
    assert "\n" not in entry["alt"] + entry["caption"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[a]\nlesson = "x"\nsource = "x"\ncaption = "x"', "a has no alt"),
        ('[a]\nsource = "x"\ncaption = "x"\nalt = "x"', "a needs either a lesson or a topic"),
        (
            '[a]\nlesson = "x"\ntopic = "x"\nsource = "x"\ncaption = "x"\nalt = "x"',
            "either a lesson or a topic",
        ),
        ('[a]\nlessen = "x"\nsource = "x"\ncaption = "x"\nalt = "x"', "a has an unknown key: lessen"),
        ('[a]\nlesson = "x"\nsource = "x"\ncaption = ""\nalt = "x"', "a has no caption"),
        (
            '[a]\nlesson = "x"\nsource = "x"\ncaption = "x"\nalt = "short"',
            "a has an alt of 5 characters: say",
        ),
        ("[a]\n[a]", "captions.toml: .*line 2"),
    ],
)
def test_a_mistake_in_the_captions_is_told_in_one_line(text, complaint, tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    (tmp_path / "captions.toml").write_text(text)
    with pytest.raises(UnrolledError, match=complaint) as raised:
        figures.captions()
    assert "\n" not in str(raised.value)


def test_show_stores_picture_caption_and_alt_text(monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "display", lambda data, **options: shown.append((data, options)))
    figures.show("rnn36")
    (picture, options), (caption, _), (folded, _) = shown
    assert [(data, options["metadata"]) for data, options in shown] == figures.bundles("rnn36")
    alt, words = ENTRIES["rnn36"]["alt"], ENTRIES["rnn36"]["caption"]
    assert base64.b64decode(picture["image/png"]) == (figures.FOLDER / "rnn36.png").read_bytes()
    assert picture["text/plain"] == alt
    assert options == {"metadata": {"image/png": {"width": 600, "alt": alt}}, "raw": True}
    assert caption == {"text/markdown": words, "text/plain": words}
    assert folded == style.folded("In words", alt)


@pytest.mark.parametrize("ask", (figures.show, figures.bundles))
def test_show_names_the_nearest_figures(ask):
    with pytest.raises(UnrolledError, match="no figure 'lstm_cel'.*lstm_cell"):
        ask("lstm_cel")


def test_show_says_which_picture_is_missing(tmp_path, monkeypatch):
    (tmp_path / "captions.toml").write_bytes((figures.FOLDER / "captions.toml").read_bytes())
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    with pytest.raises(UnrolledError, match="rnn36.png is missing: run scripts/draw_figures rnn36"):
        figures.show("rnn36")
    (tmp_path / "captions.toml").unlink()
    with pytest.raises(UnrolledError, match="captions.toml is not there"):
        figures.show("rnn36")


def test_a_model_is_shown_as_committed_where_graphviz_is_missing(monkeypatch):
    shown = []
    monkeypatch.setattr(figures, "display", lambda data, **options: shown.append(data))
    monkeypatch.setattr(figures.shutil, "which", lambda program: None)
    figures.plot_model(None, "mnist_rnn_model")
    picture, caption, _ = shown
    assert base64.b64decode(picture["image/png"]) == (figures.FOLDER / "mnist_rnn_model.png").read_bytes()
    assert caption["text/markdown"] == ENTRIES["mnist_rnn_model"]["caption"]


@pytest.mark.parametrize("size", [(300, 90), (2000, 90)])
def test_a_model_that_keras_draws_gets_a_margin(size, monkeypatch):
    drawn = io.BytesIO()
    Image.new("RGB", size, "black").save(drawn, "PNG")
    dot = SimpleNamespace(create_png=drawn.getvalue)
    monkeypatch.setattr("keras.utils.model_to_dot", lambda model, **options: dot)
    black = ImageOps.invert(figures.model_picture(None)).getbbox()
    sheet = figures.model_picture(None).size
    assert sheet[0] >= 2 * style.WIDTH
    assert (black[2] - black[0], black[3] - black[1]) == size
    sides = black[0], black[1], sheet[0] - black[2], sheet[1] - black[3]
    assert min(sides) == figures.MARGIN and sides[0] == sides[2]
