"""The words that every figure is written in: shapes, operators, arrows, axes and labels on a canvas.

A canvas is measured in the pixels of a figure shown 600 px wide, from the lower left corner. A drawing
word that makes a shape returns it, and an arrow is drawn from shape to shape: it starts and ends exactly
on their edges. A meaning (`"input"`, `"hidden"`, `"gate"`, …) is named, never a colour.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import hypot

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from unrolled.show.style import COLOURS

INK = COLOURS["ink"]
KINDS = {"U": "input", "W": "hidden", "V": "output"}
"""The meaning that a weight matrix shares its colour with, by its letter."""

GREY, GROUND = "#5c5c5c", "#f6f6f4"
BIG, NORMAL, SMALL, TINY = 12, 10.5, 9.5, 8.5
"""Text sizes in points; TINY is the least that can be read when the figure is shown 600 px wide."""

FIGURES = {}
"""The drawing function of each figure, by name."""

OUTSIDE = set()
"""The names of the figures that another program draws."""


class CannotDraw(Exception):
    """Why a figure cannot be drawn on this machine."""


def figure(name, outside=False):
    """Register a drawing function under the figure's name; `outside`: another program does the drawing."""

    def register(draw):
        assert name not in FIGURES, f"two functions draw {name}"
        FIGURES[name] = draw
        if outside:
            OUTSIDE.add(name)
        return draw

    return register


def mix(colour, other, share):
    """`colour` with `share` of `other` in it."""
    return to_hex((1 - share) * np.array(to_rgb(colour)) + share * np.array(to_rgb(other)))


PALE = 0.62
"""How much white there is in the colour that fills a shape."""


def tint(meaning, pale=PALE):
    """The pale colour that fills a shape of this meaning; `None` and `"ink"` are white."""
    return "#ffffff" if meaning in (None, "ink") else mix(COLOURS[meaning], "white", pale)


def shade(meaning):
    """The dark colour of this meaning's edges, lines and words."""
    if meaning in (None, "ink"):
        return INK if meaning else GREY
    return mix(COLOURS[meaning], "black", 0.5 if meaning == "state" else 0.42)  # yellow is the palest


@dataclass(frozen=True)
class Shape:
    """Where a drawn shape lies: its centre, its size, and whether it is round."""

    x: float
    y: float
    w: float
    h: float
    round: bool = False

    @property
    def left(self):
        return self.x - self.w / 2, self.y

    @property
    def right(self):
        return self.x + self.w / 2, self.y

    @property
    def top(self):
        return self.x, self.y + self.h / 2

    @property
    def bottom(self):
        return self.x, self.y - self.h / 2

    def at(self, across, up):
        """The point `across` and `up` of the way from the lower left corner."""
        return self.x + (across - 0.5) * self.w, self.y + (up - 0.5) * self.h

    def __contains__(self, point):
        return abs(point[0] - self.x) <= self.w / 2 and abs(point[1] - self.y) <= self.h / 2

    def edge(self, towards):
        """Where an arrow to or from `towards` touches the outline: straight across where it can."""
        dx, dy = towards[0] - self.x, towards[1] - self.y
        if self.round:
            length = hypot(dx, dy) or 1
            return self.x + dx / length * self.w / 2, self.y + dy / length * self.h / 2
        if abs(dx) < self.w / 2:
            return self.x + dx, self.y + np.sign(dy) * self.h / 2
        if abs(dy) < self.h / 2:
            return self.x + np.sign(dx) * self.w / 2, self.y + dy
        scale = min(self.w / 2 / abs(dx), self.h / 2 / abs(dy))
        return self.x + scale * dx, self.y + scale * dy


def centre(stop):
    """The point that a stop on an arrow's way stands for."""
    return (stop.x, stop.y) if isinstance(stop, Shape) else stop


