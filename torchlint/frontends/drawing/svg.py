"""A scene as SVG, for a wide and for a narrow page; colours and fonts are those of the page's classes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from torchlint.frontends.drawing.scene import Line, Sign
from torchlint.frontends.formats.wording import HEADS
from torchlint.frontends.markup import add, element

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from torchlint.frontends.drawing.scene import Arrow, Lane, Moment, Scene


@dataclass(frozen=True, slots=True)
class Format:
    """The measures of a drawing, in pixels. ``pills``: the lanes have room for their names above them."""

    name: str
    width: int
    first: int
    pitch: int
    gap: int
    pills: bool


WIDE = Format("wide", 840, 130, 190, 100, True)
NARROW = Format("narrow", 330, 16, 54, 28, False)

_TOP, _PAD, _HEADING, _CODE, _PROSE = 12.0, 14.0, 17.0, 21.0, 18.0
_PILL, _LEGEND = 44.0, 24.0
_SIGN = 22.0
"""How far below the top of its moment a sign stands."""


def draw(scene: Scene, form: Format, title: str) -> Element:
    """The drawing; ``title`` is what it is called where it cannot be seen."""
    return _Drawing(scene, form).svg(title)


class _Word(NamedTuple):
    """``is_glued``: no space stands before it."""

    text: str
    is_code: bool
    is_glued: bool


class _Drawing:
    def __init__(self, scene: Scene, form: Format) -> None:
        self._scene = scene
        self._form = form
        self._xs = [float(form.first + form.pitch * number) for number in range(len(scene.lanes))]
        self._text = self._xs[-1] + form.gap
        self._room = form.width - self._text - 10
        self._captions = [_wrapped(each.message, self._room) for each in scene.moments]
        self._leads = [_HEADING + (_CODE if each.code else 0) for each in scene.moments]
        heights = [
            _PAD * 2 + lead + _PROSE * len(lines) for lead, lines in zip(self._leads, self._captions, strict=True)
        ]
        first = _TOP + (_PILL + 10 if form.pills else _LEGEND * len(scene.lanes) + 8)
        self._tops = [first + sum(heights[:number]) for number in range(len(heights) + 1)]

    def svg(self, title: str) -> Element:
        end, height = self._outcome()
        words = "; ".join(f"{each.where}: {each.message}" for each in self._scene.moments)
        root = element(
            "svg",
            element("title", title),
            element("desc", words),
            class_=f"story {self._form.name}",
            viewBox=f"0 0 {self._form.width} {height:g}",
            width=float(self._form.width),
            height=height,
            role="img",
            aria_label=f"{title}. {words}",
        )
        for number, moment in enumerate(self._scene.moments):
            add(root, *self._ground(number, moment))
        for number in range(len(self._scene.lanes)):
            add(root, *self._lane(number))
        for number, moment in enumerate(self._scene.moments):
            add(root, *self._moment(number, moment))
        return add(root, *end)

    # Lanes.

    def _lane(self, number: int) -> Iterator[Element]:
        """A name, and the line below it, which changes its look at the moments that change its tensor or operation."""
        lane, x = self._scene.lanes[number], self._xs[number]
        top = _TOP + (_PILL if self._form.pills else _LEGEND * number + 14)
        yield from self._pill(lane, x) if self._form.pills else self._legend(lane, x, top)
        state = Line.WHOLE if lane.is_old else Line.NONE
        for index, moment in enumerate(self._scene.moments):
            bottom = self._tops[index] + _SIGN
            yield element("path", d=f"M{x:g} {top:g}V{bottom:g}", class_=f"lane {_kind(lane)} {state.value}")
            state, top = moment.lines[number], bottom
        if self._last_use(number) < len(self._scene.moments) - 1:
            yield element("path", d=f"M{x:g} {top:g}v18", class_=f"lane {_kind(lane)} {state.value} fading")

    def _pill(self, lane: Lane, x: float) -> Iterator[Element]:
        """A name above its lane."""
        room = max(_width(lane.name, _SIZE, is_code=True), _width(lane.what, 11.0, is_code=False), 52.0)
        width = min(self._form.pitch - 16.0, room + 24)
        name, kind = _cut(lane.name, width - 20, _SIZE), _kind(lane)
        yield element("rect", x=x - width / 2, y=_TOP, width=width, height=_PILL, rx=10.0, class_=f"pill {kind}")
        yield _text(name, x, _TOP + 19, f"code middle {kind}", lane.name)
        yield _text(lane.what, x, _TOP + 35, "small middle")

    def _legend(self, lane: Lane, x: float, y: float) -> Iterator[Element]:
        """A name beside all lanes, with a line that leads to its own."""
        name, kind = _cut(lane.name, self._room - 70, _SIZE), _kind(lane)
        yield element("path", d=f"M{x:g} {y:g}H{self._text - 6:g}", class_=f"lead {kind}")
        yield element("circle", cx=x, cy=y, r=3.0, class_=f"dot {kind}")
        yield _text(name, self._text, y + 4, f"code {kind}", lane.name)
        yield _text(lane.what, self._text + _width(name, _SIZE, is_code=True) + 8, y + 4, "small")

    def _last_use(self, number: int) -> int:
        used = [
            index
            for index, moment in enumerate(self._scene.moments)
            if moment.signs[number] or (moment.arrow and number in (moment.arrow.start, moment.arrow.end))
        ]
        return used[-1] if used else -1

    # Moments.

    def _ground(self, number: int, moment: Moment) -> Iterator[Element]:
        """What the fault itself stands on."""
        if moment.is_here:
            top, height = self._tops[number] - 2, self._tops[number + 1] - self._tops[number] - 4
            yield element("rect", x=1.0, y=top, width=self._form.width - 2.0, height=height, rx=10.0, class_="here")

    def _moment(self, number: int, moment: Moment) -> Iterator[Element]:
        y = self._tops[number] + _SIGN
        if moment.rises:
            yield from self._gradient(moment, number)
        if moment.arrow:
            yield from self._arrow(moment.arrow, y)
        for lane, sign in enumerate(moment.signs):
            if sign:
                yield from _sign(sign, self._xs[lane], y, self._scene.lanes[lane])
        if moment.version and self._form.pills:
            yield from self._version(moment, y)
        if moment.is_end and not (moment.arrow and moment.arrow.fails):
            at = next((self._xs[lane] for lane, sign in enumerate(moment.signs) if sign), self._xs[-1])
            yield _cross(at, y + 21)
        yield from self._words(number, moment)

    def _words(self, number: int, moment: Moment) -> Iterator[Element]:
        top = self._tops[number] + _PAD
        role = f"{moment.where} \u00b7 {moment.role.value}"
        heading = _text(role, self._text, top + 6, "small")
        if moment.is_here:
            add(heading, element("tspan", "  \u25c0 here", class_="pointer"))
        yield heading
        if moment.code:
            code = moment.excerpt(lambda text: _cut(text, self._room, _SIZE), "\u2026")
            yield _text(code, self._text, top + _HEADING + 8, "code", moment.code)
        for index, words in enumerate(self._captions[number]):
            yield _sentence(words, self._text, top + self._leads[number] + 7 + _PROSE * index, "prose")

    def _version(self, moment: Moment, y: float) -> Iterator[Element]:
        """The tensor's version counter, to the left of its lane."""
        lane = max(number for number, each in enumerate(self._scene.lanes) if each.is_tensor)
        look = moment.lines[lane].value
        width = _width(moment.version, 11.0, is_code=False) + 24
        right = self._xs[lane] - 14
        yield element("rect", x=right - width, y=y - 10, width=width, height=20.0, rx=10.0, class_=f"badge {look}")
        yield _text(moment.version, right - width / 2, y + 4, f"small middle {look}")

    def _arrow(self, arrow: Arrow, y: float) -> Iterator[Element]:
        way = 1 if arrow.end > arrow.start else -1
        start, end = self._xs[arrow.start] + 9 * way, self._xs[arrow.end] - 11 * way
        look = "fails" if arrow.fails else "works"
        yield element("path", d=f"M{start:g} {y:g}H{end - 5 * way:g}", class_=f"arrow {look}")
        yield element("path", d=f"M{end:g} {y:g}l{-8 * way} -5v10z", class_=f"head {look}")
        if self._form.pills:
            yield _text(arrow.label, (start + end) / 2, y - 11, f"small middle {look}")
        if arrow.fails:
            yield _cross(end - 22 * way if self._form.pills else (start + end - 5 * way) / 2, y)

    def _gradient(self, moment: Moment, number: int) -> Iterator[Element]:
        """The gradient on its way back to the operation."""
        assert moment.rises is not None
        lane, birth = moment.rises
        x, low, high = self._xs[lane], self._tops[number] + _SIGN, self._tops[birth] + _SIGN
        earlier = sum(1 for each in self._scene.moments[:number] if each.rises)
        shift = 22 + 12 * earlier if self._form.pills else 13 + 5 * earlier
        is_gone = moment.lines[lane] is Line.GONE and moment.is_end
        look = "lost" if is_gone else "flows"
        way = f"M{x + 8:g} {low:g}C{x + shift:g} {low:g} {x + shift:g} {low:g} {x + shift:g} {low - 14:g}"
        yield element(
            "path",
            d=f"{way}V{high + 22:g}Q{x + shift:g} {high + 9:g} {x + 15:g} {high + 7:g}",
            class_=f"gradient {look}",
        )
        yield element("path", d=f"M{x + 9:g} {high + 5:g}l9 -2l-3 8z", class_=f"head gradient {look}")
        if self._form.pills and not any(each.rises for each in self._scene.moments[number + 1 :]):
            yield _text("gradient", x + shift + 6, low - 24, f"small {look}")

    def _outcome(self) -> tuple[list[Element], float]:
        """What PyTorch does in the end, and how high the drawing is."""
        effect, top = self._scene.effect, self._tops[-1]
        if not effect.message:
            return [], top + 6
        lines = _wrapped(effect.message, self._room - 24)
        height = 36 + _PROSE * len(lines)
        look = effect.kind.value
        shapes = [
            element(
                "rect",
                x=self._text - 12,
                y=top,
                width=self._room + 20,
                height=height,
                rx=10.0,
                class_=f"outcome {look}",
            ),
            _text(HEADS[effect.kind], self._text, top + 20, f"small strong {look}"),
        ]
        shapes += (
            _sentence(words, self._text, top + 39 + _PROSE * index, "prose") for index, words in enumerate(lines)
        )
        return shapes, top + height + 6


