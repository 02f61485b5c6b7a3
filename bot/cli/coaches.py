"""`framsteg coach …`: who accompanies participants, who may sign in, and where their summary is sent."""

from typing import Any

import click

from bot.cli.terminal import do, refuse
from bot.domain.access import Appointment, Role

PAGE = "/accounts"
"""Where an administrator does the same while the program serves."""

_IN_A_PROGRAMME = [role.value for role in Role if role is not Role.ADMINISTRATOR]
_ROLES = click.Choice([*_IN_A_PROGRAMME, Role.ADMINISTRATOR.value])


@click.group()
def coach() -> None:
    """Add coaches, invite them to the console, list them, and reach them by Telegram."""


@coach.command("add")
@click.argument("first_name")
@click.argument("email")
@click.option("--organisation", default="organisation", show_default=True)
@click.option("--language", default="sv", show_default=True)
@click.option("--phone", default="", help="Where they are told at once what is urgent, by SMS.")
@click.option("--role", "roles", multiple=True, type=_ROLES, help="What they are; a coach by default.")
@click.option("--programme", "slugs", multiple=True, help="Where; by default in every programme of the organisation.")
def add_coach(first_name: str, email: str, organisation: str, **more: Any) -> None:
    """Add a coach, to whom participants can then be given, and print an invitation to the console.

    The first account of an organisation administers it as well.
    """
    if email.count("@") != 1 or email != email.strip():
        refuse("the second word is the coach's e-mail address, such as karin@example.se")

    number = _number(more.pop("phone"))

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.cli.links import console_link
        from bot.domain.people import ChannelName
        from bot.services.accounts import ADMINISTRATOR, NewColleague, Taken, add
        from bot.storage.addresses import Belongs
        from bot.storage.unit_of_work import unit_of_work

        async with opened() as desk, unit_of_work(desk.database) as stores:
            owner = await stores.programmes.organisation(organisation, name=organisation, now=desk.now)
            roles = _appointments(more["roles"], more["slugs"], ours=await stores.colleagues.programmes(owner))
            if not any(one.administers for one in (await stores.colleagues.held(owner)).values()):
                roles |= {ADMINISTRATOR}
            new = NewColleague(first_name=first_name, email=email, language=more["language"], appointments=roles)
            try:
                added = await add(stores, new, organisation_id=owner, now=desk.now)
            except Taken:
                refuse("there is a coach with this e-mail address already")
            if number:
                belongs = Belongs(organisation_id=owner, coach_id=added)
                await stores.addresses.add(ChannelName.SMS, number, of=belongs, now=desk.now)
            link = await console_link(stores, added, settings=desk.settings, now=desk.now)
        click.echo(f"{first_name} is a coach of {organisation}")
        _hand_over(link)

    do(work, page=PAGE)


@coach.command("invite")
@click.argument("email")
@click.option("--organisation", default="", help="Needed when several know this address.")
@click.option("--new-phone", is_flag=True, help="They lost their phone: let them set up another one.")
def invite_to_console(email: str, organisation: str, new_phone: bool) -> None:
    """Print a new invitation, with which its reader chooses a password. The one before works no more."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.cli.links import console_link
        from bot.storage.unit_of_work import unit_of_work

        async with opened() as desk, unit_of_work(desk.database) as stores:
            found = await stores.credentials.by_email(email)
            if organisation:
                owner = await stores.programmes.organisation(organisation, name=organisation, now=desk.now)
                found = [one for one in found if one.organisation_id == owner]
            if not found:
                refuse("no coach has this e-mail address: `framsteg coach list` shows them")
            if len(found) > 1:
                refuse("several organisations know this e-mail address: name one with --organisation")
            if new_phone:
                await stores.credentials.forget_second_factor(found[0].coach_id)
                await stores.sessions.end(found[0].coach_id, now=desk.now)
                owner = found[0].organisation_id
                await stores.audit.note_stranger(
                    "second-factor-reset", organisation_id=owner, came_from="", now=desk.now
                )
            link = await console_link(stores, found[0].coach_id, settings=desk.settings, now=desk.now)
        _hand_over(link)

    do(work, page=PAGE)


@coach.command("list")
def list_coaches() -> None:
    """Everybody who may sign in, of every organisation, by e-mail address, with their roles."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.storage.unit_of_work import looking

        async with opened(read_only=True) as desk, looking(desk.database) as stores:
            for owner in await stores.programmes.organisation_ids():
                slugs = await stores.colleagues.programmes(owner)
                for known in (await stores.colleagues.all(owner)).values():
                    if known.removed_at is None:
                        roles = ", ".join(sorted(_said(one, slugs) for one in known.appointments)) or "no role"
                        click.echo(f"{known.email}  {known.first_name}  {known.language}  {roles}")

    do(work)


@coach.command("telegram")
@click.argument("email")
def invite_coach(email: str) -> None:
    """Print a Telegram link for one coach, who then gets alerts and summaries there: once, and for two weeks."""

    async def work() -> None:
        from bot.cli.desk import opened
        from bot.cli.links import telegram_link
        from bot.storage.unit_of_work import unit_of_work

        async with opened() as desk, unit_of_work(desk.database) as stores:
            found = [
                (await stores.coaches.by_email(owner)).get(email)
                for owner in await stores.programmes.organisation_ids()
            ]
            known = next(filter(None, found), None)
            if known is None:
                refuse("no coach has this e-mail address: `framsteg coach list` shows them")
            code = await stores.participants.make_deep_link(coach_id=known.id, now=desk.now)
        click.echo(await telegram_link(desk.settings, code))

    do(work)


def _number(phone: str) -> str | None:
    """E.164 of what was typed, if anything. Refuses what is no number."""
    if not phone:
        return None
    from bot.content.people_table import phone_number

    return phone_number(phone) or refuse("--phone: not a phone number: write it like 070-123 45 67 or +46701234567")


def _appointments(roles: tuple[str, ...], slugs: tuple[str, ...], *, ours: dict[int, str]) -> frozenset[Appointment]:
    """What was asked for. Refuses a programme that the organisation does not have."""
    for slug in slugs:
        if slug not in ours.values():
            refuse(f"the organisation has no programme '{slug}': `framsteg programme publish DIR` makes one")
    places = [id_ for id_, slug in ours.items() if not slugs or slug in slugs]
    return frozenset(
        Appointment(role=Role(role), programme_id=place)
        for role in roles or (Role.COACH.value,)
        for place in ([None] if role == Role.ADMINISTRATOR else places)
    )


def _said(one: Appointment, slugs: dict[int, str]) -> str:
    return str(one.role) if one.programme_id is None else f"{one.role} of {slugs[one.programme_id]}"


def _hand_over(link: str) -> None:
    click.echo("This link works once, for seven days: hand it over to its reader alone.")
    click.echo(link)
