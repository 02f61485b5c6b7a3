"""A password that everybody thinks of is known under every coat it is given, and a long phrase is not."""

import pytest

from bot.content.passwords import common, complaint_about

EMAIL = "karin@norrby.example"


def test_thousands_of_passwords_are_known_each_once_in_small_letters() -> None:
    assert len(common()) >= 3000
    assert sum(len(one) >= 12 for one in common()) >= 1000
    assert all(one == one.lower() and " " not in one for one in common())


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password1234!",
        "P@ssw0rd2026",
        "!!!Sverige!!!",
        "Sommar-2026-sommar",
        "hej hej hej hej",
        "qwertyuiopasdf",
        "poiuytrewqlkj",
        "1q2w3e4r5t6y",
        "abcdefghijkl",
        "123456123456",
        "198519851985",
        "aaaaaaaaaaaaa",
        "abababababab",
        "correct horse battery staple",
        "stockholm 2026",
        "jagälskardig12",
    ],
)
def test_what_everybody_thinks_of_is_refused(password: str) -> None:
    assert complaint_about(password, email=EMAIL) == "common-password"


@pytest.mark.parametrize(
    "password",
    [
        "en kopp te i regnet",
        "Karin går hem nu",
        "8$2#9!1%4^7&anna",
        "49271 88301 2264",
        "x7!k9#Qz-2q8w4z",
        "sommar vid sjön 14",
        "å" + "åäö, xyz" * 24,
    ],
)
def test_what_is_long_and_ones_own_is_taken(password: str) -> None:
    assert complaint_about(password, email=EMAIL) is None


@pytest.mark.parametrize(
    ("password", "complaint"),
    [
        ("elva tecken", "short-password"),
        ("tre små ord!", None),
        ("xy" * 50 + "zå " * 33 + "!", None),
        ("x" * 201, "long-password"),
        ("Karin@Norrby.Example", "own-email"),
        ("min karin@norrby.example!", "own-email"),
    ],
)
def test_length_and_the_own_address_are_looked_at(password: str, complaint: str | None) -> None:
    assert complaint_about(password, email=EMAIL) == complaint
