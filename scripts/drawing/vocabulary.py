"""The words that every figure is written in: shapes, operators, arrows, axes and labels on a canvas.

A canvas is measured in the pixels of a figure shown 600 px wide, from the lower left corner. A drawing
word that makes a shape returns it, and an arrow is drawn from shape to shape: it starts and ends exactly
on their edges. A meaning (`"input"`, `"hidden"`, `"gate"`, …) is named, never a colour.
"""

from dataclasses import dataclass
from math import hypot

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from unrolled.style import COLOURS

INK = COLOURS["ink"]
GREY = "#5c5c5c"
BIG, NORMAL, SMALL, TINY = 12, 10.5, 9.5, 8.5
"""Text sizes in points; TINY is the least that can be read when the figure is shown 600 px wide."""

FIGURES = {}
"""The drawing function of each figure, by name."""

OUTSIDE = set()
"""The names of the figures that another program draws."""


class CannotDraw(Exception):
    """Why a figure cannot be drawn on this machine."""


def figure(draw):
    """Register a drawing function: its name is the figure's name."""
    FIGURES[draw.__name__] = draw
    return draw


def mix(colour, other, share):
    """`colour` with `share` of `other` in it."""
    return to_hex((1 - share) * np.array(to_rgb(colour)) + share * np.array(to_rgb(other)))


def tint(meaning):
    """The pale colour that fills a shape of this meaning; `None` and `"ink"` are white."""
    return "#ffffff" if meaning in (None, "ink") else mix(COLOURS[meaning], "white", 0.62)


