"""The source as the system tests read it: modules with their rows, files with their imports."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

ROOT: Path = settings.ROOT
HOUSE = ROOT / "motcua"


@lru_cache(maxsize=1)
def rows() -> dict[str, int]:
    """Each module's row in the stack, 0 at the bottom; siblings share one. Read from the import contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["name"].startswith("Modules form a stack"))
    return {name.strip(): row for row, layer in enumerate(reversed(layers)) for name in layer.split("|")}


@dataclass(frozen=True)
class Import:
    """One imported name, in full (`motcua.places.models.Unit`), with the place of the import."""

    file: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.name}"


def module_of(path: Path) -> str:
    """The module a file of ours lies in."""
    return path.relative_to(HOUSE).parts[0]


def sources(*, with_tests: bool = False) -> list[Path]:
    """Every Python file of ours, without migrations."""
    skipped = {"migrations"} if with_tests else {"migrations", "tests"}
    return [path for path in sorted(HOUSE.rglob("*.py")) if not skipped & set(path.relative_to(HOUSE).parts)]


def imports(path: Path) -> Iterator[Import]:
    """Every import of a file, also those inside functions; not those for the type checker only."""
    for node in _nodes(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (Import(path, node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        yield node
        yield from _nodes(node)


def purity_breaches(path: Path) -> list[Import]:
    """Imports that let a database into a file: django.db, models, queries, services."""
    ours = [one for one in imports(path) if one.name.startswith("motcua.")]
    return [
        *(one for one in imports(path) if f"{one.name}.".startswith("django.db.") and not _is_words(one.name)),
        *(one for one in ours if {"models", "queries", "services"} & set(one.name.split(".")[2:])),
    ]


def _is_words(name: str) -> bool:
    """Enumerations of words live in django.db.models, and know no database."""
    return name.startswith("django.db.models.") and name.endswith("Choices")
