"""`make bench` prints every figure beside its limit, all in one run."""

from bench import console, delivery, engine, planning, reading, start, webhook


def main() -> None:
    """Measure and print."""
    for room in (engine, reading, webhook, planning, delivery, start, console):
        for name, value, unit in room.figures():
            print(f"{name:100} {value:12,.2f} {unit}", flush=True)


main()
