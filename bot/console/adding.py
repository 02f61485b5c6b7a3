"""One person is added by a form that says what will be sent, and reached in Telegram by a link that works once."""

from collections.abc import Mapping
from datetime import date, timedelta

from starlette.responses import Response

from bot.console.forms import Form
from bot.console.people import plans_of, theirs, titles_of_phases
from bot.console.qr_code import qr_code
from bot.console.visit import Page, Visit
from bot.content.people_table import GENDERS, MOST_LETTERS, is_first_name, phone_number
from bot.domain.access import May, Role
from bot.domain.calendar import zone_of
from bot.domain.people import Agreement, ChannelName, NewParticipant
from bot.domain.programme import WELCOME
from bot.services.asked import Asked, NotOnTheRoster
from bot.services.published import Plan
from bot.services.roster import AddressTaken, Newcomer, add_person, invite
from bot.storage.people import DEEP_LINK_LASTS
from bot.storage.views import people as view
from bot.storage.views.sight import looking
from bot.storage.views.welcome import written_to

FIELDS = (
    *("first_name", "language", "phase", "coach", "channel", "phone", "started_on", "gender", "birth_year"),
    *("protected", "agreement"),
)
OLDEST = 1900
FAR = timedelta(days=2 * 366)
LONG_AGO = timedelta(days=10 * 366)


class AddingPages:
    """Add somebody, and give them a link."""

    def pages(self) -> list[Page]:
        """All of them."""
        return [
            Page(path="/people/new", answer=self.new, needs=May.PEOPLE),
            Page(path="/people/new", answer=self.add, needs=May.PEOPLE, method="POST"),
            Page(path="/people/{person:int}/added", answer=self.added, needs=May.PEOPLE),
            Page(path="/people/{person:int}/telegram", answer=self.telegram, needs=May.PEOPLE),
            Page(path="/people/{person:int}/telegram", answer=self.make_link, needs=May.PEOPLE, method="POST"),
        ]

    async def new(self, visit: Visit) -> Response:
        """An empty form; whoever has several programmes chooses one first."""
        plans = await plans_of(visit, theirs(visit))
        plan = _chosen(plans, visit.asked("programme"))
        if plan is None:
            return visit.show("add.html", plan=None, programmes=_titles(visit, plans))
        form = Form(
            values={
                "language": plan.programme.languages[0],
                "channel": ChannelName.SMS,
                "coach": str(visit.me.coach_id),
                "started_on": _today(visit, plan).isoformat(),
                "agreement": "ask" if WELCOME in plan.flows else "agreed",
            }
        )
        return await self._show(visit, plan, form)

    async def add(self, visit: Visit) -> Response:
        """Give them a place, or say what is missing."""
        plans = await plans_of(visit, theirs(visit))
        plan = _chosen(plans, visit.field("programme"))
        if plan is None and visit.field("programme"):
            return visit.missing()
        if plan is None:
            return visit.show("add.html", code=422, plan=None, programmes=_titles(visit, plans))
        form = Form.sent(visit, *FIELDS)
        newcomer = _read(visit, plan, form, coaches=await self._coaches(visit, plan))
        if newcomer is None:
            return await self._show(visit, plan, form, code=422)
        try:
            enrolment = await add_person(visit.desk.database, visit.desk.shelf, newcomer, by=visit.by, now=visit.now)
        except AddressTaken as taken:
            form.complain("phone", "number-taken")
            return await self._show(visit, plan, form, code=422, taken=taken.enrolment)
        await visit.desk.send()
        next_page = "telegram" if newcomer.new.channel is ChannelName.TELEGRAM else "added"
        return visit.go(f"/people/{enrolment}/{next_page}")

    async def added(self, visit: Visit) -> Response:
        """What is sent to somebody new, and when."""
        async with looking(visit.desk.database, visit.me.sight) as look:
            person = await view.one(look, visit.number("person"))
            written = await written_to(look, visit.number("person"))
        if person is None:
            return visit.missing()
        return visit.show("added.html", person=person, written=written, why_not=None if written else _why_not(person))

    async def telegram(self, visit: Visit) -> Response:
        """What a link is good for: it is made when it is asked for, as it works once."""
        return await self._link(visit, link=None)

    async def make_link(self, visit: Visit) -> Response:
        """The link itself, shown this one time: only its fingerprint is kept."""
        try:
            async with looking(visit.desk.database, visit.me.sight) as look:
                if await view.one(look, visit.number("person")) is None:
                    return visit.missing()
            if await visit.desk.telegram_link("") is None:
                return await self._link(visit, link=None, bot=False)
            asked = Asked(enrolment=visit.number("person"), by=visit.by)
            code = await invite(visit.desk.database, asked, now=visit.now)
        except NotOnTheRoster:
            return visit.missing()
        return await self._link(visit, link=await visit.desk.telegram_link(code))

    async def _link(self, visit: Visit, *, link: str | None, bot: bool = True) -> Response:
        async with looking(visit.desk.database, visit.me.sight) as look:
            person = await view.one(look, visit.number("person"))
        if person is None:
            return visit.missing()
        plan = (await plans_of(visit, {person.programme_id})).get(person.programme_id)
        return visit.show(
            "telegram_link.html",
            code=200 if bot else 409,
            person=person,
            link=link,
            picture=qr_code(link) if link else None,
            until=visit.now + DEEP_LINK_LASTS,
            may=plan is not None and plan.programme.telegram,
            bot=bot,
        )

    async def _coaches(self, visit: Visit, plan: Plan) -> dict[str, str]:
        """Whom the reader may choose as coach, by id: a leader everybody, a coach only themselves."""
        me = visit.me
        own = {str(me.coach_id): me.first_name} if plan.programme_id in me.programmes(Role.COACH) else {}
        async with looking(visit.desk.database, me.sight) as look:
            return own | {str(one.id): one.first_name for one in await view.coaches_of(look, plan.programme_id)}

    async def _show(self, visit: Visit, plan: Plan, form: Form, *, code: int = 200, taken: int = 0) -> Response:
        async with looking(visit.desk.database, visit.me.sight) as look:
            # Whose number it is, is told to whoever sees them.
            known = await view.one(look, taken)
        return visit.show(
            "add.html",
            code=code,
            plan=plan,
            programmes=_titles(visit, await plans_of(visit, theirs(visit))),
            form=form,
            taken=known,
            phases=[(slug, title) for (_, slug), title in titles_of_phases(visit, {plan.programme_id: plan}).items()],
            coaches=list((await self._coaches(visit, plan)).items()),
            genders=GENDERS,
            may_ask=WELCOME in plan.flows,
        )


