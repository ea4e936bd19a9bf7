"""Catalogues without system gettext: compile what changed, and say what has no English yet."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("kumuh", "kelurahan", "templates")
# N_() marks a template in pure code that is translated where it is shown
KEYWORDS = {
    "_": None, "N_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2),
    "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")


def catalogues(root: Path = ROOT) -> list[Path]:
    return sorted((root / "locale").glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def compile_changed(root: Path = ROOT) -> list[Path]:
    """Write each .mo that is older than its .po; returns those written."""
    written = []
    for source in catalogues(root):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            draft = target.with_suffix(".mo.new")
            with draft.open("wb") as file:
                write_mo(file, read(source))
            draft.replace(target)
            written.append(target)
    return written


def marked(root: Path = ROOT) -> Catalog:
    """Every text marked for translation in code and templates, with where it stands."""
    found = Catalog(locale="id", charset="utf-8")
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            for line, words, context in _in_file(path):
                # One place per text, without line numbers: the catalogue changes when words change, not when code moves
                found.add(words, locations=[(path.relative_to(root).as_posix(), 0)], context=context, lineno=line)
    return found


def _in_file(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], str | None]]:
    if path.suffix == ".py":
        text = path.read_bytes()
    elif path.suffix in {".html", ".txt", ".svg"}:
        calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # Python's tokenizer reads it, so indentation of the page must not look like Python's
        text = "\n".join(line.strip() for line in calls.splitlines()).encode()
    else:
        return
    for line, words, _comments, context in extract("python", BytesIO(text), KEYWORDS, options={"encoding": "utf-8"}):
        yield line, words, context


def gaps(translated: Catalog, wanted: Catalog) -> list[str]:
    """What keeps a catalogue from being complete: missing, doubtful or superfluous texts, unlike placeholders."""
    found = []
    for message in wanted:
        if not message.id:
            continue
        entry = translated.get(message.id, message.context)
        place = ", ".join(name for name, _ in message.locations)
        if entry is None or not all(_strings(entry.string)):
            found.append(f"{place}: no translation of {message.id!r}")
        elif entry.fuzzy:
            found.append(f"{place}: translation of {message.id!r} is marked fuzzy")
        elif _placeholders(message.id) != _placeholders(entry.string):
            found.append(f"{place}: other placeholders in the translation of {message.id!r}")
    found += [
        f"catalogue: nothing says {message.id!r} any more"
        for message in translated
        if message.id and wanted.get(message.id, message.context) is None
    ]
    return found


def _strings(text: str | Sequence[str] | None) -> list[str]:
    """Singular and plural forms of one entry."""
    return [text or ""] if isinstance(text, str) or text is None else list(text)


def _placeholders(text: str | Sequence[str] | None) -> set[str]:
    """What is filled in later; the last plural form has all of it."""
    return set(_PLACEHOLDER.findall(_strings(text)[-1]))


if __name__ == "__main__":
    compile_changed()
