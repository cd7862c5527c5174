"""Where the pages of the documentation are."""

from __future__ import annotations

from pathlib import Path


def pages_folder() -> Path:
    """The folder of the documentation's pages, in the installed package or in the checkout that batchctl runs from."""
    package = Path(__file__).parents[1]
    return next((each for each in (package / "pages", package.parent / "docs") if each.is_dir()), package / "pages")
