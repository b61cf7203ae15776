"""Whatever accent a site chooses, text on it and of it can be read."""

from hypothesis import given
from hypothesis import strategies as st

from config.colours import PAPER, TEXT_CONTRAST, contrast, safe_accents

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_the_guidelines():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@given(COLOURS)
def test_every_accent_reads_on_paper_and_carries_text(accent):
    for mode, safe in safe_accents(accent).items():
        assert contrast(safe.colour, PAPER[mode]) >= TEXT_CONTRAST
        assert contrast(safe.ink, safe.colour) >= TEXT_CONTRAST


def test_an_accent_that_reads_already_is_left_alone():
    assert safe_accents("#1f4d4a")["light"].colour == "#1f4d4a"