def _kind(lane: Lane) -> str:
    return "tensor" if lane.is_tensor else "operation"


def _sign(sign: Sign, x: float, y: float, lane: Lane) -> Iterator[Element]:
    kind = _kind(lane)
    if sign is Sign.TENSOR:
        yield element("circle", cx=x, cy=y, r=8.0, class_=f"sign {kind}")
    elif sign is Sign.OPERATION:
        yield element("rect", x=x - 9, y=y - 9, width=18.0, height=18.0, rx=4.0, class_=f"sign {kind}")
    elif sign is Sign.CHANGE:
        yield element("path", d=f"M{x:g} {y - 11:g}l11 11l-11 11l-11 -11z", class_="sign change")
    elif sign is Sign.CUT:
        yield element("rect", x=x - 9, y=y - 9, width=18.0, height=18.0, rx=4.0, class_="sign gone")
        yield element("path", d=f"M{x - 14:g} {y + 14:g}L{x + 14:g} {y - 14:g}", class_="slash")
    elif sign is Sign.FREED:
        yield element("rect", x=x - 9, y=y - 9, width=18.0, height=18.0, rx=4.0, class_="sign gone")
    elif sign is Sign.BACKWARD:
        yield element("path", d=f"M{x:g} {y - 11:g}l11 19h-22z", class_="sign backward")
    else:
        yield element("circle", cx=x, cy=y, r=8.0, class_="sign read")


