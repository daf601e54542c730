"""The register of dossiers: order numbers, pages, files; the minutes of results brought to the centre."""

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from motcua.documents import services as documents
from motcua.documents import wording
from motcua.dossiers import books, services
from motcua.dossiers.books import Book
from motcua.dossiers.models import DayNumber, Dossier, Extension
from motcua.dossiers.services import books as files
from motcua.dossiers.services import year_end
from motcua.dossiers.services.prints import is_put_off
from motcua.dossiers.tests.factories import MONDAY, World, accepted, at_step, office_day, step
from motcua.identity import queries as identity
from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.audit import AuditEntry
from motcua.kernel.clock import ZONE
from motcua.kernel.errors import NotReady
from motcua.places.models import Agency

REGISTER, MINUTES = "/office/register/", "/office/minutes/"
YEAR = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def here(db: None, settings: Any, tmp_path: Any) -> Iterator[World]:
    settings.BLOBS = tmp_path / "blobs"
    with office_day() as made:
        yield made


def desk(here: World, role: Role = Role.RECEPTION) -> Client:
    return people.sign_in(Client(), here.staff[role])


def text_of(content: bytes) -> str:
    pdf = pypdfium2.PdfDocument(content)
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    finally:
        pdf.close()


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


class TestOrder:
    def test_numbers_run_on_over_days_and_begin_anew_each_year(self, here: World) -> None:
        days = [datetime(2025, 12, 31, 9, tzinfo=ZONE), datetime(2026, 1, 5, 9, tzinfo=ZONE)]
        days += [days[1] + timedelta(hours=1), datetime(2026, 1, 6, 9, tzinfo=ZONE)]
        made = [accepted(here, day) for day in days]
        assert [books.place_of(dossier) for dossier in made] == [
            ("01/2025", "1"), ("01/2026", "1"), ("01/2026", "2"), ("01/2026", "3"),
        ]  # fmt: skip

    def test_each_agency_counts_for_itself(self, here: World) -> None:
        DayNumber.objects.create(agency=here.committee, day=date(2026, 3, 2), last=40)
        assert books.place_of(accepted(here)) == ("01/2026", "1")

    def test_a_dossier_taken_over_in_bulk_has_no_place(self, here: World) -> None:
        made = accepted(here)
        DayNumber.objects.all().delete()
        assert books.place_of(made) == ("", "")
        assert books.place_of(Dossier(code=None)) == ("", "")

    def test_the_register_holds_every_dossier_once_in_order(self, here: World) -> None:
        made = [
            accepted(here, MONDAY - timedelta(days=7)),
            accepted(here),
            accepted(here, MONDAY + timedelta(minutes=1)),
        ]
        book = books.book(here.centre, 2026)
        entries = books.entries(book, book.between(*YEAR))
        assert [entry.dossier_id for entry in entries] == [dossier.pk for dossier in made]
        assert [entry.line.ordinal for entry in entries] == [1, 2, 3]
        assert [entry.line.code for entry in entries] == [dossier.code for dossier in made]
        only = books.entries(book, book.between(MONDAY.date(), MONDAY.date()))
        assert [entry.line.ordinal for entry in only] == [2, 3]

    @given(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 30), max_size=25), st.data())
    def test_a_place_leads_back_to_its_number(self, counts: dict[date, int], data: st.DataObject) -> None:
        days, ends, total = sorted(counts), [], 0
        for day in days:
            total += counts[day]
            ends.append(total)
        book = Book(Agency(), 2026, tuple(days), tuple(ends))
        every = [(day, number) for day in days for number in range(1, counts[day] + 1)]
        assert [book.place(ordinal) for ordinal in range(1, total + 1)] == every
        first, last = sorted(data.draw(st.tuples(st.dates(*YEAR), st.dates(*YEAR))))
        asked = [book.place(ordinal) for ordinal in book.between(first, last)]
        assert asked == [place for place in every if first <= place[0] <= last]

    @given(st.integers(1, 5000), st.integers(0, 5000))
    def test_parts_are_the_whole_cut_where_volumes_end(self, start: int, length: int) -> None:
        cut = books.parts(range(start, start + length))
        assert [number for part in cut for number in part] == list(range(start, start + length))
        assert all(len({books.volume_of(number, 2026) for number in (part[0], part[-1])}) == 1 for part in cut)


