"""The two themes, and the tokens that every stylesheet and widget may use. Colour means something, or is not there."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="scribe-dark",
    primary="#7cafc2",
    secondary="#7cafc2",
    accent="#7cafc2",
    warning="#e0a33e",
    error="#f0625d",
    success="#8fbf6f",
    foreground="#d8dee4",
    background="#111519",
    surface="#111519",
    panel="#1b2127",
    dark=True,
)
LIGHT = Theme(
    name="scribe-light",
    primary="#0b5a7a",
    secondary="#0b5a7a",
    accent="#0b5a7a",
    warning="#8a5a00",
    error="#b3261e",
    success="#33691e",
    foreground="#1d2327",
    background="#fbfaf7",
    surface="#fbfaf7",
    panel="#eceae4",
    dark=False,
)

_TOKENS = {
    True: {
        "past": "#8a949e",
        "rule": "#39424b",
        "picked": "#24303a",
        "kind-hypothesis": "#c9a0dc",
        "kind-decision": "#e6c07b",
        "kind-action": "#8fbf6f",
        "kind-update": "#7cafc2",
    },
    False: {
        "past": "#5d666e",
        "rule": "#c4c0b6",
        "picked": "#dfe8ec",
        "kind-hypothesis": "#6a3d85",
        "kind-decision": "#7a5200",
        "kind-action": "#33691e",
        "kind-update": "#0b5a7a",
    },
}


def tokens(*, dark: bool) -> dict[str, str]:
    """The project's own variables: ``past`` is what no longer needs the eye, ``rule`` a thin line, ``kind-…`` signs."""
    return _TOKENS[dark]
