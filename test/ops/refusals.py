"""Negative tests that follow from the table of ops: what a verifier must refuse whatever the op does.

From a valid case of each op: a result type that is not the one inferred, and for each operand an element type that its
constraint does not admit. As modules for `dlc-opt --split-input-file --verify-diagnostics`.
"""

import structured_cases
from cases import TABLE, Case
from test_ops import cases_of, types_of

NOT_ADMITTED = {"float": "i32", "int": "f32", "number": "i1", "bits": "f32", "bool": "f32"}


def _type(x) -> str:
    return "tensor<" + "".join(f"{d}x" for d in x.stored.shape) + x.element.ir + ">"


def _module(name: str, case: Case, types: list[str], results: list[str], errors: list[str]) -> str:
    values = [f"%a{i}" for i in range(len(types))]
    parameters = ", ".join(f"{v}: {t}" for v, t in zip(values, types))
    expected = "".join(f"  // expected-error @below {{{{{error}}}}}\n" for error in errors)
    return (
        f"func.func @{case.op}_{name}({parameters}) {{\n{expected}"
        f"  %r:{len(results)} = dlc.{case.op} {', '.join(values)} {case.attributes} "
        f": ({', '.join(types)}) -> ({', '.join(results)})\n  return\n}}\n"
    )


def refusals(row: dict) -> list[str]:
    """The modules of one op; none for those whose negative tests are all written by hand."""
    if row["name"] in structured_cases.NO_ELEMENTS or row["name"] == "constant":
        return []
    case = cases_of(row, types_of(row)[0], "odd")[0]
    types, op = [_type(x) for x in case.inputs], f"'dlc.{row['name']}' op"
    results = [f"tensor<2x1x2x1x2x{want.element.ir}>" for want in case.expected()]
    inferred = [f"{op} inferred type(s) ", "failed to infer returned types"]
    found = [_module("result", case, types, results, inferred)]
    for i, operand in enumerate(row["operands"][: len(types)]):
        if wrong := NOT_ADMITTED.get(operand["admits"]):
            others = [*types[:i], types[i].replace(case.inputs[i].element.ir + ">", wrong + ">"), *types[i + 1 :]]
            found.append(_module(operand["name"], case, others, results, [f"{op} operand #{i} must be "]))
    return found


def all_refusals() -> dict[str, list[str]]:
    return {row["name"]: refusals(row) for row in TABLE}
