"""A shelf is one programme's files read together: what each names in another is there, and no two share a name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.complaints import Complaint
from bot.content.flows import read_flow
from bot.content.instruments import read_instrument
from bot.content.nodes import Mapping as Keys
from bot.content.nodes import Node, Scalar
from bot.content.pages import Page, hint, open_page
from bot.content.phrases import read_phrases
from bot.content.programmes import read_programme
from bot.content.wordings import Text
from bot.domain.programme import AskedOf, Instrument, Programme
from bot.engine.definition import Ask, Flow

PROGRAMME_FILE = "programme.yaml"
PHRASES_FILE = "phrases.yaml"


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """One programme as far as it could be read. With complaints on any page, none of it may be used."""

    programme: Programme | None
    instrument: Instrument | None
    flows: Mapping[str, Flow]
    pages: tuple[Page, ...]

    @property
    def texts(self) -> dict[str, Text]:
        """Every reference text, by key."""
        return {key: text for page in self.pages for key, text in page.texts.items()}

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """All that is wrong on any page."""
        return tuple(complaint for page in self.pages for complaint in page.complaints)


def read_shelf(directory: Path, *, content: Path) -> Shelf:
    """Read the programme in `directory` with the instrument, the common flows and the phrases it uses."""
    top = open_page(directory / PROGRAMME_FILE, path=shown(directory / PROGRAMME_FILE, content=content))
    programme = read_programme(top) if top.root else None
    phrases = open_page(content / "flows/common" / PHRASES_FILE, path=f"flows/common/{PHRASES_FILE}")
    if phrases.root:
        read_phrases(phrases)
    pages = [top, phrases]
    instrument = _instrument(programme, pages, content=content)
    flows = _flows(programme, pages, instrument=instrument, files=flow_files(directory, content=content))
    check_directory_name(top, programme.slug if programme else None, directory=directory)
    _check_strays(top, programme, directory=directory)
    if programme and instrument and not any(page.complaints for page in pages):
        _check_asked(top, instrument, flows=flows)
    check_names(pages)
    return Shelf(programme=programme, instrument=instrument, flows=flows, pages=tuple(pages))


def programme_directories(content: Path) -> tuple[Path, ...]:
    """Every directory below `flows/programmes`, in order."""
    return tuple(sorted(each for each in (content / "flows/programmes").glob("*") if each.is_dir()))


def flow_files(directory: Path, *, content: Path) -> dict[str, Path]:
    """The flow files a programme may use, by name; its own come before the common ones."""
    common = {file.stem: file for file in sorted((content / "flows/common").glob("*.yaml"))}
    own = {file.stem: file for file in sorted(directory.glob("*.yaml"))}
    found = {**common, **own}
    found.pop(Path(PHRASES_FILE).stem, None)
    found.pop(Path(PROGRAMME_FILE).stem, None)
    return found


def check_names(pages: Iterable[Page]) -> None:
    """Complain of two files whose texts would have the same keys: each is named by its file's own slug."""
    owners: dict[str, str] = {}
    for page in pages:
        name = next(iter(page.texts), "").partition("/")[0]
        if name and owners.setdefault(name, page.path) != page.path:
            page.complain(page.root, f"'{name}' is already the name of {owners[name]}", "give one of them another name")


def check_directory_name(page: Page, slug: str | None, *, directory: Path) -> None:
    """Complain of a programme whose directory is not called what it defines."""
    name = directory.resolve().name
    if slug is not None and slug != name:
        page.complain(page.root, f"the directory is called '{name}' and defines '{slug}'", f"call it {slug}")


def check_file_name(page: Page, slug: str | None) -> None:
    """Complain of a file that is not called what it defines."""
    stem = Path(page.path).stem
    if slug is not None and slug != stem:
        page.complain(page.root, f"the file is called '{stem}' and defines '{slug}'", f"call it {slug}.yaml")


def shown(file: Path, *, content: Path) -> str:
    """What complaints and exports call a file: its path below the content root."""
    try:
        return file.resolve().relative_to(content.resolve()).as_posix()
    except ValueError:
        # A programme that somebody keeps elsewhere stands among ours once it is published.
        return f"flows/programmes/{file.resolve().parent.name}/{file.name}"


def node_at(page: Page, name: str) -> Node | None:
    """The value of a key at the top of a page."""
    entries = page.root.entries if isinstance(page.root, Keys) else ()
    return next((entry.value for entry in entries if entry.key.words == name), None)


def _instrument(programme: Programme | None, pages: list[Page], *, content: Path) -> Instrument | None:
    if programme is None or not programme.instrument:
        return None
    file = content / "flows/instruments" / f"{programme.instrument}.yaml"
    if not file.is_file():
        known = [each.stem for each in file.parent.glob("*.yaml")]
        what = f"there is no instrument '{programme.instrument}'"
        pages[0].complain(node_at(pages[0], "instrument"), what, hint(programme.instrument, known))
        return None
    page = open_page(file, path=shown(file, content=content))
    instrument = read_instrument(page) if page.root else None
    check_file_name(page, instrument.slug if instrument else None)
    pages.append(page)
    return instrument


def _flows(
    programme: Programme | None, pages: list[Page], *, instrument: Instrument | None, files: dict[str, Path]
) -> dict[str, Flow]:
    flows: dict[str, Flow] = {}
    for slug in programme.flows if programme else ():
        if slug not in files:
            at = _item(node_at(pages[0], "flows"), slug)
            pages[0].complain(at, f"there is no flow '{slug}'", hint(slug, files))
            continue
        # A common flow stands under the content root, an own one beside the programme.
        own = Path(pages[0].path).parent / files[slug].name
        common = files[slug].parent.name == "common"
        page = open_page(files[slug], path=f"flows/common/{files[slug].name}" if common else own.as_posix())
        pages.append(page)
        flow = read_flow(page, instrument=instrument) if page.root else None
        check_file_name(page, flow.slug if flow else None)
        if flow is not None:
            flows[slug] = flow
    return flows


def _check_strays(top: Page, programme: Programme | None, *, directory: Path) -> None:
    """A flow beside the programme that the programme does not list would never be said to anybody."""
    if programme is None:
        return
    for file in sorted(directory.glob("*.yaml")):
        if file.name != PROGRAMME_FILE and file.stem not in programme.flows:
            what = f"the programme does not use its flow '{file.stem}'"
            top.complain(node_at(top, "flows"), what, "add it to 'flows', or take the file away")


def _check_asked(top: Page, instrument: Instrument, *, flows: Mapping[str, Flow]) -> None:
    asked = {step.indicator for flow in flows.values() for step in flow.steps if isinstance(step, Ask)}
    for indicator in instrument.indicators:
        if indicator.asked_of is AskedOf.BOTH and indicator.slug not in asked:
            what = f"no flow asks participants about '{indicator.slug}'"
            top.complain(node_at(top, "flows"), what, "rate it in a flow, or make it 'asked-of: coach'")


def _item(node: Node | None, words: str) -> Node | None:
    items = getattr(node, "items", ())
    return next((item for item in items if isinstance(item, Scalar) and item.words == words), node)