class TestSlip:
    def test_the_slip_names_its_place_in_the_register(self, here: World) -> None:
        accepted(here, MONDAY - timedelta(days=3))
        made = accepted(here)
        paper = services.paper(dossier=made, form="slip", actor=here.actor(Role.RECEPTION), now=MONDAY)
        assert "Quyển số: 01/2026 Số thứ tự: 2" in text_of(documents.content(paper))

    def test_every_kept_print_can_be_made_again(self, here: World) -> None:
        made = at_step(here, "clerk")
        made = step(here, made, MONDAY)
        for form, second in (("slip", ""), ("slip", "en"), ("result", ""), ("control", "en")):
            kept = services.paper(dossier=made, form=form, second=second, actor=here.actor(Role.CLERK), now=MONDAY)
            assert documents.print_again(kept.pk) == documents.content(kept)
            assert ("Dossier code" in text_of(documents.content(kept))) == bool(second)

    @pytest.mark.parametrize(("form", "second"), [("result", "en"), ("slip", "fr"), ("nothing", ""), ("apology", "")])
    def test_what_does_not_exist_is_not_printed(self, here: World, form: str, second: str) -> None:
        with pytest.raises(NotReady):
            services.paper(dossier=accepted(here), form=form, second=second, actor=here.actor(Role.CLERK), now=MONDAY)

    def test_the_control_sheet_names_who_gave_and_took_and_whether_it_was_in_time(self, here: World) -> None:
        made = step(here, at_step(here, "clerk"), MONDAY + timedelta(days=21))
        sheet = services.paper(dossier=made, form="control", actor=here.actor(Role.CLERK), now=MONDAY)
        text = text_of(documents.content(sheet))
        for role in (Role.RECEPTION, Role.HANDLER, Role.LEADER, Role.CLERK):
            assert f"Cán bộ {role.value}" in text
        assert here.committee.name in text
        assert ("Trước hạn" in text, "Quá hạn" in text) == (True, True)

    def test_office_and_applicant_may_have_it_with_english(self, here: World) -> None:
        made = accepted(here)
        office, own = desk(here), people.sign_in(Client(), here.citizen_account)
        choosing = reverse("dossiers:print_language", args=[made.pk])
        assert f'action="{choosing}"' in office.get(reverse("dossiers:case", args=[made.pk])).content.decode()
        own_url = reverse("dossiers:own_print", args=[made.pk, "slip"])
        assert f'href="{own_url}?second=en"' in own.get(reverse("dossiers:status", args=[made.pk])).content.decode()
        for client, name in ((office, "print_form"), (own, "own_print")):
            url = reverse(f"dossiers:{name}", args=[made.pk, "slip"])
            assert "Receiving officer" in text_of(body(client.get(url, {"second": "en"})))
            assert "Receiving officer" not in text_of(body(client.get(url)))
            assert client.get(url, {"second": "fr"}).status_code == 404

    def test_an_apology_is_printed_once_the_due_date_is_put_off(self, here: World) -> None:
        made = accepted(here)
        assert not is_put_off(made)
        later = MONDAY + timedelta(days=12)
        draft = Extension.objects.create(
            dossier=made, old_due_at=made.due_at, new_due_at=later, at_fault="Sở Tư pháp", reason="Chờ sổ gốc.",
            drafted_at=MONDAY, basis="61/2018/NĐ-CP, Điều 19",
        )  # fmt: skip
        made.due_at = later
        assert not is_put_off(made)
        draft.granted_at, draft.granted_by, draft.signed_as = MONDAY, "Trần Bình", ["CHỦ TỊCH"]
        draft.save()
        assert is_put_off(made)
        kept = services.paper(dossier=made, form="apology", actor=here.actor(Role.LEADER), now=MONDAY)
        text = text_of(documents.content(kept))
        new_day = "ngày 05 tháng 12 năm 2026"
        for words in ("Mẫu số 04", "Sở Tư pháp", "Chờ sổ gốc.", new_day, "Trần Bình", here.committee.name.upper()):
            assert words in text


