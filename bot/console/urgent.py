"""Everybody says on a page of their own where they are told at once what is urgent."""

from collections.abc import Sequence

from starlette.responses import Response

from bot.console.forms import Form
from bot.console.qr_code import qr_code
from bot.console.visit import Page, Visit
from bot.content.people_table import phone_number
from bot.domain.access import May
from bot.domain.people import ChannelName
from bot.services.own_account import invite_to_telegram, tell_at
from bot.storage.people import DEEP_LINK_LASTS
from bot.storage.views.sight import looking
from bot.storage.views.urgent import own_channels


class UrgentPages:
    """`/account/urgent`."""

    def pages(self) -> Sequence[Page]:
        """All of them."""
        return [
            Page(path="/account/urgent", answer=self.show, needs=May.PEOPLE),
            Page(path="/account/urgent/number", answer=self.number, needs=May.PEOPLE, method="POST"),
            Page(path="/account/urgent/telegram", answer=self.telegram, needs=May.PEOPLE, method="POST"),
        ]

    async def show(self, visit: Visit) -> Response:
        """Where the reader is told now."""
        return await _shown(visit, Form())

    async def number(self, visit: Visit) -> Response:
        """Another number, or none."""
        form = Form.sent(visit, "number")
        typed = visit.field("number", most=40).strip()
        found = phone_number(typed) if typed else None
        if typed and found is None:
            form.complain("number", "no-phone")
            return await _shown(visit, form)
        await tell_at(visit.desk.database, found, by=visit.by, now=visit.now)
        return visit.go("/account/urgent?done=saved")

    async def telegram(self, visit: Visit) -> Response:
        """A link that joins the reader's own Telegram, shown this one time."""
        if await visit.desk.telegram_link("") is None:
            return await _shown(visit, Form(), bot=False)
        code = await invite_to_telegram(visit.desk.database, by=visit.by, now=visit.now)
        return await _shown(visit, Form(), link=await visit.desk.telegram_link(code))


async def _shown(visit: Visit, form: Form, *, link: str | None = None, bot: bool = True) -> Response:
    async with looking(visit.desk.database, visit.me.sight) as look:
        channels = await own_channels(look)
    form.values = {"number": channels.get(ChannelName.SMS, "")} | form.values
    return visit.show(
        "urgent.html",
        code=409 if not bot else 200 if form.well else 422,
        form=form,
        telegram=ChannelName.TELEGRAM in channels,
        late=not channels.keys() & {ChannelName.SMS, ChannelName.TELEGRAM},
        done=visit.asked("done"),
        link=link,
        picture=qr_code(link) if link else None,
        until=visit.now + DEEP_LINK_LASTS,
        bot=bot,
        unreviewed=visit.desk.shelf.danger.unreviewed,
    )
