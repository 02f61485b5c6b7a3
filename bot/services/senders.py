"""Each programme sends from its own number or from the common one, and each of them has a pace."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channels.telegram_feed import bot_id
from bot.domain.people import ChannelName
from bot.services.pace import Lane, Pace, sms, telegram
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.outbox_heads import Whose
from bot.storage.programmes import senders
from bot.storage.unit_of_work import unit_of_work


@dataclass
class Senders:
    """From which number or Messaging Service each programme sends. Read anew by a tick."""

    database: Database
    default: str
    own: Mapping[int, str] = field(default_factory=dict)

    def of(self, programme_id: int | None) -> str:
        """The programme's own, or the default one."""
        return self.own.get(programme_id or 0, self.default)

    def whose(self) -> dict[str, Whose]:
        """Which programmes send from where; all others from the default one."""
        groups: dict[str, list[int]] = {}
        for programme, sender in self.own.items():
            groups.setdefault(sender, []).append(programme)
        # Who was given the default one as their own shares it with all others.
        groups.pop(self.default, None)
        others = tuple(sorted(one for several in groups.values() for one in several))
        found = {sender: Whose(only=tuple(sorted(several))) for sender, several in groups.items()}
        return found | {self.default: Whose(but=others)}

    async def refresh(self) -> None:
        """See who has one of their own."""
        async with unit_of_work(self.database) as work:
            self.own = senders(await work.programmes.all())


def lanes_of(settings: Settings, own: Senders, channel: ChannelName) -> list[Lane]:
    """The senders of a channel, each with the pace that its provider allows."""
    match channel:
        case ChannelName.TELEGRAM:
            return [telegram(bot_id(settings.telegram_token or ""))]
        case ChannelName.EMAIL:
            # A municipality's mail server has other things to do.
            return [Lane(name="email", pace=Pace(in_hand=10))]
        case ChannelName.SMS:
            return [
                sms(sender, per_second=settings.sms_rate, whose=whose) for sender, whose in sorted(own.whose().items())
            ]
