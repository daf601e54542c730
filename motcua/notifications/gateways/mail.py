"""E-mail through the server named in the settings."""

import smtplib

from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext as _

from motcua.notifications.enums import Failure
from motcua.notifications.gateways.base import Delayed, Letter, Rejected


class Mail:
    """Plain text, so that every reader and every screen reader can read it."""

    def send(self, letter: Letter) -> None:
        """Hand the letter to the mail server."""
        try:
            EmailMessage(
                subject=letter.subject,
                body=_text(letter),
                to=[f'"{_quoted(letter.name)}" <{letter.address}>'],
                headers={"Message-ID": f"<{letter.key}@motcua>", "Auto-Submitted": "auto-generated"},
            ).send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPNotSupportedError) as error:
            raise Rejected(Failure.REJECTED, _words(error)) from error
        except smtplib.SMTPConnectError as error:
            raise Delayed(Failure.UNREACHABLE, _words(error)) from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code >= 500:
                raise Rejected(Failure.REJECTED, _words(error)) from error
            raise Delayed(Failure.DEFERRED, _words(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Delayed(Failure.UNREACHABLE, _words(error)) from error

    def check(self) -> None:
        """Open a connection and close it again."""
        try:
            connection = get_connection()
            connection.open()
            connection.close()
        except (smtplib.SMTPException, OSError) as error:
            raise Delayed(Failure.UNREACHABLE, _words(error)) from error


def _text(letter: Letter) -> str:
    with translation.override(letter.language):
        parts = [letter.body]
        if letter.url:
            parts.append(_("Open it here: %(url)s") % {"url": letter.url})
        parts.append(_("This message was sent automatically. We never ask for a password or a code by e-mail."))
    return "\n\n".join(parts)


def _quoted(name: str) -> str:
    return " ".join(name.replace("\\", " ").replace('"', "'").split())


def _words(error: Exception) -> str:
    """What the neighbour said, as it said it."""
    return f"{type(error).__name__}: {error}"
