"""The demo's phones are a channel like any other: what they are handed is shown on a screen instead of sent."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from bot.channels.channel import Absent, Delivered, Found, SendFailed, Unknown
from bot.channels.phone_wires import Posted, Writer, sms_form, telegram_tap, telegram_text
from bot.domain.messages import Button, OutboxAct, OutboxMessage
from bot.domain.people import ChannelName

# What the providers say about a number that is not in use, and about somebody who blocked the bot.
_NO_SUCH_NUMBER, _BLOCKED = "21211", "403"

_Line = tuple[ChannelName, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bubble:
    """One message on a phone. `mine` marks what the phone's owner wrote; `number` counts within the chat."""

    number: int
    mine: bool
    text: str
    at: datetime
    buttons: tuple[tuple[Button, ...], ...] = ()
    tapped: tuple[Button, ...] = ()
    """What the owner has tapped under it; tapping the same once more takes it back."""
    outbox_id: int | None = None


@dataclass
class _Chat:
    bubbles: list[Bubble] = field(default_factory=list)
    note: str = ""
    dead: bool = False


class Phones:
    """Every phone of the demo, by channel and plain address. For invented people only: words lie open in `file`."""

    def __init__(self, file: Path, *, clock: Callable[[], datetime]) -> None:
        """`file` (JSON lines) is read if it is there and grows with all that happens. `clock` dates the bubbles."""
        self._clock = clock
        self._chats: dict[_Line, _Chat] = {}
        self._delivered: dict[int, str] = {}
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                self._happened(json.loads(line))
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
        self._file: TextIO = file.open("a", encoding="utf-8")

    async def deliver(self, message: OutboxMessage) -> Delivered:
        """Show it. Raises `SendFailed` for a phone that is out of use, as a provider would."""
        match message.act:
            case OutboxAct.SEND:
                return self._send(message)
            case OutboxAct.ANSWER_TAP:
                if message.text:
                    self._note({"do": "note", "text": message.text}, (message.channel, message.to))
            case OutboxAct.SETTLE_KEYBOARD:
                number = (message.provider_ref or "").rpartition(":")[2]
                if not number.isdecimal():
                    raise SendFailed("no-such-message", permanent=True)
                settled = {"do": "settle", "number": int(number), "buttons": _plain(message)}
                self._note(settled, (message.channel, message.to))
            case OutboxAct.BLANK:  # The provider's copy is blanked; what a phone has received is its owner's.
                pass
        return Delivered(provider_id=message.provider_ref or "")

    async def look_up(self, message: OutboxMessage) -> Found | Absent | Unknown:
        """By the outbox id, which every bubble remembers."""
        known = self._delivered.get(message.id)
        return Absent() if known is None else Found(provider_id=known)

    async def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def chat(self, channel: ChannelName, address: str) -> tuple[Bubble, ...]:
        """Everything that was said on one phone, the oldest first."""
        known = self._chats.get((channel, address))
        return tuple(known.bubbles) if known else ()

    def note(self, channel: ChannelName, address: str) -> str:
        """What was answered to the last tap, in the few words that Telegram shows for a moment."""
        known = self._chats.get((channel, address))
        return known.note if known else ""

    def is_dead(self, channel: ChannelName, address: str) -> bool:
        """Whether nobody can be reached there any more."""
        known = self._chats.get((channel, address))
        return known is not None and known.dead

    def cut_off(self, channel: ChannelName, address: str) -> None:
        """From now on nobody can be reached there: the number was given back, or the bot was blocked."""
        self._note({"do": "cut-off"}, (channel, address))

    def write(self, channel: ChannelName, address: str, *, account: str, words: str) -> Posted:
        """The owner writes. Gives what the provider would post to us; `account` is our number for SMS."""
        self._note({"do": "say", "mine": True, "text": words}, (channel, address))
        number = len(self.chat(channel, address))
        if channel is ChannelName.TELEGRAM:
            return telegram_text(Writer(chat=address, number=number, at=self._clock()), words)
        return sms_form(address, account=account, words=words)

    def tap(self, address: str, *, number: int, data: str) -> Posted | None:
        """The owner of a Telegram chat taps a button under message `number`; `None` if there is no such button."""
        label = _label(self.chat(ChannelName.TELEGRAM, address), number=number, data=data)
        if label is None:
            return None
        self._note({"do": "tap", "number": number, "data": data, "label": label}, (ChannelName.TELEGRAM, address))
        return telegram_tap(Writer(chat=address, number=number, at=self._clock()), data)

    def _send(self, message: OutboxMessage) -> Delivered:
        line = (message.channel, message.to)
        if self.is_dead(*line):
            blocked = message.channel is ChannelName.TELEGRAM
            code = _BLOCKED if blocked else _NO_SUCH_NUMBER
            raise SendFailed(code, permanent=True, gone=True, stopped=blocked)
        said = {"do": "say", "text": message.text, "buttons": _plain(message), "outbox": message.id}
        self._note(said, line)
        return Delivered(provider_id=self._delivered[message.id])

    def _note(self, event: dict[str, Any], line: _Line) -> None:
        whole = {"channel": line[0], "address": line[1], "at": self._clock().isoformat(), **event}
        self._file.write(json.dumps(whole, ensure_ascii=False) + "\n")
        self._file.flush()
        self._happened(whole)

    def _happened(self, event: dict[str, Any]) -> None:
        line = (ChannelName(event["channel"]), event["address"])
        chat = self._chats.setdefault(line, _Chat())
        match event["do"]:
            case "say":
                bubble = _bubble(event, number=len(chat.bubbles) + 1)
                chat.bubbles.append(bubble)
                chat.note = ""
                if bubble.outbox_id is not None:
                    self._delivered[bubble.outbox_id] = _name(line, bubble)
            case "settle" | "tap" if 0 < event["number"] <= len(chat.bubbles):
                place = event["number"] - 1
                chat.bubbles[place] = _touched(chat.bubbles[place], event)
            case "note":
                chat.note = event["text"]
            case "cut-off":
                chat.dead = True


def _bubble(event: dict[str, Any], *, number: int) -> Bubble:
    return Bubble(
        number=number,
        mine=event.get("mine", False),
        text=event["text"],
        at=datetime.fromisoformat(event["at"]),
        buttons=_buttons(event),
        outbox_id=event.get("outbox"),
    )


def _touched(bubble: Bubble, event: dict[str, Any]) -> Bubble:
    if event["do"] == "settle":
        return replace(bubble, buttons=_buttons(event))
    others = tuple(one for one in bubble.tapped if one.data != event["data"])
    again = len(others) < len(bubble.tapped)
    return replace(bubble, tapped=others if again else (*others, Button(label=event["label"], data=event["data"])))


def _plain(message: OutboxMessage) -> list[list[list[str]]]:
    return [[[button.label, button.data] for button in row] for row in message.buttons]


def _buttons(event: dict[str, Any]) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(Button(label=label, data=data) for label, data in row) for row in event.get("buttons", ()))


def _name(line: _Line, bubble: Bubble) -> str:
    """The message in the naming of its provider."""
    if line[0] is ChannelName.TELEGRAM:
        return f"{line[1]}:{bubble.number}"
    return f"demo{bubble.outbox_id}x{bubble.number}"


def _label(bubbles: tuple[Bubble, ...], *, number: int, data: str) -> str | None:
    if not 0 < number <= len(bubbles):
        return None
    found = (button.label for row in bubbles[number - 1].buttons for button in row if button.data == data)
    return next(found, None)
