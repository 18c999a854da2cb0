"""Numbers that are written alike are read as arrays, to the last bit; what is written otherwise is left to others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.decimals import Decimals

FORMS = ("%.18e", "%.6f", "%.0f.", "%.1f", "%.8f", "%.9f", "%.16f", "%.17f", "%.20f", "%.24f", "%.6e", "%.12E", "%.17e")
NUMBERS = st.one_of(
    st.floats(-(2.0**26), 2.0**26, width=64).filter(lambda x: x == 0 or abs(x) > 1e-90),
    st.floats(-(2.0**26), 2.0**26, width=32),
    st.floats(1e-90, 1e-6),
    st.sampled_from([0.0, -0.0, 1.0, 99999999.0, 16777217.0, 0.1, 1e-9, 1.00000005960464477]),
)


def by_words(text: str) -> np.ndarray:
    """The same by Python's float, then rounded to float32 once more, as `numpy.loadtxt` does."""
    with np.errstate(over="ignore"):
        return np.array([[float(word) for word in line.split()] for line in text.split("\n") if line.strip()]).astype(
            np.float32
        )


def same(found: np.ndarray, expected: np.ndarray) -> bool:
    return np.array_equal(found.view(np.uint32), expected.view(np.uint32))


@settings(max_examples=400, deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=40), st.sampled_from(FORMS), st.sampled_from([" ", "\t", "  "]))
def test_every_bit_is_that_of_float(numbers, form, separator):
    text = separator.join(form % number for number in numbers) + "\n"
    found = Decimals().rows(text.encode())
    assert found is not None and same(found, by_words(text))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-1e7, 1e7, width=32).filter(lambda x: not 0 < abs(x) < 1e-3), min_size=1, max_size=40))
def test_the_shortest_form_is_read_whatever_its_length(numbers):
    text = " ".join(repr(number) for number in numbers) + "\n"
    found = Decimals().rows(text.encode())
    assert found is not None and same(found, by_words(text))


def test_halves_between_two_numbers_go_where_float_puts_them():
    low = np.random.default_rng(0).normal(size=200).astype(np.float32)
    middle = (low.astype(float) + np.nextafter(low, np.float32(np.inf)).astype(float)) / 2
    near = np.concatenate([middle, np.nextafter(middle, np.inf), np.nextafter(middle, -np.inf)])
    text = "\n".join(f"{number:.17e}" for number in near) + "\n"
    assert same(Decimals().rows(text.encode()), by_words(text))


def test_the_ends_of_the_range():
    numbers = [
        "1.0e-45",
        "7.0e-46",
        "1.1754943508222875e-38",
        "3.4028235677973366e+38",
        "3.5e+38",
        "-9.9e+99",
        "1.0e-99",
    ]
    for number in numbers:
        text = f"{number}\n"
        assert same(Decimals().rows(text.encode()), by_words(text)), number


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=1), st.sampled_from(["%.6f", "%.18e", "%.3f"]))
def test_one_wrong_byte_is_never_read_as_a_number(place, byte, form):
    rows = np.random.default_rng(0).normal(size=(5, 4)).tolist()
    block = bytearray("\n".join(" ".join(form % x for x in row) for row in rows).encode() + b"\n")
    block[place % len(block)] = byte[0]
    found = Decimals().rows(bytes(block))
    if found is None:
        return
    expected = by_words(bytes(block).decode().replace(",", " "))  # no error: whatever it reads is a number
    assert same(found, expected.reshape(found.shape))


@pytest.mark.parametrize(
    "text",
    ["nan 1.0", "1.0 2.0\n3.0", "1 2", "# 1.0", "+1.0", ".5", "1.0,,2.0", "1.0,", "1.0 1.0e-05", "1_0.0", "1.0e5", "",
     "\n\n", "1.5e-100", "123456789.5", f"0.{'1' * 25}", "1.2.3 4.5.6", "1.0 2..0", "-", "--1.0", "1.0\x00"],
)  # fmt: skip
def test_what_is_written_otherwise_is_left_to_others(text):
    assert Decimals().rows(text.encode()) is None


def test_a_reader_is_used_again_for_blocks_of_any_size():
    reader = Decimals()
    for n in (3, 400, 1, 90):
        text = "".join(f"{x:.4f} {-x:.4f}\n" for x in np.linspace(0, 1, n))
        assert same(reader.rows(text.encode()), by_words(text))
