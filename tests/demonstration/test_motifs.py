"""The motifs: every panel of the nine urns is drawn, differently; bands meet themselves; characters are there."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from museum.demonstration import glyphs, swelling
from museum.demonstration.motifs import field, relief, urns
from museum.demonstration.motifs.ink import Ink
from museum.errors import Invalid

PANELS = [panel for urn in urns.URNS for panel in urns.panels(urn)]
SUBJECTS = [panel for panel in PANELS if panel.category != "name"]
BANDS = ("key_fret", "lotus_band", "cloud_band", "cham_scroll", "drum_side", "bell_bands")
OTHERS = (
    *("bell_bands", "bell_boss", "drum_face", "drum_side", "dragon_cloud_frame", "lotus_band", "lotus", "ridge_dragon"),
    *("cham_scroll", "apsara", "seated_group", "key_fret", "phoenix", "paired_dragons"),
)


@pytest.fixture(scope="module")
def fields() -> dict[str, np.ndarray]:
    return {name: field.height_field(name, width_px=72, height_px=72) for name in field.names()}


def test_nine_urns_have_eighteen_panels_each_and_no_subject_comes_twice() -> None:
    assert len(PANELS) == 162 and len(SUBJECTS) == 153
    assert len({panel.key for panel in PANELS}) == 162
    for urn in urns.URNS:
        places = [(panel.row, panel.column) for panel in urns.panels(urn)]
        assert places == [(row, column) for row in range(3) for column in range(6)]
        (name,) = [panel for panel in urns.panels(urn) if panel.category == "name"]
        assert name.han == urns.urn(urn).han and name.row == 1
    assert all(panel.name["vi"] and panel.name["en"] and panel.han for panel in PANELS)


def test_only_the_list_of_cao_is_called_read() -> None:
    assert [key for key in urns.URNS if urns.urn(key).certainty == "read"] == ["cao"]
    assert {urns.urn(key).certainty for key in urns.URNS} == {"read", "to be checked"}


def test_every_panel_and_every_ornament_is_drawn(fields: dict[str, np.ndarray]) -> None:
    assert {panel.key for panel in PANELS} | set(OTHERS) <= set(field.names())
    for name, heights in fields.items():
        assert heights.shape == (72, 72) and heights.dtype == np.float32, name
        assert heights.min() >= 0 and heights.max() == pytest.approx(1), name
        assert 0.01 < (heights > 0.1).mean() < 0.95, name


def test_no_two_subjects_share_a_drawing(fields: dict[str, np.ndarray]) -> None:
    small = {panel.key: swelling.blurred(fields[panel.key], 1.5).ravel() for panel in SUBJECTS}
    alike = [
        (a, b)
        for a, b in combinations(small, 2)
        if np.abs(small[a] - small[b]).mean() < 0.2 * min(small[a].mean(), small[b].mean())
    ]
    assert alike == []
    # The measure does see likeness: a drawing shifted by a hair is found.
    tiger = fields["tiger"]
    moved = swelling.blurred(np.roll(tiger, 1, axis=1), 1.5).ravel()
    assert np.abs(moved - small["tiger"]).mean() < 0.2 * small["tiger"].mean()


def test_nothing_is_cut_off_at_the_edge_of_its_sheet(fields: dict[str, np.ndarray]) -> None:
    def at_border(heights: np.ndarray) -> float:
        return float(np.concatenate([heights[0], heights[-1], heights[:, 0], heights[:, -1]]).max())

    whole = [name for name in fields if name not in (*BANDS, "drum_face") and not name.startswith("name_")]
    assert len(whole) > 160
    assert [name for name in whole if at_border(fields[name]) > 0.05] == []
    assert at_border(fields["tiger"][:, 20:]) > 0.05


@pytest.mark.parametrize("name", BANDS)
def test_a_band_meets_itself(name: str) -> None:
    heights = field.height_field(name, width_px=600, height_px=round(600 / field.proportion(name)))
    seam = np.abs(heights[:, 0] - heights[:, -1]).mean()
    inner = np.abs(np.diff(heights, axis=1)).mean(axis=0)
    assert seam < max(0.05, 1.5 * inner.max())


def test_a_motif_keeps_its_proportion_in_any_frame() -> None:
    wide = field.height_field("tiger", width_px=400, height_px=100)
    filled = np.flatnonzero((wide > 0.05).any(axis=0))
    assert filled[0] > 100 and filled[-1] < 300
    assert field.height_field("tiger", width_px=50, height_px=200).shape == (200, 50)


def test_drawing_twice_gives_the_same_heights() -> None:
    first = field.height_field("thien_ton_mountain", width_px=80, height_px=80)
    assert np.array_equal(first, field.height_field("thien_ton_mountain", width_px=80, height_px=80))


def test_an_unknown_motif_is_refused() -> None:
    with pytest.raises(KeyError):
        field.height_field("unicorn", width_px=10, height_px=10)


def test_later_forms_lie_over_earlier_ones_and_lines_are_graved() -> None:
    sheet = Ink(10, 10)
    sheet.fill("M1 1L9 1L9 9L1 9Z", 0.3)
    sheet.fill("M4 4L6 4L6 6L4 6Z", 0.9)
    sheet.cut("M1 2.5L9 2.5", 0.6)
    heights = relief.raised(sheet, width_px=160, height_px=160)
    assert heights[80, 80] > heights[110, 60] > heights[2, 2] == 0
    assert heights[55, 60] < heights[65, 40]


def test_characters_are_raised_and_larger_in_larger_frames() -> None:
    small = glyphs.text_field("高鼎", width_px=60, height_px=120, vertical=True)
    large = glyphs.text_field("高鼎", width_px=120, height_px=240, vertical=True)
    assert small.shape == (120, 60) and small.max() == pytest.approx(1)
    assert (large > 0.5).sum() > 3 * (small > 0.5).sum()
    assert not np.array_equal(small, glyphs.text_field("仁鼎", width_px=60, height_px=120, vertical=True))


def test_columns_run_from_right_to_left() -> None:
    dealt = glyphs.text_field("樣本之寶", width_px=100, height_px=100, vertical=True, columns=2)
    written = glyphs.text_field("樣本\n之寶", width_px=100, height_px=100, vertical=True)
    assert np.array_equal(dealt, written)
    mirrored = glyphs.text_field("之寶\n樣本", width_px=100, height_px=100, vertical=True)
    assert not np.array_equal(dealt, mirrored)


def test_vietnamese_letters_stand_with_their_marks() -> None:
    plain = glyphs.text_field("mau", width_px=120, height_px=60)
    marked = glyphs.text_field("mẫu", width_px=120, height_px=60)
    assert (marked > 0.5)[:20].sum() > (plain > 0.5)[:20].sum()


def test_every_sign_of_the_list_can_be_drawn_and_another_is_refused() -> None:
    listing = Path(glyphs.__file__).with_name("characters.txt").read_text(encoding="utf-8")
    wanted = {sign for line in listing.splitlines() if not line.startswith("#") for sign in line if sign.strip()}
    assert len(wanted) > 400 and wanted <= glyphs.drawable()
    with pytest.raises(Invalid, match="no_glyph"):
        glyphs.text_field("龘", width_px=10, height_px=10)


def test_the_stele_says_first_that_it_is_a_sample() -> None:
    lines = Path(glyphs.__file__).with_name("characters.txt").read_text(encoding="utf-8").splitlines()
    stele = lines[next(i for i, line in enumerate(lines) if line.startswith("# Stele")) + 1 :]
    assert stele[0] == "樣本"