class TestPage:
    def test_the_register_stands_on_the_page_and_leads_to_its_files(self, here: World) -> None:
        made = accepted(here, address="Số 5 phố Hàng Nồi")
        page = desk(here).get(REGISTER)
        text = page.content.decode()
        assert page.status_code == 200
        assert made.code in text
        assert "Volume 01/2026, numbers 1–1" in text

    def test_pages_follow_each_other_without_a_gap(self, here: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(books, "PAGE", 2)
        made = [accepted(here, MONDAY + timedelta(minutes=n)) for n in range(5)]
        seen, client, mark = list[str](), desk(here), ""
        for _ in range(3):
            leaf = client.get(REGISTER, {"page": mark} if mark else {}).context["leaf"]
            seen += [entry.line.code for entry in leaf.rows]
            mark = leaf.next
        assert (seen, mark) == ([dossier.code for dossier in made], "")
        assert client.get(REGISTER, {"page": "5"}).context["leaf"].previous == "3"

    @pytest.mark.parametrize("mark", ["-3", "x", "99999999999999999999", "0", "７"])
    def test_a_broken_mark_is_the_first_or_an_empty_page(self, here: World, mark: str) -> None:
        accepted(here)
        assert desk(here).get(REGISTER, {"page": mark}).status_code == 200

    def test_as_many_statements_for_one_row_as_for_many(self, here: World) -> None:
        client = desk(here)
        counts = []
        for _ in range(2):
            accepted(here)
            client.get(REGISTER)
            with CaptureQueriesContext(connection) as queries:
                client.get(REGISTER)
            counts.append(len(queries))
            for n in range(6):
                accepted(here, MONDAY + timedelta(minutes=n))
        assert counts[0] == counts[1]

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [("1/2/2026", "1/1/2026", "lies before the first"), ("1/1/2025", "", "of one year"), ("x", "", "real day")],
    )
    def test_days_that_cannot_be_are_said_in_words(self, here: World, first: str, last: str, words: str) -> None:
        accepted(here)
        page = desk(here).get(REGISTER, {"year": "2026", "first": first, "last": last})
        assert page.status_code == 422
        assert words in page.content.decode()

    def test_a_stranger_reads_no_register_and_takes_no_file(self, here: World) -> None:
        accepted(here)
        other = people.agency("H49.77", name="Trung tâm khác", kind="centre")
        stranger = people.sign_in(Client(), people.officer(Role.RECEPTION, of=other, name="Người Khác"))
        assert stranger.get(REGISTER).context["leaf"] is None
        assert stranger.get(REGISTER, {"agency": str(here.centre.pk)}).context["leaf"] is None
        for form in ("pdf", "xlsx", "csv"):
            url = reverse(f"dossiers:register_{form}")
            assert stranger.get(url, {"agency": str(here.centre.pk)}).status_code == 404
        assert Client().get(REGISTER).status_code == 302
        assert people.sign_in(Client(), here.citizen_account).get(REGISTER).status_code == 403


