"""The source as the house tests read it: every file of the package, parsed once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "revento"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> dict[str, str]:
    """Every Python file of the package by its path below it."""
    found = sorted(PACKAGE.rglob("*.py"))
    return {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in found}


@cache
def trees() -> dict[str, ast.Module]:
    """The same, parsed."""
    return {name: ast.parse(text) for name, text in files().items()}


def functions(tree: ast.AST) -> list[Function]:
    """Every function in it, nested ones too."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def length(node: Function) -> int:
    """Lines from `def` to its end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def branches(node: Function) -> int:
    """Ways through a function beyond the first."""
    kinds = (ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)
    inside = list(ast.walk(node))
    conditions = sum(len(each.ifs) for each in inside if isinstance(each, ast.comprehension))
    either = sum(len(each.values) - 1 for each in inside if isinstance(each, ast.BoolOp))
    return sum(isinstance(each, kinds) for each in inside) + conditions + either


def calls(tree: ast.AST) -> list[str]:
    """Dotted names of everything that is called."""
    return [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def imports(tree: ast.AST) -> set[str]:
    """Top-level names of the modules that are imported."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
