"""Identifiers are opaque, and a slip of the pen in one is noticed."""

from museum import addresses


def test_a_single_wrong_character_is_noticed() -> None:
    tried = missed = 0
    for _ in range(40):
        good = addresses.new_id()
        assert addresses.is_id(good)
        for place in range(9):
            for other in addresses.ALPHABET:
                if other != good[place]:
                    tried += 1
                    missed += addresses.is_id(good[:place] + other + good[place + 1 :])
    print(f"{tried} wrong identifiers tried, {missed} missed")
    assert tried > 5000
    assert missed == 0


def test_swapped_neighbors_are_noticed() -> None:
    for _ in range(200):
        good = addresses.new_id()
        for place in range(7):
            swapped = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
            assert swapped == good or not addresses.is_id(swapped)


def test_the_first_language_has_the_bare_address() -> None:
    assert addresses.page("/o/x", language="vi", first_language="vi") == "/o/x"
    assert addresses.page("/search?q=a", language="en", first_language="vi") == "/search?q=a&lang=en"
