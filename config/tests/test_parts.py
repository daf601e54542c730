"""Everything that is there is used, and everything that is named is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from config.tests import tree
from motcua.dossiers import rules as dossiers
from motcua.dossiers.enums import Action, State
from motcua.kernel import jobs, outbox

BY_NAME = re.compile(r"^(\d{3}(_csrf)?\.html|django/|account/|mfa/|socialaccount/)")  # asked for by Django and allauth


OFFERED = {"ui/layouts/print.html"}  # a layout of the design system that no page has taken yet
# Where a template's name is put together: the folder is named with a gap, the stem stands in quotes.
GAP = r"""["']{folder}/\{{"""
UNREACHED: set[State] = set()  # a state nothing leads to would stand here with its reason


def templates() -> list[str]:
    found = tree.HOUSE.glob("*/templates/**/*")
    return [str(path).split("/templates/", 1)[1] for path in sorted(found) if path.is_file()]


def test_every_template_is_used() -> None:
    text = "\n".join(path.read_text("utf-8") for path in [*tree.sources(), *tree.HOUSE.glob("*/templates/**/*.html")])
    unused = [name for name in templates() if not (BY_NAME.match(name) or name in text or _is_put_together(name, text))]
    assert set(unused) == OFFERED


def _is_put_together(name: str, text: str) -> bool:
    folder, stem = str(Path(name).parent), Path(name).stem
    is_quoted = re.search(rf"""["']{stem}["']""", text) or re.search(rf"""["']{stem.lstrip("_")}["']""", text)
    return bool(is_quoted and (folder == "ui/components" or re.search(GAP.format(folder=folder), text)))


def test_every_template_that_is_named_is_there() -> None:
    named = re.compile(r"""["']([a-z_]+/[\w/-]+\.html)["']""")
    for path in tree.sources():
        for name in named.findall(path.read_text("utf-8")):
            get_template(name)


def test_every_template_compiles() -> None:
    broken = []
    for name in templates():
        try:
            get_template(name)
        except (TemplateDoesNotExist, SyntaxError) as error:
            broken.append(f"{name}: {error}")
    assert broken == []


def test_templates_carry_no_scripts_and_no_styles_of_their_own() -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=\"|javascript:", re.IGNORECASE)
    wrong = []
    for path in tree.HOUSE.glob("*/templates/**/*.html"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if inline.search(line):
                wrong.append(f"{path.relative_to(tree.ROOT)}:{number}")
    assert wrong == []


def deferred() -> Iterator[tuple[str, str]]:
    """Every `jobs.defer("name", …)` with its place."""
    for path in tree.sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("jobs.defer") and node.args:
                name = node.args[0]
                assert isinstance(name, ast.Constant), f"{path}:{node.lineno} defers a job whose name is computed"
                yield str(name.value), f"{path.relative_to(tree.ROOT)}:{node.lineno}"


def test_every_deferred_job_exists() -> None:
    found = list(deferred())
    assert found, "no job is deferred anywhere: this test looks at the wrong files"
    assert [place for name, place in found if name not in jobs.names()] == []


def test_every_job_belongs_to_its_module() -> None:
    assert [name for name in jobs.names() if name.split(".")[0] not in tree.rows()] == []


def test_every_consumer_belongs_to_its_module() -> None:
    assert {name.split(".")[0] for name in outbox.consumers()} <= set(tree.rows())


def test_every_state_is_reached_from_a_new_dossier() -> None:
    reached = {State.NEW}
    while True:
        more = {
            to
            for sources, to in dossiers.TRANSITIONS.values()
            if to is not None and (not sources or reached & set(sources))
        } - reached
        if not more:
            break
        reached |= more
    assert set(State) - reached == UNREACHED


def test_every_act_has_its_transition() -> None:
    assert set(dossiers.TRANSITIONS) <= set(Action)


def test_every_module_says_what_it_is() -> None:
    missing = [name for name in tree.rows() if not (tree.HOUSE / name / "README.md").exists()]
    assert missing == []


def test_every_model_says_what_it_is() -> None:
    silent = [
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in tree.rows() and (model.__doc__ or "").startswith(f"{model.__name__}(")
    ]
    assert silent == []
