"""`make bench` prints every figure beside its limit, all in one run."""

<<<<<<< main
from bench import console, engine, planning, reading, start, webhook
=======
from bench import console, delivery, engine, reading, start, webhook
>>>>>>> local


def main() -> None:
    """Measure and print."""
<<<<<<< main
    for room in (engine, reading, webhook, planning, start, console):
=======
    for room in (engine, reading, webhook, delivery, start, console):
>>>>>>> local
        for name, value, unit in room.figures():
            print(f"{name:100} {value:12,.2f} {unit}", flush=True)


main()
