import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from motcua.documents import examples, queries, services
from motcua.documents.models import Verification
from motcua.documents.tests.factories import ACTOR, NOW, document
from motcua.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.BLOBS = tmp_path / "blobs"


def issued(**facts) -> tuple[Verification, bytes]:
    check = services.new_check()
    content = services.print_form(examples.slip())
    given = {
        "title": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
        "issued_by": examples.HEAD.agency,
        "issued_at": NOW,
        "reference": examples.CODE,
        "facts": {"Hẹn trả kết quả": "08 giờ 40 phút, ngày 10 tháng 02 năm 2026"},
        **facts,
    }
    return services.register(check=check, content=content, actor=ACTOR, now=NOW, **given), content


def text(response) -> str:
    return " ".join(response.content.decode().split())


def ask(client, address, content, name="slip.pdf"):
    return client.post(address, {"paper-sent": "1", "paper-file": SimpleUploadedFile(name, content)})


class TestRegister:
    def test_a_check_is_an_address_with_its_code(self, settings):
        settings.BASE_URL = "https://motcua.example/"
        check = services.new_check()
        assert check.url == f"https://motcua.example/verify/{check.code}/"
        assert services.new_check().code != check.code

    def test_the_paper_and_its_document_are_kept_together(self):
        row = document()
        paper, _ = issued(document=row, subject_id=row.owner_id)
        assert paper.document == row
        assert AuditEntry.objects.filter(action="documents.register", subject_id=paper.pk).exists()
        assert paper.code in str(paper)


class TestCode:
    def test_a_desk_s_scanner_may_send_the_whole_address(self):
        paper, _ = issued()
        for scanned in (f"https://motcua.example/verify/{paper.code}/", f" {paper.code}\r\n"):
            assert queries.verification_of(scanned) == paper
        for scanned in ("", "/", "https://motcua.example/verify/", "https://motcua.example/verify/AAAA-AAAA-A/"):
            assert queries.verification_of(scanned) is None

    def test_a_paper_says_who_issued_it_when_and_for_which_dossier(self, client):
        paper, _ = issued()
        response = client.get(reverse("documents:verify", args=[paper.code]))
        shown = text(response)
        assert response.status_code == 200
        for words in (examples.HEAD.agency, examples.CODE, paper.code, "ngày 10 tháng 02 năm 2026", 'lang="vi"'):
            assert words in shown
        assert examples.APPLICANT.name not in shown

    def test_a_code_typed_by_a_person_is_understood(self, client):
        paper, _ = issued()
        typed = f" {paper.code.lower().replace('-', ' ')} ".replace("0", "o").replace("1", "l")
        response = client.post(reverse("documents:verify_any"), {"code": typed})
        assert response["Location"] == reverse("documents:verify", args=[paper.code])

    def test_a_mistyped_code_keeps_what_was_typed_and_says_what_to_do(self, client):
        response = client.post(
            reverse("documents:verify_any"), {"code": "7K3M-9P2X-0"}, headers={"accept-language": "en"}
        )
        assert response.status_code == 200
        assert "Compare it with the paper" in text(response)
        assert 'value="7K3M-9P2X-0"' in text(response)

    @pytest.mark.parametrize("code", ["AAAA-AAAA-A", "x", "<b>x", "%00"])
    def test_an_unknown_code_is_not_found_and_is_told_as_a_warning(self, client, code):
        response = client.get(reverse("documents:verify", args=[code]), headers={"accept-language": "en"})
        assert response.status_code == 404
        assert "No paper carries this code" in text(response)
        assert "<b>x" not in text(response)

    @pytest.mark.parametrize("language", ["vi", "en", "pt"])
    def test_the_pages_open_in_every_language(self, client, language):
        paper, _ = issued()
        for address in (reverse("documents:verify_any"), reverse("documents:verify", args=[paper.code])):
            response = client.get(address, headers={"accept-language": language})
            assert f'<html lang="{language}"' in text(response)

    def test_a_page_costs_one_query(self, client, django_assert_num_queries):
        paper, _ = issued()
        with django_assert_num_queries(1):
            client.get(reverse("documents:verify", args=[paper.code]))


class TestFile:
    def test_the_issued_file_is_known_by_itself(self, client):
        paper, content = issued()
        shown = text(ask(client, reverse("documents:verify_any"), content))
        assert paper.code in shown
        assert "mc-tone-done" in shown

    def test_the_issued_file_is_unchanged(self, client):
        paper, content = issued()
        response = ask(client, reverse("documents:verify", args=[paper.code]), content)
        assert response.context["outcome"] == "same"

    def test_one_changed_byte_is_another_file(self, client):
        paper, content = issued()
        changed = content[:-1] + b" "
        response = ask(client, reverse("documents:verify", args=[paper.code]), changed)
        assert response.context["outcome"] == "differs"
        assert "mc-tone-warning" in text(response)
        response = ask(client, reverse("documents:verify_any"), changed)
        assert response.context["is_unknown"]

    @pytest.mark.parametrize("content", [None, b""])
    def test_no_file_is_told_beside_the_field(self, client, content):
        paper, _ = issued()
        data = {"paper-sent": "1"} | (
            {"paper-file": SimpleUploadedFile("a.pdf", content)} if content is not None else {}
        )
        for address in (reverse("documents:verify_any"), reverse("documents:verify", args=[paper.code])):
            response = client.post(address, data)
            assert response.context["by_file"].errors
            assert "mc-tone-done" not in text(response) or response.context.get("paper")

    def test_a_huge_file_is_just_unknown(self, client, settings):
        settings.UPLOAD_LIMIT = 10
        _, content = issued()
        assert ask(client, reverse("documents:verify_any"), content).context["is_unknown"]

    def test_nothing_of_the_file_is_kept(self, client, tmp_path):
        _, content = issued()
        ask(client, reverse("documents:verify_any"), content)
        assert list(tmp_path.rglob("*")) == []
