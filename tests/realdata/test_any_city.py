"""Nothing of the city that comes with the product stands in its code, pages or messages: its data folder has it all."""

import ast
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from kumuh.env import ROOT

FOLDER = "data/kupang"
TEXTS = {".html", ".js", ".css", ".txt", ".svg", ".po"}


def own_words() -> re.Pattern[str]:
    """Names and codes that only that city has."""
    with (ROOT / FOLDER / "kelurahan.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row[column] for row in rows for column in ("nama", "kecamatan")}
    words = [r"53\.71", "5371\\d+", *map(re.escape, sorted(names | {"Kupang", "Nusa Tenggara Timur", "WITA"}))]
    return re.compile(rf"(?<![\w.])(?:{'|'.join(words)})(?!\w)")


def said(path: Path) -> Iterator[str]:
    """What a file can say to people: a page as a whole, of a module its texts but not its docstrings."""
    if path.suffix != ".py":
        yield from path.read_text(encoding="utf-8").splitlines()
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def files() -> Iterator[Path]:
    for folder in ("kelurahan", "kumuh"):
        yield from (ROOT / folder).rglob("*.py")
    for folder in ("templates", "static", "locale"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in TEXTS)


def test_no_word_of_one_city_outside_its_data():
    pattern = own_words()
    found = [
        f"{path.relative_to(ROOT)}: {text.strip()[:120]}"
        for path in files()
        for text in said(path)
        if pattern.search(text.replace(FOLDER, ""))
    ]
    assert found == []
