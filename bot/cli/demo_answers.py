"""What an invented person answers to a question follows from the person, the question and the dice alone."""

from dataclasses import dataclass, field
from random import Random

from bot.channels.phone_wires import Posted
from bot.channels.phones import Bubble, Phones
from bot.cli.demo_cast import Persona
from bot.domain.people import ChannelName
from bot.engine.definition import AnswerKind, Ask
from bot.engine.taps import DONE, SKIP, TAP

_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass
class Habits:
    """How one persona answers. `words` are yes, no and "I skip" in their language."""

    persona: Persona
    words: dict[str, str]
    sender: str
    dice: Random
    leanings: dict[str, float] = field(default_factory=dict)
    was_unclear: bool = False

    def answer(self, phones: Phones, asked: tuple[Ask, ...], *, gone: float) -> list[Posted]:
        """What the provider posts when this person answers; `gone` is how much of the time is over (0 to 1).

        Several questions stand in one message, and are answered in one.
        """
        if self.persona.unclear and not self.was_unclear:
            self.was_unclear = True
            return [self._write(phones, self.persona.unclear)]
        if len(asked) > 1:
            levels = [self._values(step, gone=gone)[0] for step in asked]
            return [self._write(phones, self._digits(" ".join("-" if each == SKIP else each for each in levels)))]
        step = asked[0]
        values = self._values(step, gone=gone)
        if self.persona.channel is ChannelName.TELEGRAM and step.answer is not AnswerKind.WORDS:
            return self._tap(phones, step, values)
        return [self._write(phones, self._spelt(step, values))]

    def _values(self, step: Ask, *, gone: float) -> list[str]:
        match step.answer:
            case AnswerKind.SCALE:
                if step.skip and self.dice.random() < 0.04:
                    return [SKIP]
                return [str(round(min(step.high, max(step.low, self._level(step, gone=gone)))))]
            case AnswerKind.NUMBER:
                return [str(min(step.high, max(step.low, 3)))]
            case AnswerKind.YES_NO:
                late = self.persona.wants_call and gone > 0.7
                return ["no" if step.saves == "wants-call" and not late else "yes"]
            case AnswerKind.CHOICE:
                return [self.dice.choice(step.choices).value]
            case AnswerKind.SEVERAL:
                count = round(min(len(step.choices), max(0.0, self._level(step, gone=gone) - 0.5)))
                ticked = self.dice.sample([choice.value for choice in step.choices], count)
                return [choice.value for choice in step.choices if choice.value in ticked]
            case AnswerKind.WORDS | AnswerKind.DATE | AnswerKind.TIME:
                return [self.dice.choice(self.persona.words) if self.persona.words else SKIP]

    def _level(self, step: Ask, *, gone: float) -> float:
        leaning = self.leanings.setdefault(step.id, self.dice.uniform(-0.8, 0.8))
        way = self.persona.comes_to - self.persona.begins_at
        return self.persona.begins_at + way * gone + leaning + self.dice.gauss(0, 0.25)

    def _spelt(self, step: Ask, values: list[str]) -> str:
        if values == [SKIP]:
            return self.words["refuse"]
        if step.answer is AnswerKind.YES_NO:
            return self.words[values[0]]
        if step.answer in (AnswerKind.SEVERAL, AnswerKind.CHOICE):
            places = [str(place) for place, choice in enumerate(step.choices, start=1) if choice.value in values]
            return self._digits(" ".join(places) or "0")
        return values[0] if step.answer is AnswerKind.WORDS else self._digits(values[0])

    def _digits(self, words: str) -> str:
        return words.translate(_ARABIC_DIGITS) if self.persona.language == "ar" else words

    def _write(self, phones: Phones, words: str) -> Posted:
        return phones.write(self.persona.channel, self.persona.address, account=self.sender, words=words)

    def _tap(self, phones: Phones, step: Ask, values: list[str]) -> list[Posted]:
        wanted = [*values, DONE] if step.answer is AnswerKind.SEVERAL and values != [SKIP] else values
        posted = [self._press(phones, f"{TAP}{step.id}:{value}") for value in wanted]
        return [one for one in posted if one is not None]

    def _press(self, phones: Phones, data: str) -> Posted | None:
        chat = phones.chat(ChannelName.TELEGRAM, self.persona.address)
        bubble = next((one for one in reversed(chat) if _has(one, data)), None)
        return None if bubble is None else phones.tap(self.persona.address, number=bubble.number, data=data)


def _has(bubble: Bubble, data: str) -> bool:
    return any(button.data == data for row in bubble.buttons for button in row)
