from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from motcua.identity.tests import factories as people
from motcua.kernel.actor import Role
from motcua.kernel.models import AuditEntry
from motcua.notifications import services
from motcua.notifications.enums import Failure
from motcua.notifications.models import Message
from motcua.notifications.services import Recipient
from motcua.notifications.tests.factories import LAN, NAM, NOW, message

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def owner():
    return people.account()


@pytest.fixture
def mine(client, owner):
    people.sign_in(client, owner)
    return Recipient(owner.person_id, "Nguyễn Thị Thử", "", "en")


class TestInbox:
    def test_a_person_reads_their_own_and_nobody_else_s(self, client, mine):
        own, other = message(mine, facts={"code": "H49-7", "due_at": NOW}), message(LAN)
        shown = text(client.get(reverse("notifications:inbox"), headers={"accept-language": "en"}))
        assert "Dossier H49-7" in shown
        assert "Dossier H49-1" not in shown
        assert "1 new message" in shown
        assert client.get(reverse("notifications:message", args=[own.pk])).status_code == 200
        assert client.get(reverse("notifications:message", args=[other.pk])).status_code == 404
        other.refresh_from_db()
        assert other.read_at is None

    def test_the_list_names_the_matter_where_it_is_known(self, client, mine):
        message(mine, facts={"code": "H49-7", "due_at": NOW, "procedure": "Thủ tục đăng ký khai sinh"})
        message(mine, facts={"code": "H49-8", "due_at": NOW})
        shown = text(client.get(reverse("notifications:inbox")))
        assert shown.count("Thủ tục đăng ký khai sinh") == 1

    def test_opening_a_message_is_reading_it(self, client, mine):
        own = message(mine, url="/my/dossiers/1/")
        response = client.get(reverse("notifications:message", args=[own.pk]))
        assert 'href="/my/dossiers/1/"' in text(response)
        assert '<h1 lang="en">Dossier H49-1</h1>' in text(response)
        assert Message.objects.get(pk=own.pk).read_at is not None

    def test_all_can_be_marked_as_read(self, client, mine):
        for _ in range(3):
            message(mine)
        response = client.post(reverse("notifications:read_all"))
        assert response["Location"] == reverse("notifications:inbox")
        assert not Message.objects.filter(recipient_id=mine.person_id, read_at=None).exists()

    def test_an_empty_inbox_says_what_will_come(self, client, mine):
        shown = text(client.get(reverse("notifications:inbox"), headers={"accept-language": "en"}))
        assert "What happens to your dossiers will be told here" in shown

    def test_pages_follow_each_other_and_cost_the_same(self, client, mine, django_assert_max_num_queries):
        for hour in range(30):
            message(mine, now=NOW + timedelta(hours=hour), facts={"code": f"N{hour:02d}", "due_at": NOW})
        with django_assert_max_num_queries(4):
            first = client.get(reverse("notifications:inbox"))
        assert "N29" in text(first)
        assert "N04" not in text(first)
        second = client.get(reverse("notifications:inbox"), {"page": first.context["page"].next})
        assert "N04" in text(second)
        assert "N05" not in text(second)

    @pytest.mark.parametrize("name", ["inbox", "read_all"])
    def test_a_stranger_is_asked_to_sign_in(self, client, name):
        method = client.post if name == "read_all" else client.get
        response = method(reverse(f"notifications:{name}"))
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("identity:sign_in"))


class TestOutbox:
    def test_in_the_demo_every_message_can_be_read(self, client):
        row = message(LAN)
        message(NAM)
        shown = text(client.get(reverse("notifications:outbox")))
        assert LAN.name in shown
        assert NAM.name in shown
        detail = text(client.get(reverse("notifications:outbox_message", args=[row.pk])))
        assert LAN.email in detail
        assert "Nothing is missing." in detail
        assert "H49-1: 5 Feb 2026, 08:40" in detail

    def test_reading_it_there_is_not_reading_it(self, client):
        row = message(LAN)
        client.get(reverse("notifications:outbox_message", args=[row.pk]))
        row.refresh_from_db()
        assert row.read_at is None

    def test_elsewhere_there_is_no_such_page(self, client, settings):
        settings.DEMO = False
        row = message(LAN)
        assert client.get(reverse("notifications:outbox")).status_code == 404
        assert client.get(reverse("notifications:outbox_message", args=[row.pk])).status_code == 404

    def test_a_full_outbox_costs_what_a_short_one_costs(self, client, django_assert_max_num_queries):
        for _ in range(20):
            message(LAN)
        with django_assert_max_num_queries(2):
            assert client.get(reverse("notifications:outbox")).status_code == 200

    def test_an_empty_outbox_says_what_to_do(self, client):
        shown = text(client.get(reverse("notifications:outbox"), headers={"accept-language": "en"}))
        assert "take one through a step" in shown


class TestUndelivered:
    @pytest.fixture
    def failed(self):
        row = message(Recipient(LAN.person_id, LAN.name, "not an address", "en"))
        services.send_due(now=NOW)
        return row.deliveries.get(channel="email")

    @pytest.fixture
    def admin(self, client):
        return people.sign_in(client, people.officer(Role.ADMIN))

    def test_an_administrator_sees_who_could_not_be_reached_and_why(self, admin, failed):
        message(NAM)
        response = admin.get(reverse("notifications:undelivered"))
        assert [row.pk for row in response.context["page"].rows] == [failed.pk]
        assert LAN.name in text(response)
        assert "The address is not an e-mail address." in text(response)

    def test_why_is_kept_as_a_word_and_translated_when_shown(self, failed, monkeypatch):
        assert (failed.failure, failed.failure_detail) == (Failure.ADDRESS, "")
        monkeypatch.setattr(translation._trans, "gettext", lambda words: f"[{words}]")
        assert failed.get_failure_display() == "[The address is not an e-mail address. Correct it, then try again.]"

    def test_what_the_neighbour_answered_is_shown_beside_it_as_it_was_said(self, admin, failed):
        type(failed).objects.update(failure=Failure.REJECTED, failure_detail="550 <no such user>")
        response = admin.get(reverse("notifications:undelivered"))
        assert "The receiving server refuses the message." in text(response)
        assert '<code class="mc-hint" lang="en">550 &lt;no such user&gt;</code>' in text(response)

    def test_it_is_tried_again_from_the_start(self, admin, failed):
        response = admin.post(reverse("notifications:retry", args=[failed.pk]))
        assert response["Location"] == reverse("notifications:undelivered")
        failed.refresh_from_db()
        assert (failed.state, failed.attempts) == ("queued", 0)
        assert AuditEntry.objects.filter(action="notifications.retry", subject_id=failed.pk).count() == 1
        admin.post(reverse("notifications:retry", args=[failed.pk]))
        assert AuditEntry.objects.filter(action="notifications.retry").count() == 1

    @pytest.mark.parametrize("role", [Role.HANDLER, Role.RECEPTION])
    def test_it_is_not_for_other_staff(self, client, failed, role):
        people.sign_in(client, people.officer(role))
        assert client.get(reverse("notifications:undelivered")).status_code == 403
        assert client.post(reverse("notifications:retry", args=[failed.pk])).status_code == 403

    def test_nothing_failed_is_said(self, admin):
        response = admin.get(reverse("notifications:undelivered"), headers={"accept-language": "en"})
        assert "Everything was delivered" in text(response)
