"""Results drawn: a Vega-Lite specification first, an SVG picture after."""
