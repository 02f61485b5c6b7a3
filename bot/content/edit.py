"""One text is changed in its source and nothing else: comments, order and quotes stay as they were written."""

import json
from collections.abc import Mapping
from pathlib import Path

from bot.content.complaints import Complaint, ContentRefused
from bot.content.flows import read_flow
from bot.content.instruments import read_instrument
from bot.content.nodes import Scalar
from bot.content.pages import Page, hint, page_of
from bot.content.phrases import read_phrases
from bot.content.programmes import read_programme
from bot.content.shelf import node_at
from bot.content.wordings import Text, faults


def with_words(source: str, *, key: str, words: str) -> str:
    """The source with other words for `key`, everything else the same to the letter.

    Raises `KeyError` when the source has no such text, and `ContentRefused` when the words could not be said.
    """
    old = texts_of(source)
    text = old[key]
    words = words.strip()
    wrong = faults(words, allowed=text.allowed)
    if wrong:
        raise ContentRefused(tuple(_complaint(text, what, remedy) for what, remedy in wrong))
    if words == text.words:
        return source
    wanted = {**{other: each.words for other, each in old.items()}, key: words}
    for candidate in (_within(source, text, words), *_whole(source, text.node, words)):
        # Reading it back is the proof: a colon or a quote in the new words may have changed what the file says.
        if candidate is not None and {other: each.words for other, each in texts_of(candidate).items()} == wanted:
            return candidate
    raise ContentRefused((_complaint(text, "these words can not be written here", "use other characters"),))


def texts_of(source: str) -> dict[str, Text]:
    """Every text of one source, by key, whatever kind of file it is. Complaints are for others to make."""
    page = page_of(source, path="")
    read_any(page)
    return page.texts


def read_any(page: Page) -> None:
    """Read a page as what it says it is. A page that does not say gets a complaint."""
    if page.root is None:
        return
    if node_at(page, "flow"):
        read_flow(page, instrument=None)
    elif node_at(page, "instrument") and not node_at(page, "programme"):
        read_instrument(page)
    elif node_at(page, "programme"):
        read_programme(page)
    elif node_at(page, "phrases"):
        read_phrases(page)
    else:
        kinds = ("flow", "instrument", "programme", "phrases")
        page.complain(page.root, "the file does not say what it defines", hint("", kinds))


def write_sources(sources: Mapping[str, str], directory: Path) -> tuple[Path, ...]:
    """Write sources below `directory` by their paths, byte for byte, and say which files that made.

    Raises `ValueError` for a path that would lead outside.
    """
    files = {(directory / path): source for path, source in sorted(sources.items())}
    for file in files:
        if not file.resolve().is_relative_to(directory.resolve()):
            raise ValueError("a source's path leads outside the directory")
    for file, source in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(source.encode("utf-8"))
    return tuple(files)


def _within(source: str, text: Text, words: str) -> str | None:
    """Change only the letters that differ, so that a text over several lines keeps the lines it had."""
    old, node = text.words, text.node
    places = _places(source, node, old)
    if places is None:
        return None
    most = min(len(old), len(words))
    head = next((at for at in range(most) if old[at] != words[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] != words[-1 - at]), most - head)
    begins = places[head] if head < len(old) else places[-1] + 1
    ends = places[len(old) - tail - 1] + 1 if len(old) - tail > head else begins
    new = words[head : len(words) - tail]
    if "\n" in new:
        return None
    return source[:begins] + new + source[ends:]


def _places(source: str, node: Scalar, words: str) -> list[int] | None:
    """Where in the source each letter of a value stands; `None` where it is not written as it reads (escapes)."""
    at = node.start
    if node.plain is False and source[at : at + 1] in ("|", ">"):
        # The indicator's own line is not text.
        at = source.index("\n", at) + 1
    elif not node.plain:
        at += 1
    places = []
    for letter in words:
        while at < node.end and source[at] != letter and source[at].isspace():
            at += 1
        if at >= node.end or source[at] != letter:
            return None
        places.append(at)
        at += 1
    return places or None


def _whole(source: str, node: Scalar, words: str) -> list[str]:
    """The whole text anew: in the style it had if it can, in double quotes otherwise."""
    written = source[node.start : node.end]
    # A block's end lies at the beginning of whatever comes next; the space between is not ours.
    end = node.start + len(written.rstrip())
    styles: list[str | None] = []
    if node.plain:
        styles.append(words)
    elif written.startswith("'"):
        styles.append("'" + words.replace("'", "''") + "'")
    elif written.startswith("|"):
        styles.append(_block(source, node, words))
    styles.append(_quoted(words))
    return [source[: node.start] + style + source[end:] for style in styles if style is not None]


def _block(source: str, node: Scalar, words: str) -> str | None:
    """The text as a literal block with the indentation it had."""
    header, _, body = source[node.start : node.end].partition("\n")
    first = next((line for line in body.split("\n") if line.strip()), None)
    if first is None:
        return None
    indent = first[: len(first) - len(first.lstrip(" "))]
    return "\n".join([header, *(f"{indent}{line}" if line else "" for line in words.split("\n"))])


def _quoted(words: str) -> str:
    """Double quotes, with escapes for what YAML would take as the end of a line or leave out."""
    quoted = json.dumps(words, ensure_ascii=False)
    return "".join(
        letter
        if letter.isprintable()
        else f"\\u{ord(letter):04x}"
        if ord(letter) < 0x10000
        else f"\\U{ord(letter):08x}"
        for letter in quoted
    )


def _complaint(text: Text, what: str, remedy: str) -> Complaint:
    return Complaint(path=text.path, line=text.node.line, column=text.node.column, what=what, remedy=remedy)
