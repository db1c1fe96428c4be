"""Contrast as WCAG counts it, and a colour that can be read in place of one that cannot."""

from colorsys import rgb_to_hls

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isa_mail.typography.contrast import LEAST_CONTRAST, channels, contrast, readable_on_white

_COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#0000ff", 2.15),
    ],
)
def test_contrast_is_that_of_wcag_in_both_directions(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("pale", "proposed"),
    [
        ("#7fb2c8", "#417e98"),  # a blue
        ("#ffcc00", "#907300"),  # a yellow
        ("#ff6600", "#c95100"),  # an orange
        ("#8bc34a", "#5a822b"),  # a green
        ("#999999", "#767676"),  # a grey
        ("#ffffff", "#757575"),  # white
    ],
)
def test_a_pale_colour_is_answered_by_a_darker_one_of_its_hue(pale: str, proposed: str) -> None:
    assert readable_on_white(pale) == proposed


@given(_COLOUR)
def test_every_proposal_can_be_read_and_keeps_its_hue(colour: str) -> None:
    proposed = readable_on_white(colour)
    assert contrast(proposed, "#ffffff") >= LEAST_CONTRAST
    before, after = (
        rgb_to_hls(*(channel / 255 for channel in channels(each))) for each in (colour, proposed)
    )
    if after[2] > 0.1:  # a grey has no hue worth the name
        turned = abs(before[0] - after[0])
        assert min(turned, 1 - turned) < 0.03


@given(_COLOUR)
def test_a_colour_that_can_be_read_is_its_own_proposal_and_any_other_is_darkened_no_more_than_needed(
    colour: str,
) -> None:
    proposed = readable_on_white(colour)
    if contrast(colour, "#ffffff") >= LEAST_CONTRAST:
        assert proposed == colour
    else:
        assert contrast(proposed, "#ffffff") < LEAST_CONTRAST + 0.2
