"""What a comma, a point, a space in a number means, by the other numbers of the table: never a silent thousandth."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.number_texts import Marks, NotNumbers, numbers

POINTS, COMMAS, WHOLE = ["401234.5", "7.25"], ["401234,5", "7,25"], ["401234", "7"]


def read(texts, others=(), comma_may_be_decimal=True):
    return numbers(texts, Marks(comma_may_be_decimal, (texts, *others)))


@pytest.mark.parametrize(
    ("texts", "others", "expected"),
    [
        (["1500,5", "2"], [], [1500.5, 2]),
        (["1500.5", "2"], [], [1500.5, 2]),
        (["1,500", "1,506"], [COMMAS], [1.5, 1.506]),
        (["1,500", "950,5"], [WHOLE], [1.5, 950.5]),
        (["1,500", "0,512"], [POINTS], [1.5, 0.512]),
        (["-12,345", "3,120"], [WHOLE], [-12.345, 3.12]),
        (["1.500", "1.506"], [POINTS], [1.5, 1.506]),
        (["1.500", "-12.345"], [WHOLE], [1.5, -12.345]),
        (["1.500", "0.512"], [COMMAS], [1.5, 0.512]),
        (["500000,5", "2.5"], [], [500000.5, 2.5]),
        (["1,500", "1e3"], [COMMAS, POINTS], [1.5, 1000.0]),
        (["−5,5", "+3", " 4e-1 ", ",5"], [], [-5.5, 3, 0.4, 0.5]),
        (["", "NULL", "n/a", "#N/A", "NaN", "TRUE", "false"], [], [np.nan] * 5 + [1, 0]),
    ],
)
def test_decimals_are_read_by_what_the_table_holds(texts, others, expected):
    np.testing.assert_array_equal(read(texts, others), expected)


@pytest.mark.parametrize(
    ("texts", "others", "words"),
    [
        (
            ["950", "1,500"],
            [POINTS],
            "holds '1,500' in row 2, whose comma seems to part thousands beside decimal points. Write",
        ),
        (["1,500", "950.5"], [], "Write 1500, or all decimals with one mark."),
        (["1,500", "950.5"], [COMMAS], "whose comma seems to part thousands beside decimal points"),
        (["1.500", "950"], [COMMAS], "whose point seems to part thousands beside decimal commas. Write 1500"),
        (["1.500", "950,5"], [POINTS], "whose point seems to part thousands beside decimal commas"),
        (["1.500,5"], [], "row 1 holds '1.500,5', with both comma and point, of which one must part thousands"),
        (["1,500.5"], [], "with both comma and point"),
        (["1,234,567"], [], "whose comma seems to part thousands. Write plain numbers."),
        (["1.234.567"], [], "whose points seem to part thousands"),
        (["1 500", "2"], [], "where a space parts thousands"),
        (["1\u202f500,5", "2"], [], "where a space parts thousands"),
        (["1\u00a0500"], [], "where a space parts thousands"),
        (["1'500"], [], "where an apostrophe parts thousands"),
        (["1’500.5"], [], "where an apostrophe parts thousands"),
        (["52°30'12\"N"], [], "which looks like degrees and minutes. Give decimal degrees"),
        (["13.4 W"], [], "which looks like degrees and minutes"),
        (
            ["1", "high", "2", "low"],
            [],
            "is not numeric: row 2 holds 'high' (2 of 4 rows hold no number). Choose a field",
        ),
    ],
)
def test_what_may_be_wrong_by_a_thousand_is_refused_in_words(texts, others, words):
    with pytest.raises(NotNumbers) as refused:
        read(texts, others)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,500", "whose comma seems to part thousands"),
        ("1,500.25", "with both comma and point"),
        ("1,5", "Choose a field of numbers (1.5, not 1,5)."),
    ],
)
def test_where_commas_part_columns_none_is_decimal(text, words):
    with pytest.raises(NotNumbers) as refused:
        read([text, "2.5"], comma_may_be_decimal=False)
    assert words in str(refused.value)
    np.testing.assert_array_equal(read(["1.500", "2.5"], comma_may_be_decimal=False), [1.5, 2.5])
