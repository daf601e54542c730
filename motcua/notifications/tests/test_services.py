import smtplib
from datetime import date, timedelta
from unittest import mock
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from motcua.kernel.actor import ANONYMOUS
from motcua.notifications import gateways, queries, services, templates
from motcua.notifications.enums import Channel, Failure, State
from motcua.notifications.gateways.base import Delayed, Rejected
from motcua.notifications.models import Delivery, Message
from motcua.notifications.tests.factories import LAN, NAM, NOW, Way, actor, message, notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def way(monkeypatch):
    made = Way()
    monkeypatch.setattr(services, "gateway", lambda _: made)
    return made


def email_of(row: Message) -> Delivery:
    return row.deliveries.get(channel=Channel.EMAIL)


def jobs_waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notifications.send'")
        return cursor.fetchone()[0]


class TestTemplates:
    def test_moments_are_written_in_the_reader_s_form(self):
        facts = {"code": "H49-1", "due_at": NOW}
        assert templates.write("tests.due", language="en", facts=facts).short == "H49-1: 5 Feb 2026, 08:40"
        assert templates.write("tests.due", language="vi", facts=facts).short == "H49-1: 08:40, 05/02/2026"

    def test_days_are_written_as_days(self):
        facts = {"code": "H49-1", "due_at": date(2026, 2, 5)}
        assert templates.write("tests.due", language="en", facts=facts).short == "H49-1: 5 Feb 2026"

    def test_a_subject_is_one_line_whatever_the_facts_are(self):
        written = templates.write("tests.due", language="en", facts={"code": "a\r\nBcc: x@y.z", "due_at": NOW})
        assert written.subject == "Dossier a Bcc: x@y.z"

    def test_an_occasion_nobody_registered_is_an_error(self):
        with pytest.raises(templates.TemplateUnknown, match=r"tests\.none"):
            templates.write("tests.none", language="vi", facts={})


class TestNotify:
    def test_a_message_is_kept_as_it_was_written_with_a_delivery_per_channel(self):
        row = message(about_id=uuid4(), url="/my/dossiers/1/")
        assert (row.subject, row.language) == ("Dossier H49-1", "en")
        assert "5 Feb 2026" in row.body
        assert row.facts == {"code": "H49-1", "due_at": NOW.isoformat()}
        states = dict(row.deliveries.values_list("channel", "state"))
        assert states == {Channel.IN_APP: State.SENT, Channel.EMAIL: State.QUEUED}
        assert jobs_waiting() == 1

    def test_without_an_address_nothing_leaves_the_house(self):
        row = message(NAM)
        assert [delivery.channel for delivery in row.deliveries.all()] == [Channel.IN_APP]
        assert jobs_waiting() == 0

    def test_an_unknown_language_becomes_vietnamese(self):
        stranger = services.Recipient(uuid4(), "Ann", "", "xx")
        assert message(stranger).language == "vi"

    def test_the_same_key_tells_once(self):
        for _ in range(2):
            message(key="event-7:owner")
        services.notify_all([notice(key="event-7:owner"), notice(key="event-7:owner")], now=NOW)
        assert Message.objects.count() == 1

    def test_a_rolled_back_act_tells_nobody(self):
        with transaction.atomic():
            services.notify(recipient=LAN, template="tests.due", facts=notice().facts, key="k", now=NOW)
            transaction.set_rollback(True)
        assert not Message.objects.exists()
        assert jobs_waiting() == 0

    def test_many_notices_cost_as_many_statements_as_one_and_one_job(self, django_assert_num_queries):
        services.notify_all([notice()], now=NOW)
        before = jobs_waiting()
        with CaptureQueriesContext(connection) as few:
            services.notify_all([notice()], now=NOW)
        with django_assert_num_queries(len(few)):
            services.notify_all([notice() for _ in range(40)], now=NOW)
        assert jobs_waiting() == before + 2
        assert len(few) <= 8  # the job is deferred in a savepoint of its own


