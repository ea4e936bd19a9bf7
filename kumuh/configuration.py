"""The configuration table of README.md, written from the one table in kumuh/env.py: `python -m kumuh.configuration`."""

from pathlib import Path

from kumuh.env import VARIABLES

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- configuration -->", "<!-- /configuration -->"


def table() -> str:
    rows = [f"| `{item.name}` | {f'`{item.default}`' if item.default else ''} | {item.meaning} |" for item in VARIABLES]
    return "\n".join(["| variable | default | meaning |", "|---|---|---|", *rows])


def written(readme: str) -> str:
    """What stands between the markers."""
    return readme.split(BEGIN, 1)[1].split(END, 1)[0].strip()


def main() -> None:
    text = README.read_text(encoding="utf-8")
    before, after = text.split(BEGIN, 1)[0], text.split(END, 1)[1]
    README.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
