"""Two brand colours, whatever they are, give a letter that can be read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from isa_mail.model.publication import Colours
from isa_mail.render.colours import Shades, mix, palette
from isa_mail.typography.contrast import contrast

_COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_mix_goes_from_one_colour_to_the_other() -> None:
    assert mix("#ff0000", "#0000ff", 1) == "#ff0000"
    assert mix("#ff0000", "#0000ff", 0) == "#0000ff"
    assert mix("#ffffff", "#000000", 0.5) == "#808080"


def test_readable_brand_colour_is_kept_as_it_is() -> None:
    assert palette(Colours("#1f4e79", "#b3261e")).light.link == "#1f4e79"
    assert palette(Colours("#1f4e79", "#b3261e")).light.accent == "#b3261e"


@settings(deadline=None, max_examples=300)
@given(_COLOUR, _COLOUR)
def test_all_text_stands_out_in_light_and_dark(primary: str, accent: str) -> None:
    both = palette(Colours(primary, accent))
    for shades in (both.light, both.dark):
        for ground in (shades.page, shades.paper, shades.soft):
            for text in (shades.ink, shades.muted, shades.link):
                assert contrast(text, ground) >= 7, (text, ground)
        assert contrast(shades.button_text, shades.button) >= 7
        assert contrast(shades.accent, shades.paper) >= 3
        _six_digits(shades)


def _six_digits(shades: Shades) -> None:
    for name in Shades.__dataclass_fields__:
        value = getattr(shades, name)
        assert len(value) == 7 and int(value[1:], 16) >= 0
