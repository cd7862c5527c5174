"""Truto's functions, one module per preset."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.expression.hosting import Hosted
    from batchctl.expression.objects import Kind


@cache
def hosted() -> Mapping[str, Hosted]:
    """All that are written in Python, by name."""
    from batchctl.expression.presets import (
        data,
        data_formats,
        datetime,
        encoding,
        graphs,
        lodash,
        notion,
        notion_block,
        query_text,
        replaced,
        sql,
        text_splitter,
        urls,
    )

    modules = (
        replaced,
        data,
        lodash,
        encoding,
        query_text,
        urls,
        notion,
        datetime,
        data_formats,
        sql,
        text_splitter,
        graphs,
        notion_block,
    )
    return {name: function for module in modules for name, function in module.FUNCTIONS.items()}


@cache
def kinds() -> Mapping[str, Kind]:
    """The kinds of objects with methods, by name."""
    from batchctl.expression.presets import datetime, graphs, urls

    return {kind.name: kind for kind in (datetime.DATE, datetime.DURATION, urls.URL_KIND, urls.SEARCH, graphs.GRAPH)}
