"""Before the yes nothing is sent but the question and answers to what somebody wrote, by whatever way they came."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.access import By
from bot.domain.people import Agreement, ChannelName
from bot.services.asked import Asked
from bot.services.contact import add_number
from bot.services.roster import PeopleFile, import_people, invite
from bot.storage import tables
from tests.routes.asking import agreement_of, answers_of, somebody_asked
from tests.town import Person, Town

CHANNELS = (ChannelName.SMS, ChannelName.TELEGRAM)
FIRST = "Får vi skriva till dig? Svara ja eller nej."
TOLD = {
    "hjälp": "Du kan skriva",
    "vem ser detta": "ser det du skriver och svarar",
    "min data": "Vi sparar ditt namn",
    "språk": "Vilket språk",
    "engelska": "May we write to you?",
    "coach": "Skriv",
}
EARLY = ("min vecka", "mina svar", "pausa 2 veckor", "paus", "inga frågor")


async def a_week(town: Town, person: Person) -> list[str]:
    """All that comes by itself in a week."""
    await town.at(town.now + timedelta(days=7), step=timedelta(hours=3))
    return person.news()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("words", EARLY)
async def test_what_begins_with_a_yes_is_granted_after_it(town: Town, words: str, channel: ChannelName) -> None:
    person = await somebody_asked(town, channel=channel)

    assert await person.says(words) == [FIRST]

    table = tables.participants
    [row] = await town.rows(select(table).where(table.c.id == person.id))
    assert (row.paused_until, row.check_ins_stopped_at) == (None, None)
    # The question goes on waiting: what was said is its answer.
    assert (await person.says("ja"))[0].startswith("Tack, Amina!")
    assert await answers_of(person) == [("agreed", "sv", channel)]
    assert FIRST not in await person.says(words)


async def test_the_yes_comes_first_when_the_question_is_over_too(town: Town) -> None:
    person = await somebody_asked(town)
    await town.at(town.now + timedelta(days=4), step=timedelta(hours=6))
    person.news()

    for words in (*EARLY, "senare"):
        assert await person.says(words) == [FIRST]

    assert (await person.says("ja"))[0].startswith("Tack Amina!")


async def test_a_menus_button_waits_for_the_yes_too(town: Town) -> None:
    person = await somebody_asked(town, channel=ChannelName.TELEGRAM)
    await person.says("hjälp")

    await person.taps("Min vecka")
    await town.listen()

    assert person.news() == [FIRST]


@pytest.mark.parametrize("words", TOLD)
async def test_who_we_are_and_how_to_reach_somebody_is_told_before_the_yes(town: Town, words: str) -> None:
    person = await somebody_asked(town)

    said = " ".join(await person.says(words))

    assert TOLD[words] in said
    assert await agreement_of(person) == "asked"


async def test_the_question_itself_may_come_later(town: Town) -> None:
    person = await somebody_asked(town)

    [told] = await person.says("senare")
    assert FIRST not in told
    await town.later(hours=1, minutes=10)

    assert person.news()[-1].endswith("Svara ja eller nej.")
    assert await agreement_of(person) == "asked"


async def test_danger_is_helped_before_the_yes_and_opens_nothing(town: Town) -> None:
    person = await somebody_asked(town)

    said = " ".join(await person.says("jag vill dö"))

    assert "112" in said and await agreement_of(person) == "asked"
    assert await a_week(town, person) == []


async def test_an_absence_is_told_to_the_coach_and_nobody_is_asked_about_it_later(town: Town) -> None:
    person = await somebody_asked(town)
    await town.at(town.now + timedelta(days=4), step=timedelta(hours=6))
    person.news()

    assert len(await person.says("sjuk")) == 1

    table = tables.absences
    assert [row.category for row in await town.rows(select(table))] == ["illness"]
    assert await a_week(town, person) == []


@pytest.mark.parametrize(
    "agreement",
    [Agreement.ASKED, *(pytest.param(one, marks=pytest.mark.slow) for one in (Agreement.UNASKED, Agreement.REFUSED))],
)
async def test_a_week_of_reminders_and_check_ins_passes_whoever_has_not_agreed(
    town: Town, agreement: Agreement
) -> None:
    person = await town.a_person(agreement=agreement)
    agreed = await town.a_person(first_name="Omar")

    assert await a_week(town, person) == []

    assert len(agreed.news()) > 3


async def test_words_of_a_coach_are_a_persons_and_open_nothing(town: Town) -> None:
    person = await town.a_person(agreement=Agreement.UNASKED)

    said = await person.says("Hej, när börjar vi?")

    assert len(said) == 1 and await person.alerts() == ["question"]
    for words in EARLY:
        # Nobody asked them, so there is no question to point at.
        assert FIRST not in await person.says(words)
    assert await agreement_of(person) == "unasked"
    assert await a_week(town, person) == []


@pytest.mark.parametrize("agreement", [Agreement.UNASKED, Agreement.AGREED])
async def test_a_protected_person_hears_nothing_in_a_week_whatever_was_agreed(town: Town, agreement: Agreement) -> None:
    table = b"first_name,coach,phone,protected,language\nHidden,karin@example.se,0701740003,yes,uk\n"
    file = PeopleFile(table=table, agreement=agreement)
    await import_people(town.app.database, town.app.shelf, town.programme, file=file, now=town.now)

    await town.at(town.now + timedelta(days=8), step=timedelta(hours=3))

    table = tables.outbox
    theirs = await town.rows(select(table).where(table.c.participant_id.is_not(None)))
    assert (town.twilio.sent, theirs) == ([], [])


@pytest.mark.parametrize("agreement", [Agreement.UNASKED, Agreement.ASKED])
@pytest.mark.parametrize("words", ["START", "min vecka", "paus", "ja"])
async def test_a_protected_person_who_writes_is_heard_by_a_person_and_not_asked(
    town: Town, agreement: Agreement, words: str
) -> None:
    person = await town.a_person(protected=True, agreement=agreement)

    [told] = await person.says(words)

    assert told.startswith("Vi har tagit emot ditt meddelande.")
    assert (await person.alerts(), await agreement_of(person)) == (["question"], agreement)


async def test_whoever_opens_their_link_is_asked_there_and_hears_nothing_else(town: Town) -> None:
    person = await town.a_person(agreement=Agreement.UNASKED)
    chat = await opens(town, person)

    connected, *who, asked = chat.news()

    assert connected.startswith("Hej Amina! Nu är du ansluten.") and asked == FIRST
    assert "Det här är STEGA" in who[0]
    await town.at(town.now + timedelta(hours=4), step=timedelta(hours=1))
    assert (chat.news(), await agreement_of(person)) == ([], "asked")


async def test_a_start_of_somebody_who_was_never_asked_is_their_yes(town: Town) -> None:
    person = await town.a_person(agreement=Agreement.UNASKED)

    [told] = await person.says("START")

    assert told.startswith("Tack Amina!")
    assert await answers_of(person) == [("agreed", "sv", "sms")]


async def test_whoever_gets_a_number_later_is_asked_there(town: Town) -> None:
    person = await town.a_person(agreement=Agreement.UNASKED, addresses=())

    assert await gets_number(person, "+46701740651")

    [asked] = person.news()
    assert asked.startswith("Hej Amina! Det här är STEGA.") and asked.endswith(FIRST)
    assert (await person.says("ja"))[0].startswith("Tack, Amina!")


@pytest.mark.parametrize("words", ["Fel nummer", "ja"])
async def test_whoever_was_asked_at_a_wrong_number_is_asked_at_the_right_one(town: Town, words: str) -> None:
    person = await somebody_asked(town)
    wrong = person.sms
    await person.says(words)
    person.news()

    asked = await gets_number(person, "+46701740652")

    assert asked == (words == "Fel nummer")
    assert [one.endswith(FIRST) for one in person.messages() if one.startswith("Hej Amina!")] == [True] * asked
    assert await agreement_of(person) == ("asked" if asked else "agreed")
    await town.later(days=2)
    assert not [one for one in town.twilio.sent if one.to == wrong and "I morgon" in one.body]


async def test_whoever_agreed_in_person_before_there_was_an_address_is_met_where_there_is_one(town: Town) -> None:
    table = b"first_name,coach,language\nSofia,karin@example.se,uk\n"
    file = PeopleFile(table=table, agreement=Agreement.AGREED)
    await import_people(town.app.database, town.app.shelf, town.programme, file=file, now=town.now)
    [row] = await town.rows(select(tables.enrolments))
    sofia = Person(town=town, enrolment=row.id, id=row.participant_id)
    await town.later(hours=3)

    assert not await gets_number(sofia, "+46701740653")

    assert [one[:10] for one in sofia.news()] == ["Ми ще не м"]
    assert len(await a_week(town, sofia)) > 3


async def test_whoever_agreed_in_person_and_opens_a_link_is_told_in_which_language_we_write(town: Town) -> None:
    person = await town.a_person(agreement=Agreement.AGREED, addresses=(), language="uk")

    chat = await opens(town, person)

    assert chat.news()[-1].startswith("Ми ще не можемо писати")


async def gets_number(person: Person, number: str) -> bool:
    """The coach writes down their number. Whether they are asked there."""
    town, person.sms, person.read = person.town, number, 0
    asked = Asked(
        enrolment=person.enrolment, by=By(coach_id=town.coach, organisation_id=town.programme.organisation_id)
    )
    done = await add_number(town.app.database, town.app.shelf, asked, number=number, now=town.now)
    await town.app.delivery.send_queued(now=town.now)
    return done


async def opens(town: Town, person: Person) -> Person:
    """Somebody opens a link that their coach gave them."""
    code = await invite(town.app.database, person.enrolment, now=town.now)
    town.telegram.write(7001, f"/start {code}")
    await town.telegram.call()
    await town.listen()
    return Person(town=town, enrolment=person.enrolment, id=person.id, chat=7001)