def _cross(x: float, y: float) -> Element:
    return element("path", d=f"M{x - 7:g} {y - 7:g}l14 14m0 -14l-14 14", class_="cross")


# Text. Browsers differ in their fonts: measures are those of a wide one, so that nothing runs over.


def _text(text: str, x: float, y: float, look: str, whole: str = "") -> Element:
    made = element("text", text, x=x, y=y, class_=look)
    return add(made, element("title", whole)) if whole and whole != text else made


def _sentence(words: list[_Word], x: float, y: float, look: str) -> Element:
    made = element("text", x=x, y=y, class_=look)
    for number, word in enumerate(words):
        space = "" if word.is_glued or number == 0 else " "
        add(made, space, element("tspan", word.text, class_="code") if word.is_code else word.text)
    return made


_WORD = re.compile(r"\S+")
_NARROW_LETTERS = frozenset("iljtfr.,:;'|!()[] ")
_SMALL, _LARGE = 0.36, 0.92
_SIZE = 13.0


def _width(text: str, size: float, *, is_code: bool) -> float:
    """How wide a text is at most, in pixels."""
    total = 0.0
    for character in text:
        if unicodedata.east_asian_width(character) in "WF":
            total += 1.05
        elif is_code:
            total += 0.62
        elif character in _NARROW_LETTERS:
            total += _SMALL
        elif character in "mwMW@%" or not character.isascii():
            total += _LARGE
        else:
            total += 0.7 if character.isupper() else 0.58
    return total * size


def _cut(text: str, room: float, size: float) -> str:
    """The beginning of a code that has room, with an ellipsis where there is more."""
    used, ellipsis = 0.0, _width("\u2026", size, is_code=True)
    fits = 0
    for number, character in enumerate(text):
        used += _width(character, size, is_code=True)
        if used > room:
            return text[:fits] + "\u2026"
        if used + ellipsis <= room:
            fits = number + 1
    return text


def _wrapped(text: str, room: float) -> list[list[_Word]]:
    """The words of a message in lines that have room; what stands between backticks is code."""
    lines: list[list[_Word]] = [[]]
    used = 0.0
    for word in _words(text):
        short = word._replace(text=_cut(word.text, room, _SIZE))
        width = _width(short.text, _SIZE, is_code=word.is_code) + (
            0 if word.is_glued else _width(" ", _SIZE, is_code=False)
        )
        if used + width > room and not word.is_glued:
            lines.append([])
            used = 0.0
        lines[-1].append(short)
        used += width
    return lines


def _words(text: str) -> Iterator[_Word]:
    is_spaced = True
    for number, part in enumerate(text.split("`")):
        for match in _WORD.finditer(part):
            yield _Word(match.group(), number % 2 == 1, match.start() == 0 and not is_spaced)
            is_spaced = False
        is_spaced = part[-1:].isspace() or (is_spaced and not part)