class TestFiles:
    def test_a_volume_is_printed_on_a4_and_stays_the_same(self, here: World) -> None:
        made = accepted(here, address="Số 5 phố Hàng Nồi")
        url = reverse("dossiers:register_pdf")
        answer = desk(here).get(url)
        text = text_of(answer.content)
        assert answer["Content-Type"] == "application/pdf"
        assert all(words in text for words in (made.code, "Số 5 phố Hàng Nồi", "Mẫu số 07", "Quyển số: 01/2026"))
        book = books.book(here.centre, 2026)
        again = [
            files.register_pdf(
                book, first=YEAR[0], last=MONDAY.date(), part=1, actor=here.actor(Role.RECEPTION), now=now
            )
            for now in (MONDAY + timedelta(days=40), MONDAY + timedelta(days=400))
        ]
        assert again[0] == again[1]
        assert desk(here).get(url, {"part": "2"}).status_code == desk(here).get(url, {"part": "x"}).status_code == 404

    def test_a_book_of_the_law_before_carries_its_number(self, here: World) -> None:
        accepted(here, datetime(2025, 3, 3, 9, tzinfo=ZONE))
        answer = desk(here).get(reverse("dossiers:register_pdf"), {"year": "2025", "last": "31/03/2025"})
        assert "Mẫu số 06 · Thông tư 01/2018/TT-VPCP" in text_of(answer.content)

    def test_a_closed_book_says_on_which_day_it_was_closed(self, here: World) -> None:
        accepted(here, datetime(2025, 3, 3, 9, tzinfo=ZONE))
        clerk = identity.actor_of(people.officer(Role.CLERK, of=here.centre).pk, here.on)
        year_end.close_year(agency_id=here.centre.pk, year=2025, actor=clerk, now=MONDAY)
        answer = desk(here).get(reverse("dossiers:register_pdf"), {"year": "2025", "last": "31/03/2025"})
        assert f"Khóa sổ {wording.day(MONDAY.date())}" in text_of(answer.content)

    def test_spreadsheet_and_lines_hold_the_same_and_no_formula(self, here: World) -> None:
        accepted(here, owner_name='=HYPERLINK("http://x","y")')
        accepted(here)
        client = desk(here)
        sheet = openpyxl.load_workbook(io.BytesIO(body(client.get(reverse("dossiers:register_xlsx")))))
        rows = list(sheet["2026"].iter_rows())
        assert [cell.value for cell in rows[0]] == list(files.HEADINGS)
        assert len(rows) == 3
        assert {cell.data_type for row in rows for cell in row} <= {"s", "inlineStr", "n"}  # no "f"
        lines = body(client.get(reverse("dossiers:register_csv"))).decode("utf-8-sig").splitlines()
        assert len(lines) == 3
        assert "'=HYPERLINK" in lines[1]

    def test_who_took_a_file_is_written_down(self, here: World) -> None:
        accepted(here)
        for form in ("pdf", "xlsx", "csv"):
            body(desk(here).get(reverse(f"dossiers:register_{form}")))
        taken = AuditEntry.objects.filter(action="dossiers.print_register")
        assert sorted(entry.detail["form"] for entry in taken) == ["csv", "pdf", "xlsx"]

    def test_a_long_book_is_read_in_pieces(self, here: World) -> None:
        for n in range(7):
            accepted(here, MONDAY + timedelta(minutes=n))
        book = books.book(here.centre, 2026)
        assert [len(piece) for piece in books.chunks(book, book.between(*YEAR), size=3)] == [3, 3, 1]


class TestMinutes:
    def test_results_of_the_day_are_printed_for_the_centre(self, here: World) -> None:
        done = [step(here, at_step(here, "clerk"), MONDAY) for _ in range(2)]
        page = desk(here).get(MINUTES)
        assert [d.pk for d in page.context["groups"][0].dossiers] == [d.pk for d in done]
        answer = desk(here).post(MINUTES, {"dossier": [str(done[1].pk)]})
        text = text_of(answer.content)
        assert done[1].code in text
        assert done[0].code not in text
        assert "BIÊN BẢN BÀN GIAO KẾT QUẢ" in text
        assert here.committee.name in text
        assert answer.content == desk(here).post(MINUTES, {"dossier": [str(done[1].pk)]}).content

    def test_nothing_ticked_is_said_and_nothing_printed(self, here: World) -> None:
        step(here, at_step(here, "clerk"), MONDAY)
        answer = desk(here).post(MINUTES, {"dossier": "x"})
        assert answer.status_code == 422
        assert "Tick at least one result" in answer.content.decode()

    def test_another_day_and_a_stranger_see_nothing(self, here: World) -> None:
        done = step(here, at_step(here, "clerk"), MONDAY)
        assert desk(here).get(MINUTES, {"day": "1/11/2026"}).context["groups"] == []
        other = people.agency("H49.77", name="Trung tâm khác", kind="centre")
        stranger = people.sign_in(Client(), people.officer(Role.RECEPTION, of=other, name="Người Khác"))
        assert stranger.get(MINUTES).context["groups"] == []
        assert stranger.post(MINUTES, {"dossier": [str(done.pk)]}).status_code == 422
