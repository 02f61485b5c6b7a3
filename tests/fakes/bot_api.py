"""The Bot API as far as we use it: updates are confirmed by the next offset, and repeated until they are."""

import argparse
import asyncio
import json
import signal
from typing import Any

import httpx

from tests.fakes.wire import Answer, Asked, Fault, Wire, answer, fault_from

TOKEN = "70001:AAStandInForTests_0123456789abcdef"  # the stand-in's own
BOT_ID = 70001


class BotApi(Wire):
    """Give the channel its `url`. People act through `write`, `tap` and the like; `sent` is what we said."""

    def __init__(self, *, port: int = 0, first_update: int = 500) -> None:
        super().__init__(self._handle, port=port)
        self.sent: list[dict[str, Any]] = []
        self.answered_taps: list[dict[str, str]] = []
        self.settled: list[tuple[str, int]] = []
        self.blocked: set[str] = set()
        self.waiting: list[dict[str, Any]] = []
        self.webhook: dict[str, str] = {}
        self._next_update = first_update
        self._next_message = 1
        self._taps: set[str] = set()
        self._news = asyncio.Event()
        self._poll: asyncio.Future[None] | None = None

    def write(self, chat: int, text: str, **more: object) -> int:
        """A person writes; the update's id."""
        return self.push("message", {**self._message(chat), "text": text, **more})

    def edit(self, chat: int, message_id: int, text: str) -> int:
        """A person corrects what was written."""
        edited = {**self._message(chat), "message_id": message_id, "edit_date": 1_700_000_001, "text": text}
        return self.push("edited_message", edited)

    def tap(self, chat: int, message_id: int, data: str) -> str:
        """A person taps a button; the tap's id."""
        tap_id = f"tap{self._next_update}"
        self._taps.add(tap_id)
        message = {**self._message(chat), "message_id": message_id, "from": _bot(), "text": "?"}
        tap = {"id": tap_id, "from": _person(chat), "message": message, "chat_instance": "1", "data": data}
        self.push("callback_query", tap)
        return tap_id

    def block(self, chat: int, *, again: bool = False) -> int:
        """A person blocks us, or lets us in again."""
        (self.blocked.discard if again else self.blocked.add)(str(chat))
        before, after = ("kicked", "member") if again else ("member", "kicked")
        return self.push("my_chat_member", membership(chat, before=before, after=after))

    def push(self, kind: str, value: object) -> int:
        """Any update."""
        update_id = self._next_update
        self._next_update += 1
        self.waiting.append({"update_id": update_id, kind: value})
        self._news.set()
        return update_id

    async def call(self) -> list[int]:
        """Post what waits to the webhook, in order; the statuses answered. What got 2xx is not repeated."""
        statuses = []
        # Plain HTTP: reading the machine's certificates would take longer than all the rest.
        async with httpx.AsyncClient(verify=False) as client:
            for update in list(self.waiting):
                headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
                got = await client.post(self.webhook["url"], json=update, headers=headers)
                statuses.append(got.status_code)
                if got.is_success:
                    self.waiting.remove(update)
        return statuses

    async def _handle(self, asked: Asked) -> Answer:
        if asked.path.startswith("/sim/"):
            return self._simulate(asked)
        prefix, _, method = asked.path.rpartition("/")
        if prefix != f"/bot{TOKEN}":
            return refused(401, "Unauthorized")
        fields = asked.fields()
        if method == "getUpdates":
            return await self._get_updates(fields)
        known = {
            "getMe": self._get_me,
            "sendMessage": self._send_message,
            "answerCallbackQuery": self._answer_tap,
            "editMessageReplyMarkup": self._settle,
            "setWebhook": self._set_webhook,
            "deleteWebhook": self._delete_webhook,
            "getWebhookInfo": self._webhook_info,
        }
        return known[method](fields) if method in known else refused(404, "Not Found")

    async def _get_updates(self, fields: dict[str, str]) -> Answer:
        if self.webhook:
            return refused(409, "Conflict: can't use getUpdates method while webhook is active")
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = mine
        offset = int(fields.get("offset", "0"))
        # One without an id (there is none in the world) goes with whatever is confirmed.
        none = offset - 1 if offset else 0
        self.waiting = [update for update in self.waiting if update.get("update_id", none) >= offset]
        if not self.waiting:
            self._news.clear()
            news = asyncio.ensure_future(self._news.wait())
            await asyncio.wait({news, mine}, timeout=int(fields.get("timeout", "0")), return_when="FIRST_COMPLETED")
            news.cancel()
        if mine.done():
            return refused(409, "Conflict: terminated by other getUpdates request")
        return done(self.waiting[: int(fields.get("limit", "100"))])

    def _get_me(self, fields: dict[str, str]) -> Answer:
        return done({**_bot(), "can_join_groups": False})

    def _send_message(self, fields: dict[str, str]) -> Answer:
        chat, text = fields.get("chat_id", ""), fields.get("text", "")
        if chat in self.blocked:
            return refused(403, "Forbidden: bot was blocked by the user")
        if not chat.lstrip("-").isdecimal():
            return refused(400, "Bad Request: chat not found")
        if not text or len(text.encode("utf-16-le")) > 8192:
            return refused(400, "Bad Request: message is too long")
        markup = json.loads(fields.get("reply_markup", "{}"))
        if any(len(key["callback_data"].encode()) > 64 for row in markup.get("inline_keyboard", []) for key in row):
            return refused(400, "Bad Request: BUTTON_DATA_INVALID")
        message = {**self._message(int(chat)), "from": _bot(), "text": text}
        self.sent.append({**message, "reply_markup": markup, "fields": fields})
        return done(message)

    def _answer_tap(self, fields: dict[str, str]) -> Answer:
        tap = fields.get("callback_query_id", "")
        if tap not in self._taps:
            return refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self._taps.remove(tap)
        self.answered_taps.append(fields)
        return done(True)

    def _settle(self, fields: dict[str, str]) -> Answer:
        chat, number = fields.get("chat_id", ""), int(fields.get("message_id", "0"))
        for message in self.sent:
            if message["message_id"] == number and str(message["chat"]["id"]) == chat:
                markup = json.loads(fields.get("reply_markup", "{}"))
                if message["reply_markup"] == markup:
                    return refused(400, "Bad Request: message is not modified")
                message["reply_markup"] = markup
                self.settled.append((chat, number))
                return done({name: value for name, value in message.items() if name not in ("reply_markup", "fields")})
        return refused(400, "Bad Request: message to edit not found")

    def _set_webhook(self, fields: dict[str, str]) -> Answer:
        self.webhook = {name: fields.get(name, "") for name in ("url", "secret_token", "max_connections")}
        return done(True)

    def _delete_webhook(self, fields: dict[str, str]) -> Answer:
        self.webhook = {}
        return done(True)

    def _webhook_info(self, fields: dict[str, str]) -> Answer:
        url = self.webhook.get("url", "")
        return done({"url": url, "has_custom_certificate": False, "pending_update_count": len(self.waiting)})

    def _message(self, chat: int) -> dict[str, Any]:
        number = self._next_message
        self._next_message += 1
        return {"message_id": number, "date": 1_700_000_000, "chat": private(chat), "from": _person(chat)}

    def _simulate(self, asked: Asked) -> Answer:
        given = json.loads(asked.body or b"{}")
        if asked.path == "/sim/fault":
            self.faults.append(fault_from(given))
        if asked.path == "/sim/write":
            self.write(int(given["chat"]), str(given["text"]))
        if asked.path == "/sim/tap":
            self.tap(int(given["chat"]), int(given["message_id"]), str(given["data"]))
        return answer(200, {"sent": self.sent, "waiting": len(self.waiting), "taps": self.answered_taps})


