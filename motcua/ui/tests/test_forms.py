"""Forms keep what was typed, say sentences, and carry key and version."""

from datetime import date
from uuid import UUID

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from motcua.kernel.errors import Refused
from motcua.ui import forms as ui_forms

KEY = "0197a5a0-0000-7000-8000-000000000001"


class Sample(ui_forms.ActForm):
    name = forms.CharField(label="Name")
    born_on = ui_forms.DateField(label="Birthday", widget=ui_forms.DateParts(is_birth=True))
    way = forms.ChoiceField(label="Which way?", choices=[("a", "A")], widget=forms.RadioSelect)
    agrees = forms.BooleanField(label="I agree.")
    paper = ui_forms.FileField(label="Paper")


def sent(**values: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update(values)
    return data


def test_a_new_form_has_a_fresh_key_and_the_version_it_saw() -> None:
    first, second = Sample(expected=4), Sample()
    assert first["expected"].value() == 4
    assert second["expected"].value() is None
    assert UUID(str(first["key"].value())) != UUID(str(second["key"].value()))


def test_a_sent_form_keeps_its_key_and_its_answers() -> None:
    form = Sample(sent(key=KEY, expected="4", name="Ánh", born_on_day="7"))
    assert not form.is_valid()
    assert form["key"].value() == KEY
    html = str(form)
    assert 'value="Ánh"' in html
    assert 'value="7"' in html
    assert f'value="{KEY}"' in html


def test_errors_are_sentences_with_the_name_of_the_field() -> None:
    with translation.override("en"):
        form = Sample(sent(key=KEY))
        assert form.errors["name"] == ["Fill in “Name”."]
        assert form.errors["born_on"] == ["Fill in “Birthday”."]
        assert form.errors["way"] == ["Choose an answer for “Which way”."]
        assert form.errors["agrees"] == ["Tick the box “I agree” to go on."]
        assert form.errors["paper"] == ["Add a file for “Paper”."]


def test_a_form_without_its_key_is_told_to_open_the_page_again() -> None:
    with translation.override("en"):
        assert "out of date" in Sample(sent(name="A")).errors["key"][0]
        assert "out of date" in Sample(sent(key="x", expected="-")).errors["expected"][0]


@pytest.mark.parametrize("typed", ["27/3/1990", "27-03-1990", "27.3.1990", "1990-03-27"])
def test_days_are_read_day_first(typed: str) -> None:
    assert ui_forms.DateField().clean(typed) == date(1990, 3, 27)


@pytest.mark.parametrize("typed", ["31/2/1990", "3/27/1990", "27/3/90", "hôm qua", "//"])
def test_other_days_are_refused_with_an_example(typed: str) -> None:
    with translation.override("en"), pytest.raises(forms.ValidationError, match="27/3/1990"):
        ui_forms.DateField().clean(typed)


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ({"d_day": "7", "d_month": "2", "d_year": "2020"}, "7/2/2020"),
        ({"d_day": "7", "d_month": "", "d_year": ""}, "7//"),
        ({"d": "2020-02-07"}, "2020-02-07"),
        ({}, None),
    ],
)
def test_parts_of_a_day_are_read_together(data: dict[str, str], read: str | None) -> None:
    assert ui_forms.DateParts().value_from_datadict(data, {}, "d") == read


def test_parts_show_what_is_known_and_what_was_typed() -> None:
    widget = ui_forms.DateParts()
    assert widget.decompress(date(2020, 2, 7)) == [7, 2, 2020]
    assert widget.decompress("7//") == ["7", "", ""]
    assert widget.decompress("hôm qua") == ["hôm qua", None, None]


def test_the_birthday_has_names_that_browsers_know() -> None:
    html = str(Sample()["born_on"])
    for part in ("day", "month", "year"):
        assert f'autocomplete="bday-{part}"' in html


def test_an_empty_camera_input_does_not_hide_the_chosen_file() -> None:
    chosen = SimpleUploadedFile("a.pdf", b"%PDF")
    form = Sample(sent(key=KEY), MultiValueDict({"paper": [chosen]}))
    assert "paper" not in form.errors
    assert str(form["paper"]).count('name="paper"') == 2


def test_an_empty_file_is_refused_with_what_to_do() -> None:
    with translation.override("en"):
        form = Sample(sent(key=KEY), MultiValueDict({"paper": [SimpleUploadedFile("a.pdf", b"")]}))
        assert form.errors["paper"] == ["The file is empty. Choose it again, or take a new picture."]


def test_kinds_bring_up_the_right_keyboard() -> None:
    assert 'type="tel"' in ui_forms.text_input("phone").render("p", "")
    assert 'inputmode="numeric"' in ui_forms.text_input("id_number").render("p", "")
    assert 'autocomplete="one-time-code"' in ui_forms.text_input("otp").render("p", "")


@pytest.mark.parametrize(("field", "shown"), [("name", "name"), ("no_such_field", "__all__"), (None, "__all__")])
def test_a_refusal_of_the_service_stands_beside_its_field(field: str | None, shown: str) -> None:
    form = Sample(sent(key=KEY, name="Ánh"))
    form.refuse(Refused("taken", "Somebody else was faster.", field=field))
    assert "Somebody else was faster." in form.errors[shown]
    assert form["name"].value() == "Ánh"


class Limits(ui_forms.Form):
    name = forms.CharField(max_length=3)
    age = forms.IntegerField(min_value=1, max_value=120)
    mail = forms.EmailField()
    way = forms.ChoiceField(choices=[("a", "A")])
    own = forms.IntegerField(error_messages={"invalid": "Count the copies in digits.", "required": "How many copies?"})


def test_every_refusal_says_what_to_type() -> None:
    with translation.override("en"):
        errors = Limits(sent(name="Ngọc", age="121", mail="x", way="b", own="x")).errors
        assert errors["name"] == ["This is too long: write at most 3 characters; now there are 4."]
        assert errors["age"] == ["Write a number of at most 120."]
        assert errors["mail"] == ["Write an e-mail address with an @, for example ten@example.vn."]
        assert errors["way"] == ["Choose one of the answers in the list."]
        assert errors["own"] == ["Count the copies in digits."]
        assert Limits(sent(age="mười")).errors["age"] == ["Write a whole number in digits, for example 12."]
        assert Limits(sent()).errors["own"] == ["How many copies?"]