class Canvas:
    """A white sheet to draw on; `figure` is the Matplotlib figure behind it."""

    def __init__(self, width=600, height=300):
        self.figure = Figure(figsize=(width / 100, height / 100))
        FigureCanvasAgg(self.figure)
        self.width, self.height = width, height
        self.sheet = self.figure.add_axes((0, 0, 1, 1))
        self.sheet.set(xlim=(0, width), ylim=(0, height))
        self.sheet.set_axis_off()
        self.frames = []

    def axes(self, x, y, w, h, **options):
        """Matplotlib axes for something computed, with their lower left corner at (x, y)."""
        return self.figure.add_axes(
            (x / self.width, y / self.height, w / self.width, h / self.height), **options
        )

    # Words

    def text(self, x, y, words, size=NORMAL, meaning="ink", ha="center", va="center", **options):
        """Words in the colour of their meaning."""
        options |= {"size": size, "color": shade(meaning), "ha": ha, "va": va, "zorder": 6}
        return self.sheet.text(x, y, words, **options)

    def title(self, x, y, words, mark=""):
        """A panel's title just below y: its mark, (a) or (b), before it, or bold words without one."""
        y -= 4
        self.text(x, y, f"({mark})" if mark else words, BIG, ha="left", weight="bold")
        if mark:
            self.text(x + 30, y, words, BIG, ha="left")

    def word(self, x, y, words, size=NORMAL, meaning="ink", ha="center"):
        """Words that an arrow can start from or lead to: the shape that they take up."""
        box = self.text(x, y, words, size, meaning, ha).get_window_extent()
        return Shape((box.x0 + box.x1) / 2, y, box.width + 4, box.height + 4)

    # Shapes

    def box(
        self, x, y, words="", meaning="hidden", w=54, h=34, size=NORMAL, dashed=False, zorder=3, pale=PALE
    ):
        """A layer, a vector or a function: a box with rounded corners around (x, y)."""
        dash = (0, (4, 2.5)) if dashed else "-"
        self.text(x, y, words, size)
        return self._rounded(
            x, y, w, h, 5, fc=tint(meaning, pale), ec=shade(meaning), lw=1.3, ls=dash, zorder=zorder
        )

    def frame(self, x, y, w, h):
        """A pale area behind shapes that belong together."""
        self.frames.append(
            self._rounded(x, y, w, h, 8, fc=GROUND, ec=mix(GREY, "white", 0.45), lw=1, zorder=1)
        )
        return self.frames[-1]

    def outline(self, x, y, w, h, meaning="ink"):
        """A sharp-cornered frame around a picture or a part of one."""
        return self._rectangle(x, y, w, h, fc="none", ec=shade(meaning), lw=1.3, zorder=4)

    def _rounded(self, x, y, w, h, corner, **look):
        style = f"round,pad=0,rounding_size={corner}"
        self.sheet.add_patch(FancyBboxPatch((x - w / 2, y - h / 2), w, h, boxstyle=style, **look))
        return Shape(x, y, w, h)

    def _rectangle(self, x, y, w, h, **look):
        self.sheet.add_patch(Rectangle((x - w / 2, y - h / 2), w, h, **look))
        return Shape(x, y, w, h)

    def node(self, x, y, words="", meaning="hidden", r=8, size=SMALL):
        """One unit of a layer."""
        self.sheet.add_patch(Circle((x, y), r, fc=tint(meaning), ec=shade(meaning), lw=1.2, zorder=4))
        self.text(x, y, words, size)
        return Shape(x, y, 2 * r, 2 * r, round=True)

    def layer(self, x, y, meaning="hidden", nodes=3, gap=28, r=8):
        """A row of nodes in a box."""
        self.box(x, y, "", meaning, nodes * gap + 4, 2 * r + 12, zorder=2)
        return [self.node(x + (k - (nodes - 1) / 2) * gap, y, "", meaning, r) for k in range(nodes)]

    def cells(self, x, y, values, meaning="input", w=12, h=12, pale=PALE):
        """A vector as a strip of cells; a true value is a dark cell."""
        for k, value in enumerate(values):
            left, fill = x + (k - (len(values) - 1) / 2) * w, shade(meaning) if value else tint(meaning, pale)
            self._rectangle(left, y, w, h, fc=fill, ec=shade(meaning), lw=0.8, zorder=4)
        return Shape(x, y, len(values) * w, h)

    def operator(self, x, y, sign, r=10):
        """A circle that adds (+), multiplies (×) or, with other words, applies what is written in it."""
        self.sheet.add_patch(Circle((x, y), r, fc="white", ec=INK, lw=1.3, zorder=4))
        strokes = {"+": [(0.52, 0), (0, 0.52)], "×": [(0.39, 0.39), (0.39, -0.39)]}.get(sign, [])
        for dx, dy in strokes:
            ends = [x - dx * r, x + dx * r], [y - dy * r, y + dy * r]
            self.sheet.plot(*ends, color=INK, lw=1.5, zorder=5)
        if not strokes:
            self.text(x, y, sign, SMALL)
        return Shape(x, y, 2 * r, 2 * r, round=True)

    def sigma(self, x, y):
        """The squashing function of a gate: it answers a number between 0 and 1."""
        return self.box(x, y, r"$\sigma$", "gate", 30, 22)

    def tanh(self, x, y):
        """The squashing function of a state: it answers a number between −1 and 1."""
        return self.box(x, y, "tanh", "hidden", 38, 22, SMALL)

    def delay(self, x, y):
        """One step of time: what comes out is what went in a step ago."""
        look = {"color": "white", "weight": "bold", "ha": "center", "va": "center", "zorder": 6}
        self.sheet.text(x, y, "delay", size=TINY, **look)
        return self._rectangle(x, y, 42, 20, fc=INK, zorder=4)

    def dot(self, x, y, r=2.6, meaning="ink"):
        """A point where a line parts in two."""
        self.sheet.add_patch(Circle((x, y), r, color=shade(meaning), zorder=4, lw=0))
        return Shape(x, y, 0.01, 0.01, round=True)

    def dots(self, x, y, gap=9, upright=False):
        """And so on."""
        for k in (-1, 0, 1):
            self.dot(x + (0 if upright else k * gap), y + (k * gap if upright else 0), 2, None)

    # Lines

    def line(self, *stops, meaning="ink", lw=1.4, dashed=False, radius=9, zorder=2.5, over=False):
        """A line through the stops, with rounded corners and no head; `over` as for an arrow."""
        self._stroke([centre(stop) for stop in stops], meaning, lw, dashed, radius, zorder, over)

    def arrow(
        self,
        *stops,
        label="",
        side=None,
        meaning="ink",
        lw=1.4,
        dashed=False,
        head=9,
        radius=9,
        size=NORMAL,
        over=False,
    ):
        """An arrow through the stops, from the first one's edge to the last one's.

        The label stands beside its longest stretch, on the side named: above, below, left or right. `over`:
        the arrow passes over the lines that it crosses, which are drawn before it.
        """
        points = [centre(stop) for stop in stops]
        if isinstance(stops[0], Shape):
            points[0] = stops[0].edge(points[1])
        if isinstance(stops[-1], Shape):
            points[-1] = stops[-1].edge(points[-2])
        tip, before = np.array(points[-1], float), np.array(points[-2], float)
        along = (tip - before) / np.hypot(*(tip - before))
        across = np.array([-along[1], along[0]])
        end = tuple(tip - 0.8 * head * along)
        self._stroke(points[:-1] + [end], meaning, lw, dashed, radius, over=over)
        corners = [tip, tip - head * along + 0.42 * head * across, tip - head * along - 0.42 * head * across]
        self.sheet.add_patch(Polygon(corners, fc=shade(meaning), lw=0, zorder=2.7))
        if label:
            self._beside(points, label, side, meaning, size)

    def weights(self, letters, *stops, **options):
        """An arrow that multiplies by a matrix, in the colour of its kind: U on the input, W on the state, V
        on the output. `letters` is the matrix's name as a formula, such as `U^{(1)}`."""
        self.arrow(*stops, label=f"${letters}$", meaning=KINDS[letters[0]], **options)

    def _stroke(self, points, meaning, lw, dashed, radius, zorder=2.5, over=False):
        """The line itself: each corner is cut short by `radius` and bridged by a curve; `over`: with an edge
        on either side that is as pale as the ground."""
        vertices, codes = [points[0]], [Path.MOVETO]
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            vertices += [_short_of(corner, before, radius), corner, _short_of(corner, after, radius)]
            codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
        way = Path([*vertices, points[-1]], [*codes, Path.LINETO])
        dash = (0, (3.5, 2)) if dashed else "-"
        look = {"fc": "none", "zorder": zorder, "capstyle": "butt"}
        if over:
            framed = any(all(point in frame for point in points) for frame in self.frames)
            self.sheet.add_patch(PathPatch(way, ec=GROUND if framed else "white", lw=lw + 4, **look))
        self.sheet.add_patch(PathPatch(way, ec=shade(meaning), lw=lw, ls=dash, **look))

    def _beside(self, points, label, side, meaning, size):
        """Write a label beside the longest stretch of a line."""
        (x0, y0), (x1, y1) = max(pairwise(points), key=lambda ends: np.hypot(*np.subtract(*ends)))
        side = side or ("above" if abs(x1 - x0) > abs(y1 - y0) else "right")
        dx, dy, ha, va = {
            "above": (0, 4, "center", "bottom"),
            "below": (0, -4, "center", "top"),
            "left": (-5, 0, "right", "center"),
            "right": (5, 0, "left", "center"),
        }[side]
        self.text((x0 + x1) / 2 + dx, (y0 + y1) / 2 + dy, label, size, meaning, ha, va)

    def web(self, before, after, meaning="ink", lw=0.9, head=6):
        """Lead an arrow from every node of a layer to every node of the next."""
        for a in before:
            for b in after:
                self.arrow(a, b, meaning=meaning, lw=lw, head=head)

    def time_axis(self, x0, x1, y, words="time"):
        """Which way time runs."""
        self.arrow((x0, y), (x1, y), meaning=None, lw=1.1, head=8)
        self.text(x0 - 6, y, words, SMALL, None, ha="right")


def _short_of(corner, other, radius):
    """The point `radius` before the corner on the way from `other`, or half-way if that is nearer."""
    way = np.subtract(other, corner)
    length = np.hypot(*way)
    return tuple(np.add(corner, way / length * min(radius, length / 2))) if length else corner
