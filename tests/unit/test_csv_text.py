"""Tables for spreadsheets: no cell is a formula, and every text can be read back unchanged."""

from __future__ import annotations

import csv
import io

import pytest

from dibs.web.csv_text import csv_answer, csv_line


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "＝1+1",
        '=HYPERLINK("http://evil.example","x")',
        "-",
        "+49 30 123",
        "-2e5+cmd",
    ],
)
def test_no_cell_is_a_formula(cell: str) -> None:
    (read,) = next(csv.reader(io.StringIO(csv_line([cell]), newline="")))
    assert read == f"'{cell}"


def test_numbers_stay_numbers_and_texts_are_as_they_were() -> None:
    cells = [-5, "-5.25", 0.5, None, "", 'say "hi", twice', "two\r\nlines", "שלום", "a=b"]
    (read,) = csv.reader(io.StringIO(csv_line(cells), newline=""))
    assert read == ["-5", "-5.25", "0.5", "", "", 'say "hi", twice', "two\r\nlines", "שלום", "a=b"]


def test_a_file_has_a_name_and_a_mark_and_ends_each_line() -> None:
    answer = csv_answer("x.csv", ["a", "b"], [[1, None]])
    assert bytes(answer.body) == "\ufeffa,b\r\n1,\r\n".encode()
    assert answer.headers["content-disposition"] == 'attachment; filename="x.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
