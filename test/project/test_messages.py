"""Messages of errors start in lower case and have no final period, in C++ and in Python."""

import ast
import pathlib
import re

from sources import ROOT, files, tree

CALL = re.compile(r"\b(?:emit(?:Op)?Error|emitWarning|emitRemark|Status::error|fail|notifyMatchFailure)\(")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')


def cpp_messages(text: str) -> list[tuple[int, str]]:
    """(line, message) of each reporting statement; the literals of a message are joined by "..." for its values."""
    found = []
    for call in CALL.finditer(text):
        statement = re.match(r'(?:"(?:[^"\\]|\\.)*"|[^;"])*', text[call.end() :])[0]
        statement = re.sub(r"//[^\n]*", "", re.sub(r'"\s*"', "", statement))
        literals = [m[1] for m in LITERAL.finditer(statement)]
        if literals:
            last = "" if re.search(r"<<\s*[^\"]+$", statement) else literals[-1]
            found.append((text.count("\n", 0, call.start()) + 1, f"{literals[0]}...{last}"))
    return found


def python_messages(text: str) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            message = node.exc.args[0]
            parts = message.values if isinstance(message, ast.JoinedStr) else [message]
            texts = [p.value if isinstance(p, ast.Constant) and isinstance(p.value, str) else "..." for p in parts]
            found.append((node.lineno, "".join(texts)))
    return found


def find_bad_messages(root: pathlib.Path) -> list[str]:
    found = []
    for path in files(root, ".cpp", ".h", ".td", ".py"):
        if path.parts[0] in ("test", "benchmarks", "cmake"):
            continue
        text = (root / path).read_text()
        for line, message in python_messages(text) if path.suffix == ".py" else cpp_messages(text):
            acronym = re.match(r"NaN|[A-Z][A-Z0-9]|[A-Z]\w*[_.]", message)
            if message[:1].isupper() and not acronym:
                found.append(f"{path}:{line}: expected a message in lower case, but got '{message}'")
            if message.endswith(".") and not message.endswith("..."):
                found.append(f"{path}:{line}: expected a message without a final period, but got '{message}'")
    return found


def test_messages():
    assert find_bad_messages(ROOT) == []


def test_finds_bad_messages(tmp_path):
    sample = {
        "lib/a.cpp": (
            'return emitOpError("Expected a rank") << rank;\n'
            'return op.emitError("expected ") << what\n    << ", but got " << x << " of them.";\n'
            'return Status::error(ErrorKind::Io, "cannot open \'%s\'"\n   " for writing.", path);\n'
            'return emitOpError("expected x; y") << "; note " << x;\n'
            "return emitOpError(\"NaN is fine in 'a.b'\");\n"
        ),
        "python/dlc/b.py": (
            'raise ValueError(f"Expected {a}")\nraise ValueError("expected b.")\nraise TypeError(f"expected c: {c}")\n'
        ),
    }
    assert len(find_bad_messages(tree(tmp_path, sample))) == 5