def private(chat: int) -> dict[str, Any]:
    """A private chat, as updates show it."""
    return {"id": chat, "type": "private", "first_name": "Person"}


def membership(chat: int, *, before: str, after: str) -> dict[str, Any]:
    """What `my_chat_member` says."""
    members = {
        "member": {"user": _bot(), "status": "member"},
        "kicked": {"user": _bot(), "status": "kicked", "until_date": 0},
    }
    return {
        "chat": private(chat),
        "from": _person(chat),
        "date": 1_700_000_000,
        "old_chat_member": members[before],
        "new_chat_member": members[after],
    }


def done(result: object) -> Answer:
    """Telegram's yes."""
    return answer(200, {"ok": True, "result": result})


def refused(status: int, words: str, **parameters: int) -> Answer:
    """Telegram's no."""
    body: dict[str, object] = {"ok": False, "error_code": status, "description": words}
    if parameters:
        body["parameters"] = parameters
    return answer(status, body)


def refusal(status: int, words: str, **parameters: int) -> Fault:
    """The next request is refused."""
    return Fault(answer=refused(status, words, **parameters))


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Person"}


def _bot() -> dict[str, Any]:
    return {"id": BOT_ID, "is_bot": True, "first_name": "Framsteg", "username": "framsteg_bot"}


async def _alone(port: int) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with BotApi(port=port) as api:
        print(api.port, flush=True)
        await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_alone(parser.parse_args().port))
