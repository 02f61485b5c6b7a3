"""STEGA with blocks and a drop-in, in Swedish alone, so that nothing asks for translations."""

import shutil
from pathlib import Path

FLOWS = Path(__file__).parents[1] / "flows"

_BLOCKS = """
blocks:
  calm: {title: Lugna dagar}
  work: {title: Om arbetslivet}

activities:
  drawing:
    title: Teckna
    area: health
    weekdays: [thu]
    from: "14:00"
    to: "15:00"
    place: Ateljén
    block: calm
  open-house:
    title: Öppet hus
    area: social
    weekdays: [thu]
    from: "15:30"
    to: "17:00"
    place: Sal Boken
    drop-in: true
"""


def with_blocks(place: Path) -> Path:
    """Write it there; gives its directory."""
    shutil.copytree(FLOWS, place / "flows")
    file = place / "flows/programmes/stega/programme.yaml"
    words = file.read_text("utf-8").replace("\nactivities:\n", _BLOCKS, 1)
    file.write_text(words.replace("languages: [sv, en, ar, so]", "languages: [sv]"), "utf-8")
    return file.parent
