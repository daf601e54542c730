"""One section of a form as a page of the wizard. Drawn by `eforms/_section.html`; works without a script."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import override

from motcua.eforms import inputs, queries, rules
from motcua.eforms.enums import FieldType
from motcua.eforms.rules import Condition, Definition, Facts, Field, Result, Section, Units


@dataclass(frozen=True, slots=True)
class Input:
    """One input with its width."""

    bound: BoundField
    size: str
    known: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a repeating group."""

    number: int
    title: str
    entries: tuple["Entry", ...]
    remove: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One question: its inputs, its rows, or words alone; and when it is asked, for the script and for the reader."""

    kind: str  # field, group, rows or note
    key: str
    label: str
    hint: str = ""
    known: str = ""
    inputs: tuple[Input, ...] = ()
    rows: tuple[Row, ...] = ()
    add: str = ""
    error: str = ""
    file_name: str = ""
    when: str = ""
    when_words: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Where the browser stays after a row button was pressed."""
        return f"#ef-{self.key}"


@dataclass
class SectionPage:
    """A section with its answers, as it is shown, and what became of what was sent.

    `draft` holds all answers of the form as they stand now, typed text included: store it whatever happens. `is_valid`
    means that this section was sent and nothing in it has to be corrected; `answers` are its checked answers then.
    `uploads` are files that came with the page: store them, then put {"document": id, "name": name} into the draft.
    """

    definition: Definition
    section: Section
    draft: dict[str, Any]
    result: Result
    units: Units
    language: str
    facts: Facts = field(default_factory=dict)
    is_sent: bool = False
    row_act: str = ""
    uploads: dict[str, "UploadedFile[Any]"] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether the wizard may go on."""
        return self.is_sent and not self.row_act and self.result.is_valid

    @property
    def answers(self) -> dict[str, Any]:
        """The checked answers of this section."""
        return self.result.answers

    @property
    def title(self) -> str:
        """The section's title in the reader's language."""
        return rules.say(self.section.title, self.language)

    @property
    def intro(self) -> str:
        """A word before the questions."""
        return rules.say(self.section.intro, self.language)

    @cached_property
    def form(self) -> inputs.SectionInputs:
        """All inputs of the page; give it to `mc_error_summary`."""
        fields: dict[str, Any] = {}
        shown: dict[str, Any] = {}
        with override(self.language):
            for one, name, value in self._questions():
                fields |= inputs.build(one, name, units=self.units, language=self.language)
                shown |= inputs.show(one, name, value)
        return inputs.SectionInputs(shown, fields, self.result.errors)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The questions in order."""
        with override(self.language):
            known = rules.known_fields(self.definition, self.draft, self.facts)
            found = (self._entry(one, one.key, self.draft, self._asked, known) for one in self.section.fields)
            return tuple(entry for entry in found if entry)

    @cached_property
    def _asked(self) -> dict[str, Any]:
        """The answers that conditions of this page may look at: those before it, narrowed to what is asked."""
        seen = dict(self.draft)
        for section in self.definition.sections:
            if section.key == self.section.key:
                break
            if not rules.holds(section.when, seen):
                for one in section.fields:
                    seen.pop(one.key, None)
            rules.visible_fields(section.fields, seen)
        return seen

    def _rows(self, group: Field) -> list[dict[str, Any]]:
        return rules.shown_rows(group, self.draft.get(group.key))

    def _questions(self) -> list[tuple[Field, str, Any]]:
        """Every question with the name of its input and what stands there."""
        found: list[tuple[Field, str, Any]] = []
        for one in self.section.fields:
            if one.type is FieldType.ROWS:
                for number, row in enumerate(self._rows(one)):
                    found += [(inner, f"{one.key}-{number}-{inner.key}", row.get(inner.key)) for inner in one.fields]
            else:
                found.append((one, one.key, self.draft.get(one.key)))
        return [question for question in found if question[0].type is not FieldType.NOTE]

    def _entry(
        self,
        one: Field,
        name: str,
        values: Mapping[str, Any],
        seen: Mapping[str, Any],
        known: frozenset[str],
        row: str = "",
    ) -> Entry | None:
        when = self._when(one.when, row, seen)
        if when is False:
            return None
        shown: dict[str, Any] = {
            "key": name, "label": rules.say(one.label, self.language), "hint": rules.say(one.hint, self.language),
            "when": json.dumps(when) if isinstance(when, dict) else "",
            "when_words": self._words(one.when) if isinstance(when, dict) else (),
            "known": _("From your account") if not row and one.key in known else "",
        }  # fmt: skip
        if one.type is FieldType.NOTE:
            return Entry(kind="note", **shown)
        if one.type is FieldType.ROWS:
            return self._group(one, seen, shown)
        names = list(inputs.build(one, name, units={}, language=self.language))
        parts = tuple(
            Input(self.form[n], inputs.size(one, n.removeprefix(f"{name}-") if n != name else ""), shown["known"])
            for n in names
        )
        value = values.get(one.key)
        file_name = str(value.get("name", "")) if one.type is FieldType.FILE and isinstance(value, Mapping) else ""
        return Entry(kind="group" if len(parts) > 1 else "field", inputs=parts, file_name=file_name, **shown)

    def _group(self, one: Field, seen: Mapping[str, Any], shown: dict[str, Any]) -> Entry:
        label = rules.say(one.row_label, self.language)
        rows = []
        for number, row in enumerate(self._rows(one)):
            prefix = f"{one.key}-{number}-"
            found = (
                self._entry(inner, f"{prefix}{inner.key}", row, {**seen, **row}, frozenset(), prefix)
                for inner in one.fields
            )
            title = _("%(name)s %(number)d") % {"name": label, "number": number + 1}
            rows.append(Row(number, title, tuple(e for e in found if e), f"remove:{one.key}:{number}"))
        add = f"add:{one.key}" if len(rows) < one.max_rows else ""
        return Entry(kind="rows", rows=tuple(rows), add=add, error=self.result.errors.get(one.key, ""), **shown)

    def _when(self, condition: Condition | None, row: str, seen: Mapping[str, Any]) -> bool | dict[str, Any]:
        """True or False where the answer is settled by earlier pages, else the condition by names of inputs."""
        if condition is None:
            return True
        if condition.kind in ("all", "any"):
            parts = [self._when(part, row, seen) for part in condition.parts]
            settles = condition.kind == "any"
            if any(part is settles for part in parts):
                return settles
            left = [part for part in parts if isinstance(part, dict)]
            return {condition.kind: left} if left else not settles
        here = {one.key for one in self.section.fields}
        inner = {i.key for one in self.section.fields for i in one.fields} if row else set()
        if condition.field not in here | inner:
            return rules.holds(condition, seen)
        name = f"{row}{condition.field}" if condition.field in inner else condition.field
        return {"name": name, "kind": condition.kind, "values": list(condition.values), "negate": condition.negate}

    def _words(self, condition: Condition | None) -> tuple[str, ...]:
        """When the question is asked, in sentences, for readers without a script."""
        if condition is None:
            return ()
        if condition.kind == "any":
            return (_("Answer this only if it applies to you."),)
        if condition.kind == "all":
            return tuple(word for part in condition.parts for word in self._words(part))
        asked = next((f for s in self.definition.sections for f in _flat(s) if f.key == condition.field), None)
        if asked is None:
            return ()
        words = {"label": rules.say(asked.label, self.language)}
        if condition.kind == "answered":
            text = (
                _("Only if “%(label)s” is left empty.") if condition.negate else _("Only if “%(label)s” is filled in.")
            )
            return (text % words,)
        if condition.kind == "ticked":
            text = _("Only if “%(label)s” is not ticked.") if condition.negate else _("Only if “%(label)s” is ticked.")
            return (text % words,)
        chosen = [rules.say(c.label, self.language) for c in asked.choices if c.value in condition.values]
        words["answer"] = " / ".join(chosen)
        text = (
            _("Only if “%(label)s” is not: %(answer)s.")
            if condition.negate
            else _("Only if “%(label)s” is: %(answer)s.")
        )
        return (text % words,)


