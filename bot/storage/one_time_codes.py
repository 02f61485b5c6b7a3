"""The second factor is a code that an app on a phone shows for half a minute, and that works once."""

import hmac
from datetime import datetime

import pyotp

SECONDS = 30
EARLIER_OR_LATER = 1
"""So many steps a phone's clock may go wrong."""

ISSUER = "Framsteg"


def new_secret() -> str:
    """160 bits of chance, as apps want to be told them."""
    return pyotp.random_base32(32)


def step_of(code: str, *, secret: str, now: datetime) -> int | None:
    """Which half minute this code is of, if it is one of just now; `None` if it is not. `now` is machine time.

    A code was right for everybody who saw it: the caller takes a step only once.
    """
    app, current = pyotp.TOTP(secret, interval=SECONDS), int(now.timestamp()) // SECONDS
    fitting = [
        step
        for step in range(current - EARLIER_OR_LATER, current + EARLIER_OR_LATER + 1)
        # All are compared, so that the time it takes tells nothing.
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode("utf-8", "replace"))
    ]
    return fitting[-1] if fitting else None


def address_of(secret: str, *, email: str) -> str:
    """What an app reads from the picture: `otpauth://…`."""
    return pyotp.TOTP(secret, interval=SECONDS).provisioning_uri(name=email, issuer_name=ISSUER)
