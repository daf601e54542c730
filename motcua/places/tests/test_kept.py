"""What loaded packs say is read once, and anew after a load."""

from unittest.mock import Mock

import pytest

from motcua.places import kept

pytestmark = pytest.mark.django_db


def test_what_no_pack_has_loaded_is_read_each_time() -> None:
    read = Mock(side_effect=[1, 2])
    assert [kept.value("key", read), kept.value("key", read)] == [1, 2]
    kept.renew("catalogue", "a")
    read = Mock(side_effect=[3, 4])
    assert [kept.value("key", read), kept.value("key", read)] == [3, 4], "places are not loaded yet"


def test_what_a_pack_has_loaded_is_read_once_even_when_there_is_nothing(django_assert_num_queries) -> None:
    kept.renew("places", "a")
    read = Mock(side_effect=[None])
    assert kept.value("key", read) is None
    with django_assert_num_queries(0):
        assert kept.value("key", read) is None
    assert read.call_count == 1


def test_after_a_load_here_it_is_read_anew() -> None:
    kept.renew("places", "a")
    assert kept.value("key", lambda: "before") == "before"
    kept.renew("eforms.forms", "b")
    assert kept.value("key", lambda: "after") == "after"


def test_a_load_elsewhere_is_noticed_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    kept.renew("places", "a")
    kept.value("key", lambda: "before")
    monkeypatch.setattr(kept, "_mark", lambda: "pack:places=b")
    assert kept.value("key", lambda: "after") == "before"
    monkeypatch.setattr(kept, "FRESH_SECONDS", -1)
    assert kept.value("key", lambda: "after") == "after"


def test_an_error_is_not_kept() -> None:
    kept.renew("places", "a")
    with pytest.raises(LookupError):
        kept.value("key", Mock(side_effect=LookupError))
    assert kept.value("key", lambda: "found") == "found"