def _chosen(plans: Mapping[int, Plan], asked: str) -> Plan | None:
    """The programme that is asked for; the only one, if there is one alone and nothing is asked."""
    if not asked:
        return next(iter(plans.values())) if len(plans) == 1 else None
    return next((plan for number, plan in plans.items() if str(number) == asked), None)


def _titles(visit: Visit, plans: Mapping[int, Plan]) -> list[tuple[int, str]]:
    return [(number, visit.title(plan, plan.programme.title)) for number, plan in plans.items()]


def _today(visit: Visit, plan: Plan) -> date:
    return visit.now.astimezone(zone_of(plan.programme.zone)).date()


def _read(visit: Visit, plan: Plan, form: Form, *, coaches: Mapping[str, str]) -> Newcomer | None:
    """Whom the form describes; `None` when something is wrong, which then stands in the form."""
    programme, today = plan.programme, _today(visit, plan)
    channels = [str(ChannelName.SMS), *([str(ChannelName.TELEGRAM)] if programme.telegram else [])]
    name = form.words("first_name", most=MOST_LETTERS)
    if name and not is_first_name(name):
        form.complain("first_name", "no-name")
    language = form.one_of("language", plan.languages)
    phase = form.one_of("phase", [one.slug for one in programme.phases])
    coach = form.one_of("coach", coaches)
    channel = form.one_of("channel", channels)
    number = _number(form)
    started_on = form.day("started_on")
    if started_on is not None and not today - LONG_AGO <= started_on <= today + FAR:
        form.complain("started_on", "day-far")
    gender = form.one_of("gender", ("", *GENDERS))
    agreement = form.one_of("agreement", ("ask", "agreed") if WELCOME in plan.flows else ("agreed",))
    born = form.number("birth_year", low=OLDEST, high=today.year) if form["birth_year"] else None
    if not form.well or started_on is None:
        return None
    new = NewParticipant(
        first_name=name,
        language=language,
        zone=programme.zone,
        channel=ChannelName(channel),
        coach_id=int(coach),
        phase=phase,
        started_on=started_on,
        addresses=((ChannelName.SMS, number),) if number else (),
        gender=gender or None,
        birth_year=born,
        protected=form["protected"] == "yes",
        agreement=Agreement.AGREED if agreement == "agreed" else Agreement.UNASKED,
    )
    return Newcomer(programme_id=plan.programme_id, new=new)


def _number(form: Form) -> str | None:
    """The number in E.164. Whoever is reached in Telegram needs none."""
    if not form["phone"]:
        if form["channel"] != ChannelName.TELEGRAM:
            form.complain("phone", "missing")
        return None
    number = phone_number(form["phone"])
    if number is None:
        form.complain("phone", "no-phone")
    return number


def _why_not(person: view.Listed) -> str:
    """Why nothing was sent to somebody new."""
    if person.protected:
        return "protected"
    return "agreed" if person.agreement is Agreement.AGREED else "not-asked"