def _flat(section: Section) -> list[Field]:
    return [found for one in section.fields for found in (one, *one.fields)]


def section_form(
    definition: Definition,
    section_key: str,
    answers: Mapping[str, Any],
    *,
    today: date,
    language: str,
    data: Mapping[str, Any] | None = None,
    files: Mapping[str, "UploadedFile[Any]"] | None = None,
    facts: Facts | None = None,
    units: Units | None = None,
    show_errors: bool = False,
) -> SectionPage:
    """A section of a form, ready to be shown, and checked when `data` was sent.

    Args:
        definition: the form.
        section_key: which section; KeyError if the form has none of that key.
        answers: the draft so far, typed or checked.
        today: the day of the dossier, for checks and for the units of addresses.
        language: of the labels and sentences.
        data: what the page sent (`request.POST`), or None when it is only shown.
        files: `request.FILES`.
        facts: what the account knows, to mark answers that come from there.
        units: the units addresses may name; read for `today` when they are needed and not given.
        show_errors: check what stands there although nothing was sent (coming back from the review page).
    """
    section = definition.section(section_key)
    if units is None:
        units = queries.units_on(today) if queries.asks_address(definition) else {}
    draft, act = {**answers, **(rules.repeated(section, answers) if data is None else {})}, ""
    uploads = _uploads(section, files or {})
    if data is not None:
        act = rules.row_act(section, data)
        draft = rules.partial_answers(definition, section_key, data, answers)
    result = Result()
    if (data is not None and not act) or show_errors:
        checked = {**draft, **{key: {"document": "", "name": file.name or ""} for key, file in uploads.items()}}
        with override(language):
            result = rules.validate(
                definition, checked, today=today, units=units, language=language, section=section_key
            )
    return SectionPage(
        definition, section, draft, result, units, language, facts or {}, data is not None, act, uploads
    )  # fmt: skip


def _uploads(section: Section, files: Mapping[str, "UploadedFile[Any]"]) -> dict[str, "UploadedFile[Any]"]:
    keys = [one.key for one in section.fields if one.type is FieldType.FILE]
    return {key: file for key in keys if (file := files.get(key)) is not None}
