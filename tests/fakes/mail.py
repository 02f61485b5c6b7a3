"""A mail server that keeps what it is given, and refuses what it is told to refuse."""

import asyncio
import warnings
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "framsteg", "a password of the stand-in"


class MailServer:
    """`received` is what arrived. The next reply to RCPT or DATA is `refuse_recipient` or `refuse_data`, once.

    With `auth`, only USER and PASSWORD may send. `hang_up_after_data`: takes a mail and breaks the connection.
    """

    def __init__(self, *, auth: bool = False) -> None:
        self.received: list[EmailMessage] = []
        self.refuse_recipient = ""
        self.refuse_data = ""
        self.hang_up_after_data = False
        self._auth = auth
        self._sessions: list[SMTP] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.abort()
        # A turn for those to be told that they are over.
        while any(session.transport is not None for session in self._sessions):
            await asyncio.sleep(0.001)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """As the setting wants it."""
        who = f"{USER}:{PASSWORD.replace(' ', '%20')}@" if self._auth else ""
        return f"smtp://{who}127.0.0.1:{self.port}"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient."""
        if self.refuse_recipient:
            reply, self.refuse_recipient = self.refuse_recipient, ""
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """One mail."""
        if self.refuse_data:
            reply, self.refuse_data = self.refuse_data, ""
            return reply
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.received.append(mail)
        if self.hang_up_after_data:
            transport: Any = server.transport
            transport.abort()
        return "250 OK"

    def _session(self) -> SMTP:
        self._sessions.append(self._made())
        return self._sessions[-1]

    def _made(self) -> SMTP:
        if not self._auth:
            return SMTP(self, enable_SMTPUTF8=True)
        with warnings.catch_warnings():
            # It warns of passwords without TLS, which never leave this machine here.
            warnings.simplefilter("ignore")
            return SMTP(self, enable_SMTPUTF8=True, authenticator=_known, auth_required=True, auth_require_tls=False)


def _known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
