"""Nobody gets a port that somebody else has, also when several processes run the tests at once."""

import itertools
import os
import random
import socket

# None of these is given by the kernel to outgoing connections.
_FIRST, _LAST = 20_000, 32_000
_EACH = 1_500

# pytest-xdist calls its processes gw0, gw1 …; the last part is for whoever is none of them.
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw7").removeprefix("gw")
_PARTS = (_LAST - _FIRST) // _EACH
_BEGIN = _FIRST + int(_WORKER) % _PARTS * _EACH
_TURNS = itertools.count(random.randrange(_EACH))


def free_port() -> int:
    """A port that nobody has just now: each is given once, so that whoever got it may let go of it and come back."""
    while True:
        port = _BEGIN + next(_TURNS) % _EACH
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