def shade(meaning):
    """The dark colour of this meaning's edges, lines and words."""
    return {None: GREY, "ink": INK}.get(meaning) or mix(COLOURS[meaning], "black", 0.42)


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

    def edge(self, towards):
        """The point of the outline that an arrow to or from `towards` touches: straight across where it can."""
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
        self.figure = Figure(figsize=(width / 100, height / 100), layout="none")
        FigureCanvasAgg(self.figure)
        self.width, self.height = width, height
        self.sheet = self.figure.add_axes((0, 0, 1, 1))
        self.sheet.set(xlim=(0, width), ylim=(0, height))
        self.sheet.set_axis_off()

    def axes(self, x, y, w, h, **options):
        """Matplotlib axes for something computed, with their lower left corner at (x, y)."""
        return self.figure.add_axes((x / self.width, y / self.height, w / self.width, h / self.height), **options)

    # Words

    def text(self, x, y, words, size=NORMAL, meaning="ink", ha="center", va="center", plate=False, **options):
        """Words in the colour of their meaning, on a white plate where they lie on a line."""
        if plate:
            options["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        return self.sheet.text(x, y, words, size=size, color=shade(meaning), ha=ha, va=va, zorder=6, **options)

    def title(self, x, y, words, mark=""):
        """A panel's title, with its mark, (a) or (b), before it."""
        self.text(x, y, f"({mark})" if mark else words, BIG, ha="left", weight="bold")
        if mark:
            self.text(x + 30, y, words, BIG, ha="left")

    # Shapes

    def box(self, x, y, words="", meaning="hidden", w=54, h=34, size=NORMAL, dashed=False, zorder=3):
        """A layer, a vector or a function: a box with rounded corners around (x, y)."""
        style = "round,pad=0,rounding_size=5"
        self.sheet.add_patch(FancyBboxPatch(
            (x - w / 2, y - h / 2), w, h, boxstyle=style, fc=tint(meaning), ec=shade(meaning),
            lw=1.3, ls=(0, (4, 2.5)) if dashed else "-", zorder=zorder))
        self.text(x, y, words, size)
        return Shape(x, y, w, h)

    def frame(self, x, y, w, h, meaning=None, fill="#f6f6f4"):
        """A pale area behind shapes that belong together."""
        self.sheet.add_patch(FancyBboxPatch((x - w / 2, y - h / 2), w, h, boxstyle="round,pad=0,rounding_size=8",
                                            fc=fill, ec=mix(shade(meaning), "white", 0.45), lw=1, zorder=1))
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

    def cells(self, x, y, values, meaning="input", w=12, h=12, upright=False):
        """A vector as a strip of cells; a true value is a dark cell."""
        n = len(values)
        for k, value in enumerate(values):
            dx, dy = (0, ((n - 1) / 2 - k) * h) if upright else ((k - (n - 1) / 2) * w, 0)
            self.sheet.add_patch(Rectangle((x + dx - w / 2, y + dy - h / 2), w, h, lw=0.8, zorder=4,
                                           fc=shade(meaning) if value else tint(meaning), ec=shade(meaning)))
        return Shape(x, y, w if upright else n * w, n * h if upright else h)

    def operator(self, x, y, sign, r=10, meaning=None):
        """A circle that adds (+), multiplies (×) or, with other words, applies what is written in it."""
        self.sheet.add_patch(Circle((x, y), r, fc="white", ec=INK, lw=1.3, zorder=4))
        arm = 0.52 * r
        strokes = {"+": [(1, 0), (0, 1)], "×": [(0.75, 0.75), (0.75, -0.75)]}.get(sign, [])
        for dx, dy in strokes:
            self.sheet.plot([x - dx * arm, x + dx * arm], [y - dy * arm, y + dy * arm], color=INK, lw=1.5, zorder=5)
        if not strokes:
            self.text(x, y, sign, SMALL)
        return Shape(x, y, 2 * r, 2 * r, round=True)

    def sigma(self, x, y, w=30, h=22):
        """The squashing function of a gate: it answers a number between 0 and 1."""
        return self.box(x, y, r"$\sigma$", "gate", w, h)

    def tanh(self, x, y, w=38, h=22, meaning="hidden"):
        """The squashing function of a state: it answers a number between −1 and 1."""
        return self.box(x, y, "tanh", meaning, w, h, SMALL)

    def delay(self, x, y, side=20):
        """One step of time: what comes out is what went in a step ago."""
        self.sheet.add_patch(Rectangle((x - side / 2, y - side / 2), side, side, fc=INK, ec=INK, zorder=4))
        self.sheet.text(x, y, "1", size=SMALL, color="white", weight="bold", ha="center", va="center_baseline",
                        zorder=6)
        return Shape(x, y, side, side)

    def dot(self, x, y, r=2.6, meaning="ink"):
        """A point where a line parts in two."""
        self.sheet.add_patch(Circle((x, y), r, color=shade(meaning), zorder=4, lw=0))
        return Shape(x, y, 0.01, 0.01, round=True)

    def dots(self, x, y, gap=9, upright=False):
        """And so on."""
        for k in (-1, 0, 1):
            self.dot(x + (0 if upright else k * gap), y + (k * gap if upright else 0), 2, None)

    # Lines

    def line(self, *stops, meaning="ink", lw=1.4, dashed=False, radius=9, zorder=2.5):
        """A line through the stops, with rounded corners and no head."""
        self._stroke([centre(stop) for stop in stops], meaning, lw, dashed, radius, zorder)

    def arrow(self, *stops, label="", side=None, place=0.5, meaning="ink", lw=1.4, dashed=False, head=9, radius=9,
              size=NORMAL, gap=None, zorder=2.5):
        """An arrow through the stops, from the edge of the first to the edge of the last, with a label beside it.

        `side` is where the label stands: above, below, left, right, or `on` the line; `place` is how far along
        the arrow's longest stretch.
        """
        points = [centre(stop) for stop in stops]
        if isinstance(stops[0], Shape):
            points[0] = stops[0].edge(points[1])
        if isinstance(stops[-1], Shape):
            points[-1] = stops[-1].edge(points[-2])
        tip, before = np.array(points[-1], float), np.array(points[-2], float)
        along = (tip - before) / np.hypot(*(tip - before))
        across = np.array([-along[1], along[0]])
        self._stroke(points[:-1] + [tuple(tip - 0.8 * head * along)], meaning, lw, dashed, radius, zorder)
        corners = [tip, tip - head * along + 0.42 * head * across, tip - head * along - 0.42 * head * across]
        self.sheet.add_patch(Polygon(corners, fc=shade(meaning), lw=0, zorder=zorder + 0.2))
        if label:
            self._beside(points, label, side, place, meaning, size, gap)

    def _stroke(self, points, meaning, lw, dashed, radius, zorder):
        """The line itself: each corner is cut short by `radius` and bridged by a curve."""
        vertices, codes = [points[0]], [Path.MOVETO]
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            vertices += [_short_of(corner, before, radius), corner, _short_of(corner, after, radius)]
            codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
        self.sheet.add_patch(PathPatch(Path([*vertices, points[-1]], [*codes, Path.LINETO]), fc="none",
                                       ec=shade(meaning), lw=lw, ls=(0, (3.5, 2)) if dashed else "-",
                                       capstyle="butt", zorder=zorder))

    def _beside(self, points, label, side, place, meaning, size, gap):
        """Write a label beside the longest stretch of a line."""
        start, end = max(zip(points, points[1:], strict=False), key=lambda pair: np.hypot(*np.subtract(*pair)))
        x, y = np.add(np.multiply(start, 1 - place), np.multiply(end, place))
        flat = abs(end[0] - start[0]) > abs(end[1] - start[1])
        side = side or ("above" if flat else "right")
        gap = gap or (5 if side in ("left", "right") else 3.5)
        dx, dy, ha, va = {"above": (0, gap, "center", "bottom"), "below": (0, -gap, "center", "top"),
                          "left": (-gap, 0, "right", "center"), "right": (gap, 0, "left", "center"),
                          "on": (0, 0, "center", "center")}[side]
        self.text(x + dx, y + dy, label, size, meaning, ha, va, plate=side == "on")

    def web(self, before, after, meaning="ink", lw=0.9):
        """Join every node of a layer to every node of the next."""
        for a in before:
            for b in after:
                (ax, ay), (bx, by) = a.edge(centre(b)), b.edge(centre(a))
                self.sheet.plot([ax, bx], [ay, by], color=shade(meaning), lw=lw, zorder=1.5)

    def brace(self, start, end, words="", size=SMALL, meaning=None, gap=6):
        """A straight bracket under (left to right) or left of (bottom to top) what its words describe."""
        (x0, y0), (x1, y1) = start, end
        flat = abs(x1 - x0) > abs(y1 - y0)
        tick = np.array((0, 5) if flat else (5, 0))
        corners = [start + tick, start, end, end + tick]
        self.sheet.plot(*zip(*corners, strict=True), color=shade(meaning), lw=1, zorder=2)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if flat:
            self.text(x, y - gap, words, size, meaning, va="top")
        else:
            self.text(x - gap, y, words, size, meaning, ha="right")

    def time_axis(self, x0, x1, y, words="time"):
        """Which way time runs."""
        self.arrow((x0, y), (x1, y), meaning=None, lw=1.1, head=8)
        self.text(x0 - 6, y, words, SMALL, None, ha="right")


def _short_of(corner, other, radius):
    """The point `radius` before the corner on the way from `other`, or half-way if that is nearer."""
    way = np.subtract(other, corner)
    length = np.hypot(*way)
    return tuple(np.add(corner, way / length * min(radius, length / 2))) if length else corner
