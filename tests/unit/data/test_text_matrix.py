"""Text matrices read as `numpy.loadtxt` reads them, however they were written; errors by line and column."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.data import text_matrix
from core.data.text_matrix import read_rows, text_shape
from core.errors import InputError

PATH = Path("features/a.txt")
FINITE = st.floats(-(2.0**99), 2.0**99, width=32)
MATRICES = arrays.arrays(np.float32, arrays.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=FINITE)
FORMS = ("%.18e", "%.6f", "%g", "%+.9e", "%d.", "%.9G")
SEPARATORS = (" ", "  ", "\t", ",", ", ", " \t ")


def read(text: str | bytes) -> np.ndarray:
    source = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    return np.concatenate([rows for rows, _ in read_rows(source, PATH)])


def refused(text: str | bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(text)
    return str(caught.value)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    MATRICES,
    st.sampled_from(FORMS),
    st.sampled_from(SEPARATORS),
    st.sampled_from(["\n", "\r\n", " \n", "\n\n", "\n# no row\n"]),
    st.booleans(),
    st.sampled_from([48, 200, 1 << 16]),
)
def test_reads_what_loadtxt_reads(monkeypatch, values, form, separator, end, final, block):
    monkeypatch.setattr(text_matrix, "BLOCK", block)
    text = end.join(separator.join(form % x for x in row) for row in values.tolist()) + (end if final else "")
    expected = np.loadtxt(io.StringIO(text.replace(",", " ")), dtype=np.float32, ndmin=2)
    np.testing.assert_array_equal(read(text), expected.reshape(values.shape))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("\ufeff1 2\n3 4\n", [[1, 2], [3, 4]]),
        ("# made by x\n1,2\n3,4", [[1, 2], [3, 4]]),
        ("1,2,\n3,4,\n", [[1, 2], [3, 4]]),
        (" 1 2 \n\n\n 3 4", [[1, 2], [3, 4]]),
        ("7\n8\n", [[7], [8]]),
        ("nan inf\n-Inf .5\n", [[np.nan, np.inf], [-np.inf, 0.5]]),
        ("1e300 -1e300\n", [[np.inf, -np.inf]]),
    ],
)
def test_odd_but_valid_text(text, rows):
    np.testing.assert_array_equal(read(text), np.array(rows, np.float32))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 2\n3 4\n5\n", "line 3: 1 numbers; the lines above have 2."),
        ("1 2\n3 4 5\n", "line 2: 3 numbers; the lines above have 2."),
        ("1 2\n3 x\n", 'line 2, column 2: "x"; wanted a number.'),
        ("# head\n\n1 2\n3 1_000\n", 'line 4, column 2: "1_000"; wanted a number.'),
        ("1,2\n3,\n", "line 2: 1 numbers"),
        ("1,,2\n", 'line 1, column 2: ""; wanted a number.'),
        (",", 'line 1, column 1: ""; wanted a number.'),
        ("5\n , \n", 'line 2, column 1: ""; wanted a number.'),
        ("1 2\n3 true\n", '"true"; wanted a number.'),
        ('1 2\n3 "4"\n', "wanted a number."),
        ("1 2\n3 4],[5 6\n", "wanted a number."),
        ("1 2\n[3 4]\n", "wanted a number."),
        ("1 2\n3 \udcff\n".encode("utf-8", "surrogateescape"), "wanted a number."),
        ("1 2".encode("utf-16"), "not UTF-8"),
        ("0x10 2\n", '"0x10"; wanted a number.'),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(text, said):
    assert said in refused(text)


def test_line_numbers_count_over_blocks(monkeypatch):
    monkeypatch.setattr(text_matrix, "BLOCK", 64)
    lines = ["1 2"] * 100
    lines[77] = "1 two"
    assert 'line 78, column 2: "two"' in refused("\n".join(lines))


def test_a_line_without_end_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(text_matrix, "MAX_LINE", 1000)
    assert "a line is longer" in refused("1 " * 200_000)


@given(MATRICES, st.sampled_from(["\n", "\n\n", "\n# no row\n", "\r\n"]), st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_the_shape_is_counted_without_reading_the_numbers(tmp_path, values, end, final):
    path = tmp_path / "a.txt"
    rows = [" ".join(map(repr, row)) for row in values.tolist()]
    path.write_bytes((end.join(rows) + (end if final else "")).encode())
    assert text_shape(path) == values.shape