class TestSend:
    def test_what_is_due_is_sent_once(self, way):
        row = message(url="/x/")
        assert services.send_due(now=NOW) == 1
        assert services.send_due(now=NOW) == 0
        assert [(letter.address, letter.subject) for letter in way.sent] == [("lan@example.vn", "Dossier H49-1")]
        assert way.sent[0].url.endswith("/x/")
        assert way.sent[0].url.startswith("http")
        delivery = email_of(row)
        assert (delivery.state, delivery.sent_at, delivery.attempts) == (State.SENT, NOW, 1)

    def test_more_than_a_batch_goes_out(self, way):
        services.notify_all([notice() for _ in range(services.BATCH + 3)], now=NOW)
        assert services.send_due(now=NOW) == services.BATCH + 3
        assert len({letter.key for letter in way.sent}) == services.BATCH + 3

    def test_a_closed_way_is_tried_again_later_and_at_last_given_up(self, way):
        row, now = message(), NOW
        way.error = Delayed(Failure.DEFERRED, "The server is asleep.")
        for wait in services.WAITS:
            services.send_due(now=now)
            delivery = email_of(row)
            assert (delivery.state, delivery.next_at) == (State.QUEUED, now + wait)
            assert services.send_due(now=now + wait - timedelta(seconds=1)) == 0
            now += wait
        services.send_due(now=now)
        delivery = email_of(row)
        assert (delivery.state, delivery.attempts) == (State.FAILED, len(services.WAITS) + 1)
        assert (delivery.failure, delivery.failure_detail) == (Failure.DEFERRED, "The server is asleep.")
        assert list(queries.undelivered()) == [delivery]
        assert services.send_due(now=now + timedelta(days=9)) == 0

    def test_a_way_that_opens_again_delivers(self, way):
        row = message()
        way.error = Delayed(Failure.UNREACHABLE, "Asleep.")
        services.send_due(now=NOW)
        way.error = None
        services.send_due(now=NOW + timedelta(minutes=1))
        assert (email_of(row).state, email_of(row).failure, email_of(row).failure_detail) == (State.SENT, "", "")

    def test_one_bad_address_does_not_stop_the_others(self, way):
        bad = message(services.Recipient(uuid4(), "X", "not an address", "vi"))
        good = message()
        services.send_due(now=NOW)
        assert email_of(bad).state == State.FAILED
        assert email_of(bad).attempts == 1
        assert email_of(good).state == State.SENT

    def test_a_worker_that_died_with_a_letter_in_hand_loses_nothing(self, way):
        row = message()
        with mock.patch.object(services, "_send", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            services.send_due(now=NOW)
        assert email_of(row).state == State.SENDING
        assert services.send_due(now=NOW + timedelta(minutes=1)) == 0
        assert services.send_due(now=NOW + services.PATIENCE) == 1
        assert email_of(row).state == State.SENT

    def test_a_letter_that_kills_every_worker_is_given_up(self, way):
        row, now = message(), NOW
        way.error = KeyboardInterrupt()
        for _ in range(len(services.WAITS) + 1):
            with pytest.raises(KeyboardInterrupt):
                services.send_due(now=now)
            now += services.PATIENCE
        services.send_due(now=now)
        assert (email_of(row).state, email_of(row).failure) == (State.FAILED, Failure.BROKEN_OFF)

    def test_all_that_was_put_off_to_one_moment_waits_for_one_job(self, way):
        services.notify_all([notice() for _ in range(9)], now=NOW)
        way.error = Delayed(Failure.UNREACHABLE, "Asleep.")
        services.send_due(now=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT scheduled_at FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL")
            assert cursor.fetchall() == [(NOW + services.WAITS[0],)]

    def test_the_database_knows_no_sent_delivery_without_a_time(self):
        row = message()
        with pytest.raises(IntegrityError):
            Delivery.objects.filter(pk=email_of(row).pk).update(state=State.SENT)


class TestMail:
    def test_a_letter_is_plain_text_in_the_reader_s_language(self):
        message(url="/my/dossiers/1/")
        services.send_due(now=NOW)
        (sent,) = mail.outbox
        assert sent.to == ['"Phạm Thị Lan" <lan@example.vn>']
        assert sent.subject == "Dossier H49-1"
        assert "/my/dossiers/1/" in sent.body
        assert "We never ask for a password" in sent.body
        assert sent.extra_headers["Auto-Submitted"] == "auto-generated"

    def test_a_name_cannot_add_a_recipient(self):
        message(services.Recipient(uuid4(), 'a" <b@c.d>,\r\n "x', "lan@example.vn", "en"))
        services.send_due(now=NOW)
        assert mail.outbox[0].recipients() == ["\"a' <b@c.d>, 'x\" <lan@example.vn>"]

    @pytest.mark.parametrize(
        ("error", "raised", "failure"),
        [
            (smtplib.SMTPRecipientsRefused({}), Rejected, Failure.REJECTED),
            (smtplib.SMTPDataError(550, b"no"), Rejected, Failure.REJECTED),
            (smtplib.SMTPDataError(451, b"later"), Delayed, Failure.DEFERRED),
            (smtplib.SMTPConnectError(554, b"not you"), Delayed, Failure.UNREACHABLE),
            (smtplib.SMTPServerDisconnected("gone"), Delayed, Failure.UNREACHABLE),
            (ConnectionRefusedError("closed" * 500), Delayed, Failure.UNREACHABLE),
        ],
    )
    def test_the_server_s_answers_are_told_apart(self, error, raised, failure):
        row = message()
        delivery = email_of(row)
        with (
            mock.patch("django.core.mail.EmailMessage.send", side_effect=error),
            pytest.raises(raised, match=type(error).__name__) as caught,
        ):
            gateways.gateway(Channel.EMAIL).send(services._letter(delivery))
        assert caught.value.failure == failure
        assert len(caught.value.detail) <= 500


class TestRead:
    def test_opening_one_leaves_the_others_new(self):
        first, _second = message(NAM), message(NAM)
        assert queries.unread(NAM.person_id) == 2
        assert services.mark_read(actor=actor(NAM), now=NOW, message_id=first.pk) == 1
        assert services.mark_read(actor=actor(NAM), now=NOW, message_id=first.pk) == 0
        assert queries.unread(NAM.person_id) == 1
        assert services.mark_read(actor=actor(NAM), now=NOW) == 1

    def test_nobody_reads_for_another(self):
        row = message(NAM)
        assert services.mark_read(actor=actor(LAN), now=NOW, message_id=row.pk) == 0
        assert services.mark_read(actor=ANONYMOUS, now=NOW) == 0
        assert queries.unread(NAM.person_id) == 1
        assert queries.unread(None) == 0

    def test_what_was_told_about_an_object_is_listed(self):
        about = uuid4()
        rows = [message(about_id=about), message(NAM, about_id=about, now=NOW + timedelta(hours=1))]
        message()
        assert list(queries.messages_about(about)) == rows
