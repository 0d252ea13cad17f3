"""The documentation site builds without a warning and has every op, command and public Python function."""

import inspect
import re
import subprocess
import sys

import pytest
from sources import ROOT

import dlc


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """The sources of the site, made anew."""
    folder = tmp_path_factory.mktemp("sources")
    subprocess.run([sys.executable, ROOT / "docs/site/pages.py", folder], check=True, timeout=240)
    return folder


def test_every_op_has_a_section_that_says_what_it_does(sources):
    sections = {}
    for page in (sources / "reference" / "ops").glob("*.md"):
        for name, body in re.findall(r"^## dlc\.(\w+)\n(.*?)(?=^## |\Z)", page.read_text(), re.DOTALL | re.MULTILINE):
            sections[name] = body
    functions = {name.rstrip("_") for name in vars(dlc.ops) if callable(getattr(dlc.ops, name))} - {
        "apply",
        "apply_tuple",
    }
    assert functions <= set(sections) and {"constant", "call", "vjp"} <= set(sections)
    for name, body in sections.items():
        assert re.match(r"\n[-(A-Z0-9`].*[`.]\n", body) and "| result `" in body, (name, body)
    assert "`r = e^x`" in sections["exp"] and "`mul(ct, r)`" in sections["exp"]


def test_the_status_of_every_op_is_shown(sources):
    text = (sources / "reference" / "ops" / "status.md").read_text()
    functions = {name.rstrip("_") for name in vars(dlc.ops) if callable(getattr(dlc.ops, name))}
    missing = functions - {"apply", "apply_tuple"} - set(re.findall(r"^\| `(\w+)` \| yes \|", text, re.MULTILINE))
    assert missing == set()


def test_every_command_is_shown(sources):
    text = (sources / "reference" / "cli.md").read_text()
    for name in ("run", "compile", "grad", "explain", "inspect", "cache", "doctor"):
        assert f"## dlc {name}\n" in text and f"Example:\n  dlc {name}" in text


def test_public_functions_have_entries(sources):
    text = (sources / "reference" / "python" / "dlc.rst").read_text()
    public = [n for n, v in vars(dlc).items() if not n.startswith("_") and inspect.isroutine(v)]
    assert len(public) > 80 and [n for n in public if f":: dlc.{n}\n" not in text] == []
    assert ".. autoclass:: dlc.nn.Conv2d\n" in (sources / "reference" / "python" / "dlc.nn.rst").read_text()


@pytest.mark.full
def test_the_site_builds_without_a_warning(sources, tmp_path):
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-W", "--keep-going", "-c", ROOT / "docs/site"]
    built = subprocess.run([*command, sources, tmp_path], capture_output=True, text=True, timeout=280)
    assert built.returncode == 0, built.stderr
    assert 'id="dlc.jit"' in (tmp_path / "reference" / "python" / "dlc.html").read_text()
