"""Every error of verifiers and of shape inference says what is wrong with which values, and has its negative test.

The messages are read from the sources of the dlc dialect: the literals of a reporting statement with anything for its
values. A check that ops share (a method of InferError) gives one message for each name that it is called with. Each
must be an expected-error of test/dlc/invalid*.mlir.
"""

import pathlib
import re

from sources import ROOT, tree

REPORT = re.compile(r"\b(?:fail|emitOpError|parser\.emitError)\(")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
SHARED = re.compile(r"^LogicalResult InferError::(\w+)\(([^{]*)\) const \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)


def arguments(text: str, start: int) -> list[str]:
    """The arguments of the call whose parenthesis opens right before `start`."""
    parts, depth, at = [""], 1, start
    while depth:
        if string := STRING.match(text, at):
            parts[-1] += string[0]
            at = string.end()
            continue
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text[at], 0)
        if text[at] == "," and depth == 1:
            parts.append("")
        elif depth:
            parts[-1] += text[at]
        at += 1
    return [" ".join(part.split()) for part in parts]


def parts_of(text: str, call: re.Match) -> list[str]:
    """What a reporting statement puts together: literals in quotes, and expressions."""
    parts = arguments(text, call.end())
    if not call[0].startswith("fail"):
        rest = re.match(r'(?:"(?:[^"\\]|\\.)*"|[^;"])*', text[call.end() :])[0]
        streamed = [" ".join(part.split()) for part in rest.split("<<")[1:]]
        parts = [p for p in parts if p.startswith('"')] + streamed
    joined = []
    for part in parts:
        part = re.sub(r'"\s*"', "", part)
        joined.append(part)
    return joined


def pattern_of(parts: list[str], names: dict[str, str]) -> str:
    """The regular expression of a message; `names` are parameters whose values are known."""
    text = ""
    for part in parts:
        literal = STRING.fullmatch(part)
        known = literal[1] if literal else names.get(part)
        text += ".+" if known is None else re.escape(known)
    return re.sub(r"(?:\.\+)+", ".+", text)


def shared_checks(text: str) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Of each method of InferError that reports: the names of its text parameters, and its messages in parts."""
    found = {}
    for name, parameters, body in SHARED.findall(text):
        messages = [parts_of(body, call) for call in REPORT.finditer(body)]
        if messages:
            found[name] = re.findall(r"StringRef (\w+)", parameters), messages
    return found


def messages(root: pathlib.Path) -> dict[str, str]:
    """Patterns of all messages, with where they are reported."""
    folder = root / "dialects/dlc"
    checks = shared_checks((folder / "Infer.cpp").read_text())
    found = {}
    for path in sorted(folder.glob("*.cpp")):
        text = SHARED.sub("", path.read_text())
        for call in REPORT.finditer(text):
            found.setdefault(pattern_of(parts_of(text, call), {}), f"{path.name}: {call[0]}...)")
        for call in re.finditer(r"\berror\.(\w+)\(", text):
            parameters, shared = checks.get(call[1], ([], []))
            literals = [a for a in arguments(text, call.end()) if STRING.fullmatch(a)]
            if len(literals) == len(parameters):
                names = {p: literal[1:-1] for p, literal in zip(parameters, literals)}
                for parts in shared:
                    found.setdefault(pattern_of(parts, names), f"{path.name}: {call[1]}({', '.join(literals)})")
    return found


def expected_errors(root: pathlib.Path) -> list[str]:
    """The errors that negative tests expect, without the op."""
    texts = [path.read_text() for path in sorted((root / "test/dlc").glob("invalid*.mlir"))]
    errors = re.findall(r"expected-error(?:-re)? @\S+ \{\{(.*)\}\}", "\n".join(texts))
    return [re.sub(r"^'[\w.]+' op ", "", error) for error in errors]


def find_problems(root: pathlib.Path) -> list[str]:
    found, errors = [], expected_errors(root)
    for pattern, place in messages(root).items():
        plain = re.sub(r"\\(.)", r"\1", pattern)
        if not re.match(r"expected .*, but (?:got|found) ", plain) or not re.search(
            r"'|operand|result|extent|expected \.\+", plain
        ):
            found.append(f"{place}: expected a rule about a name, and what came instead, but got '{plain}'")
        if not any(re.fullmatch(pattern, error) for error in errors):
            found.append(f"{place}: expected a negative test in test/dlc/invalid*.mlir of '{plain}'")
    return found


def test_every_error_has_a_negative_test():
    assert find_problems(ROOT) == []


def test_reads_the_dialect():
    found = messages(ROOT)
    assert len(found) > 110
    assert r"expected\ 'dim'\ to\ be\ in\ \[0,\ .+\),\ but\ got\ .+" in found


def test_finds_errors_without_a_test(tmp_path):
    sample = {
        "dialects/dlc/Infer.cpp": (
            "LogicalResult InferError::checkCount(StringRef name, size_t count) const {\n"
            '  return fail("expected \'", name, "\' to have ", count, " entries, but got none");\n}\n'
        ),
        "dialects/dlc/A.cpp": (
            'return error.fail("expected entry ", i, " of \'x\' to be (1, "\n  "2), but got ", f(i, "y"));\n'
            'if (failed(error.checkCount("low", n)) || failed(error.checkCount("high", n)))\n'
            'return emitOpError("expected \'z\' of ") << a << ", but got " << b;\n'
            'return emitOpError("bad operand") << a;\n'
        ),
        "test/dlc/invalid.mlir": (
            "// expected-error @below {{'dlc.a' op expected entry 3 of 'x' to be (1, 2), but got -1}}\n"
            "// expected-error @below {{'dlc.a' op expected 'low' to have 2 entries, but got none}}\n"
            "// expected-error @below {{'dlc.b' op expected 'z' of 1, but got 2}}\n"
        ),
    }
    problems = find_problems(tree(tmp_path, sample))
    assert len(problems) == 3 and "'high'" in problems[2] and all("bad operand" in p for p in problems[:2])
