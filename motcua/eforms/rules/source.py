"""From the files people write to the content that is kept: shared words and fields are put in where they are named."""

from collections.abc import Iterable, Mapping
from typing import Any

from motcua.eforms.rules.definition import FormError


def expand(document: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """The content of one form file, complete in itself.

    `shared` is the folder's `shared.toml`: `words` (texts in three languages), `choices` (lists of answers), `fields`
    (whole fields) and `groups` (fields that come together). In a form a text may be the name of a word, `choices` the
    name of a list, a field may say `use = "<name>"` to start from a shared field and change what differs, and
    `{ group = "<name>", prefix = "father_", of = "cha" }` stands for all fields of a group.
    """
    content = {name: document[name] for name in ("key",) if name in document}
    content["title"] = _text(document.get("title"), shared, "title")
    content["sections"] = [_section(row, shared) for row in document.get("sections", ())]
    return content


def _section(row: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    where = str(row.get("key", "?"))
    found = {**row, "title": _text(row.get("title"), shared, where)}
    if "intro" in row:
        found["intro"] = _text(row["intro"], shared, where)
    found["fields"] = _fields(row.get("fields", ()), shared, where)
    return found


def _fields(rows: Iterable[Mapping[str, Any]], shared: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    whole = [one for row in rows for one in (_group(row, shared, where) if "group" in row else [row])]
    return [_field(one, shared, where) for one in whole]


def _group(row: Mapping[str, Any], shared: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    """The fields of a shared group, their keys with a prefix, their official wording with whom they speak of."""
    group = shared.get("groups", {}).get(row["group"])
    if group is None:
        raise FormError(where, f"There is no shared group {row['group']}.")
    prefix, changes = str(row.get("prefix", "")), row.get("change", {})
    if unknown := sorted(set(changes) - {one["key"] for one in group}):
        raise FormError(where, f"The group {row['group']} has no {', '.join(unknown)}.")
    found = []
    for one in group:
        if one["key"] in row.get("skip", ()):
            continue
        made = {**one, **changes.get(one["key"], {}), "key": f"{prefix}{one['key']}"}
        made |= {name: f"{prefix}{made[name]}" for name in ("birth", "sex") if name in made}
        if "of" in row and "official" in made:
            made["official"] = f"{made['official']} ({row['of']})"
        found.append({**made, "when": row["when"]} if "when" in row else made)
    return found


def _field(row: Mapping[str, Any], shared: Mapping[str, Any], where: str) -> dict[str, Any]:
    where = f"{where}.{row.get('key', '?')}"
    found = dict(row)
    if "use" in row:
        base = shared.get("fields", {}).get(row["use"])
        if base is None:
            raise FormError(where, f"There is no shared field {row['use']}.")
        found = {**base, **{name: value for name, value in row.items() if name != "use"}}
    for name in ("label", "hint", "row_label"):
        if name in found:
            found[name] = _text(found[name], shared, where)
    if "choices" in found:
        found["choices"] = _choices(found["choices"], shared, where)
    if "fields" in found:
        found["fields"] = _fields(found["fields"], shared, where)
    return found


def _text(value: Any, shared: Mapping[str, Any], where: str) -> Any:
    if not isinstance(value, str):
        return value
    if value not in shared.get("words", {}):
        raise FormError(where, f"There is no shared word {value}.")
    return dict(shared["words"][value])


def _choices(value: Any, shared: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    if isinstance(value, str):
        if value not in shared.get("choices", {}):
            raise FormError(where, f"There is no shared list {value}.")
        value = shared["choices"][value]
    return [{**one, "label": _text(one.get("label"), shared, where)} for one in value]
