"""Which elements of HTML are blocks, have no content, or mean something while they are empty; how long a text is."""

from typing import Final

_BLOCKS: Final = """
    address article aside audio blockquote body canvas center dd dir div dl dt fieldset figcaption figure footer form
    frameset h1 h2 h3 h4 h5 h6 header hgroup hr html isindex li main menu nav noframes noscript ol output p pre section
    table tbody td tfoot th thead tr ul
"""
_VOID: Final = "area base br col command embed hr img input keygen link meta param source track wbr"
_MEANT_EMPTY: Final = "a table thead tbody tfoot th td iframe script audio video"
BLOCKS: Final = frozenset(_BLOCKS.split())
VOID: Final = frozenset(_VOID.split())
MEANT_EMPTY: Final = frozenset(_MEANT_EMPTY.split())
