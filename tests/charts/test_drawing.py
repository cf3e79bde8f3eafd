"""Specifications drawn as SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from leadline.charts.drawing import DARK, LIGHT, THEMED, to_svg

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"a": "x", "b": 1}, {"a": "y", "b": 2}]},
    "mark": "bar",
    "encoding": {
        "x": {"field": "b", "type": "quantitative"},
        "y": {"field": "a", "type": "nominal"},
    },
}


def test_a_picture_is_one_svg_without_scripts():
    svg = to_svg(SPEC)
    assert ET.fromstring(svg).tag.endswith("svg")
    assert "<script" not in svg


def test_light_and_dark_pages_have_their_own_colours():
    light, dark = to_svg(SPEC, palette=LIGHT), to_svg(SPEC, palette=DARK)
    assert LIGHT.first in light
    assert DARK.first in dark
    assert LIGHT.ink not in dark


def test_a_page_may_say_the_colours_itself():
    svg = to_svg(SPEC, palette=THEMED)
    assert 'fill="var(--first)"' in svg
    assert "#" not in svg.replace("url(#", "")
