"""Letters with a link: to copy, to open in one's own mail program, or sent where a mail server is set."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import quote

from museum.config import Settings
from museum.errors import BackendError
from museum.text import translations
from museum.web.language import later

_TIMEOUT_S = 10
_INVITED = later("Invitation to %(museum)s")
_INVITED_BODY = later(
    "Hello,\n\nyou are invited to work on the records of %(museum)s. Open this link to choose your password;"
    " it is good for seven days and only once:\n\n%(link)s\n"
)
_RESET = later("New password for %(museum)s")
_RESET_BODY = later(
    "Hello,\n\nopen this link to choose a new password for %(museum)s; it is good for one hour and only once:"
    "\n\n%(link)s\n\nIf you did not ask for it, tell your administrator.\n"
)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What somebody is written."""

    to: str
    subject: str
    body: str

    @property
    def mailto(self) -> str:
        """The address that opens it in a mail program (RFC 6068)."""
        body = self.body.replace("\n", "\r\n")
        return f"mailto:{quote(self.to)}?subject={quote(self.subject)}&body={quote(body)}"


def invitation(settings: Settings, *, to: str, link: str, language: str) -> Letter:
    """The letter that invites, in the language of whom it invites."""
    return _letter(settings, (_INVITED, _INVITED_BODY), to=to, link=link, language=language)


def new_password(settings: Settings, *, to: str, link: str, language: str) -> Letter:
    """The letter with a link for a new password."""
    return _letter(settings, (_RESET, _RESET_BODY), to=to, link=link, language=language)


def can_send(settings: Settings) -> bool:
    """True where a mail server is set."""
    return bool(settings.smtp_host)


def send(settings: Settings, letter: Letter) -> None:
    """Send it through the museum's mail server. Raises BackendError when that refuses or doesn't answer."""
    message = EmailMessage()
    message["From"] = settings.smtp_from or settings.contact_email
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message.set_content(letter.body)
    try:
        with _server(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise BackendError("web.mail_refused", host=settings.smtp_host, reason=error) from error


def _server(settings: Settings) -> smtplib.SMTP:
    if settings.smtp_security == "tls":
        trusted = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=_TIMEOUT_S, context=trusted)
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=_TIMEOUT_S)
    if settings.smtp_security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _letter(settings: Settings, words: tuple[str, str], *, to: str, link: str, language: str) -> Letter:
    catalog = translations(language)
    values = {"museum": settings.name.say(language), "link": link}
    subject, body = (catalog.gettext(text) % values for text in words)
    return Letter(to=to, subject=subject, body=body)
