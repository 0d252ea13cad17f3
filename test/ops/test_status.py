"""No cell of the matrix of ops and properties is empty."""

import pytest
import status
from cases import TABLE


@pytest.fixture(scope="module")
def cells():
    return status.matrix()


def test_no_cell_is_empty(cells):
    assert set(cells) == {row["name"] for row in TABLE} and len(cells) > 100
    assert status.empty_cells(cells) == []


def test_reasons_are_few(cells):
    """Only what is no computation may lack what every op needs, and only what has no derivative may lack one."""
    without = {c: {op for op, row in cells.items() if not row[c].evidence} for c in status.COLUMNS}
    calls = {"call", "custom_call", "vjp", "jvp", "vmap"}
    assert without["verify"] == without["docs"] == set()
    assert without["infer"] == without["interpret"] == without["jit"] == without["batch"] == calls
    assert without["symbolic"] == calls | {"constant"}
    assert without["vjp"] == without["jvp"] and "trigamma" in without["vjp"] and "exp" not in without["vjp"]


def test_finds_empty_cells(cells):
    one = cells["exp"] | {"jit": status.Cell(), "docs": status.Cell()}
    assert status.empty_cells({"exp": one}) == ["exp: jit", "exp: docs"]


def test_the_page_has_every_op_and_reason(cells):
    text = status.page(cells)
    assert all(f"| `{op}` | yes |" in text for op in cells)
    assert "| `argmax` | vjp, jvp | no float result |" in text
