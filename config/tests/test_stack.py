"""What import-linter cannot see: foreign keys are strings, and nobody enters a module by its back door."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from config.tests import tree

BACK_DOORS = {"views", "forms", "tasks", "api", "admin", "urls"}


def test_the_contract_names_every_module_and_no_other() -> None:
    assert set(tree.rows()) == set(settings.MODULES)
    assert {path.name for path in tree.HOUSE.iterdir() if (path / "apps.py").exists()} == set(settings.MODULES)


def test_migrations_follow_the_stack() -> None:
    order = [tree.rows()[name] for name in settings.MODULES]
    assert order == sorted(order)


def test_foreign_keys_point_down() -> None:
    rows, wrong = tree.rows(), []
    for model in apps.get_models(include_auto_created=True):
        home = model._meta.app_label
        for field in model._meta.get_fields(include_hidden=True):
            target = field.related_model
            if field.auto_created or not field.concrete or not isinstance(target, type) or home not in rows:
                continue
            to = target._meta.app_label
            if to != home and rows.get(to, -1) >= rows[home]:
                wrong.append(f"{model.__name__}.{field.name} points from {home} to {to}")
    assert wrong == []


def test_nobody_enters_a_module_by_its_back_door() -> None:
    wrong = []
    for path in tree.sources(with_tests=True):
        for one in tree.imports(path):
            root, *parts = one.name.split(".")
            is_ours = root == "motcua" and len(parts) > 1
            if is_ours and parts[0] != tree.module_of(path) and parts[1] in BACK_DOORS and not _is_ui(parts):
                wrong.append(str(one))
    assert wrong == []


def _is_ui(parts: list[str]) -> bool:
    """The design system's forms are its building blocks, not a module's own."""
    return parts[:2] == ["ui", "forms"]


def pure_files() -> list[Path]:
    found = [
        path
        for path in tree.sources()
        if path.name == "rules.py" or "rules" in path.relative_to(tree.HOUSE).parts[1:-1]
    ]
    return [*found, tree.HOUSE / "places" / "calendar.py"]


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: str(path.relative_to(tree.HOUSE)))
def test_rules_are_pure(path: Path) -> None:
    assert [str(one) for one in tree.purity_breaches(path)] == []


def test_impurity_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "rules.py"
    file.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from motcua.places.models import Agency\n"
        "from django.db.models import TextChoices\nfrom motcua.kernel.errors import Refused\n"
        "def f():\n    from django.db import connection\n    from motcua.places.models import Unit\n"
        "    from motcua.identity import queries\n    import django.db\n"
    )
    assert sorted(one.name for one in tree.purity_breaches(file)) == [
        "django.db", "django.db.connection", "motcua.identity.queries", "motcua.places.models.Unit",
    ]  # fmt: skip


def test_only_its_owner_names_a_table_in_sql() -> None:
    """A statement of our own that writes may name tables of its own module only."""
    wrong = []
    names = {
        model._meta.db_table: model._meta.app_label
        for model in apps.get_models()
        if model._meta.app_label in tree.rows()
    }
    for path in tree.sources():
        text = path.read_text("utf-8")
        for table, owner in names.items():
            writes = (f"INSERT INTO {table}", f"UPDATE {table}", f"DELETE FROM {table}")
            if owner != tree.module_of(path) and any(f"{words} " in text for words in writes):
                wrong.append(f"{path.relative_to(tree.ROOT)} writes {table}")
    assert wrong == []
