"""The same figure in three languages."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from motcua.ui import formats

AT = datetime(2026, 11, 3, 14, 5, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.mark.parametrize(
    ("language", "money", "day", "moment"),
    [
        ("vi", "1.250.000\u00a0₫", "03/11/2026", "14:05, 03/11/2026"),
        ("en", "1,250,000\u00a0₫", "3 Nov 2026", "3 Nov 2026, 14:05"),
        ("pt", "1\u00a0250\u00a0000\u00a0₫", "03/11/2026", "03/11/2026, 14:05"),
    ],
)
def test_each_language_writes_its_own_way(language: str, money: str, day: str, moment: str) -> None:
    with translation.override(language):
        assert formats.vnd(1_250_000) == money
        assert formats.day(AT) == day == formats.day(date(2026, 11, 3))
        assert formats.moment(AT) == moment


def test_times_are_told_in_the_province_wherever_they_come_from() -> None:
    utc = AT.astimezone(ZoneInfo("UTC")) + timedelta(hours=11)
    with translation.override("vi"):
        assert formats.moment(utc) == "01:05, 04/11/2026"
        assert formats.day(utc) == "04/11/2026"


def test_a_span_names_the_day_once() -> None:
    with translation.override("en"):
        assert formats.span(AT, AT + timedelta(hours=2)) == "3 Nov 2026, 14:05–16:05"
        assert formats.span(AT, AT + timedelta(days=1)) == "3 Nov 2026, 14:05 – 4 Nov 2026, 14:05"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "0 min"), (5, "5 min"), (60, "1 h"), (95, "1 h 35 min"), (480, "1 day"), (1140, "2 days 3 h"),
        (965, "2 days"), (-95, "1 h 35 min"),
    ],
)  # fmt: skip
def test_working_time_in_words(minutes: int, text: str) -> None:
    with translation.override("en"):
        assert formats.working_minutes(minutes) == text


@pytest.mark.parametrize(("identifier", "shown"), [("022090001234", "•••••••••234"), ("12", "••"), ("", "")])
def test_an_identifier_shows_three_characters_at_most(identifier: str, shown: str) -> None:
    assert formats.masked(identifier) == shown


def test_file_sizes_are_never_nothing() -> None:
    with translation.override("vi"):
        assert formats.file_size(10) == "1 kB"
        assert formats.file_size(1_843_000) == "1,8 MB"
    with translation.override("en"):
        assert formats.file_size(1_843_000) == "1.8 MB"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1900558826", "1900\u00a0558\u00a0826"),
        ("0912345678", "0912\u00a0345\u00a0678"),
        ("+84 912", "+84 912"),
        ("113", "113"),
    ],
)
def test_telephone_numbers_are_grouped_unless_written_otherwise(number: str, shown: str) -> None:
    assert formats.phone(number) == shown


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("Đăng ký khai sinh", 17, "Đăng ký khai sinh"),
        ("Đăng ký khai sinh", 15, "Đăng ký khai…"),
        ("Cấp giấy phép, gia hạn", 15, "Cấp giấy phép…"),
        ("Đăng ký khai sinh", 8, "Đăng ký…"),
        ("Nguyễnthịthuhà", 6, "Nguyễ…"),
    ],
)
def test_a_long_name_ends_after_a_whole_word(text: str, limit: int, shown: str) -> None:
    assert formats.short(text, limit) == shown
