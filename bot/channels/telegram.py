"""A Telegram message is handed over once as plain text, and every refusal says whose fault it is."""

from dataclasses import dataclass, field
from datetime import timedelta

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.channels.channel import Absent, Delivered, Found, SendFailed, Unknown
from bot.channels.telegram_http import TelegramHttp, held_back, is_telegrams_own, never_sent, wait_of
from bot.domain.messages import Button, OutboxAct, OutboxMessage

OUR_FAULT_LASTS = timedelta(seconds=60)
LONGEST_TEXT = 4096
"""UTF-16 units. A longer text is refused, not split: what a coach sees queued is what a person reads, in one piece."""
_LONGEST_TOAST = 200


@dataclass(kw_only=True)
class TelegramChannel:
    """One bot. Nothing is asked of Telegram before the first message, so it may be down when we start."""

    token: str = field(repr=False)
    api: str
    timeout: timedelta = timedelta(seconds=10)
    _bot: Bot | None = field(default=None, init=False, repr=False)
    _http: TelegramHttp | None = field(default=None, init=False, repr=False)

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Do what `message.act` asks for; the provider id is `<chat>:<message>`. Raises `SendFailed`, nothing else."""
        try:
            return await self._done(message)
        except SendFailed:
            raise
        except TelegramError as refused:
            if held_back(refused):
                raise SendFailed("too-late") from None
            raise _refusal(refused, repeatable=message.act is not OutboxAct.SEND) from None
        except Exception as odd:  # noqa: BLE001 - an answer that cannot be read: it may have left
            unsettled = message.act is OutboxAct.SEND
            raise SendFailed(f"unreadable-answer-{type(odd).__name__}", unsettled=unsettled) from None

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """Telegram has no list of what a bot has sent."""
        return Unknown()

    async def close(self) -> None:
        """Let go of connections."""
        if self._http is not None:
            http, self._http, self._bot = self._http, None, None
            await http.shutdown()

    async def _done(self, message: OutboxMessage) -> Delivered:
        match message.act:
            case OutboxAct.SEND:
                return await self._send(message)
            case OutboxAct.ANSWER_TAP:
                return await self._answer_tap(message)
            case OutboxAct.SETTLE_KEYBOARD:
                return await self._settle_keyboard(message)
            case OutboxAct.BLANK:  # Telegram keeps no copy of ours to blank: the chat is the person's own
                return Delivered(provider_id=message.provider_ref or "")

    async def _send(self, message: OutboxMessage) -> Delivered:
        try:
            units = len(message.text.encode("utf-16-le")) // 2
        except UnicodeEncodeError:
            raise SendFailed("not-text", permanent=True) from None
        if units > LONGEST_TEXT:
            raise SendFailed("too-long", permanent=True)
        sent = await self._connected().send_message(
            chat_id=message.to,
            text=message.text,
            reply_markup=_keyboard(message.buttons),
            # Telegram would fetch every address in the text, and show what it found there.
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
        return Delivered(provider_id=f"{sent.chat.id}:{sent.message_id}")

    async def _answer_tap(self, message: OutboxMessage) -> Delivered:
        tap = message.provider_ref or ""
        try:
            await self._connected().answer_callback_query(tap, text=message.text[:_LONGEST_TOAST] or None)
        except BadRequest as refused:
            # The tap is too old to be answered: its little clock has stopped by itself.
            if not is_telegrams_own(refused):
                raise
        return Delivered(provider_id=tap)

    async def _settle_keyboard(self, message: OutboxMessage) -> Delivered:
        reference = message.provider_ref or ""
        chat, _, number = reference.rpartition(":")
        if not chat or not number.isdecimal():
            raise SendFailed("no-such-message", permanent=True)
        try:
            await self._connected().edit_message_reply_markup(
                chat_id=chat, message_id=int(number), reply_markup=_keyboard(message.buttons)
            )
        except BadRequest as refused:
            # Not modified, not found, too old: there is no keyboard left to settle.
            if not is_telegrams_own(refused):
                raise
        return Delivered(provider_id=reference)

    def _connected(self) -> Bot:
        if self._bot is None:
            self._http = TelegramHttp(connections=64, timeout=self.timeout)
            self._bot = Bot(
                self.token,
                base_url=f"{self.api}/bot",
                base_file_url=f"{self.api}/file/bot",
                request=self._http,
                get_updates_request=self._http,
            )
        return self._bot


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.data) for button in row] for row in rows]
    )


def _refusal(refused: TelegramError, *, repeatable: bool) -> SendFailed:
    match refused:
        case RetryAfter():
            return SendFailed("429", retry_after=wait_of(refused))
        case ChatMigrated():
            return SendFailed("migrated", moved_to=str(refused.new_chat_id))
        case InvalidToken() | Conflict():
            return SendFailed("our-token", retry_after=OUR_FAULT_LASTS)
        case Forbidden() | BadRequest() if not is_telegrams_own(refused):
            return SendFailed("not-telegram", retry_after=OUR_FAULT_LASTS)
        case Forbidden():
            return SendFailed("403", permanent=True, gone=True, stopped="blocked by the user" in refused.message)
        case BadRequest():
            return SendFailed("400", permanent=True, gone=_nobody_there(refused.message))
    if never_sent(refused):
        return SendFailed("unreachable", away=True)
    return SendFailed(type(refused).__name__, unsettled=not repeatable)


def _nobody_there(words: str) -> bool:
    lower = words.lower()
    phrases = ("chat not found", "peer_id_invalid", "user not found", "chat_id is empty")
    return any(phrase in lower for phrase in phrases)
