"""Every function that an expression can call on the service: JSONata's own and those that Truto adds or replaces."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

JSONATA: Final = "jsonata"


class FunctionInfo(Struct, frozen=True):
    """A function that expressions can call on the service: its ``name`` without ``$``, and how it is called.

    ``preset`` is the group it belongs to (``lodash``), ``local`` whether batchctl can evaluate it itself. ``signature``
    is JSONata's (``<s-:s>``) where there is one; ``parameters`` are their names, an optional one with ``?``.
    ``lambdas`` is False for a function that takes a field name or an object to match and does something else with a
    function; ``replaces`` is True where it replaces one of JSONata's.
    """

    name: str
    preset: str
    local: bool = True
    signature: str | None = None
    parameters: tuple[str, ...] = ()
    lambdas: bool = True
    replaces: bool = False

    @property
    def usage(self) -> str:
        """How it is called, for a message or a table: ``$pick(object, paths)``."""
        return f"${self.name}({', '.join(self.parameters)})"


_BUILT_IN: Final = """
sum <a<n>:n> array; count <a:n> array; max <a<n>:n> array; min <a<n>:n> array; average <a<n>:n> array
substring <s-nn?:s> str, start, length?; substringBefore <s-s:s> str, chars; substringAfter <s-s:s> str, chars
lowercase <s-:s> str; uppercase <s-:s> str; length <s-:n> str; trim <s-:s> str; pad <s-ns?:s> str, width, char?
match <s-f<s:o>n?:a<o>> str, pattern, limit?; contains <s-(sf):b> str, pattern
replace <s-(sf)(sf)n?:s> str, pattern, replacement, limit?; split <s-(sf)n?:a<s>> str, separator, limit?
formatNumber <n-so?:s> number, picture, options?; formatBase <n-n?:s> number, radix?
formatInteger <n-s:s> number, picture; parseInteger <s-s:n> str, picture; number <(nsb)-:n> arg
floor <n-:n> number; ceil <n-:n> number; round <n-n?:n> number, precision?; abs <n-:n> number; sqrt <n-:n> number
power <n-n:n> base, exponent; random <:n>; boolean <x-:b> arg; not <x-:b> arg
map <af> array, function; zip <a+> array1, …; filter <af> array, function; single <af?> array, function?
reduce <afj?:j> array, function, init?; lookup <x-s:x> object, key; append <xx:a> array1, array2; exists <x:b> arg
spread <x-:a<o>> object; merge <a<o>:o> array; reverse <a:a> array; error <s?:x> message?
assert <bs?:x> condition, message?; type <x:s> value; sort <af?:a> array, function?; shuffle <a:a> array
distinct <x:x> array; encodeUrlComponent <s-:s> str; encodeUrl <s-:s> str; decodeUrlComponent <s-:s> str
decodeUrl <s-:s> str; eval <sx?:x> expr, context?; toMillis <s-s?:n> timestamp, picture?
fromMillis <n-s?s?:s> number, picture?, timezone?; clone <(oa)-:o> object; now <s?s?:s> picture?, timezone?
millis <:n>
"""
_REPLACED: Final = """
string <x-b?:s> arg, prettify?; keys <x-:a<s>> object; each <o-f:a> object, function; sift <o-f?:o> object, function?
join - array, separator?; base64encode - str, urlSafe?; base64decode - str, urlSafe?
"""
_ADDED: Final = {
    "data": """
firstNonEmpty value1, …; sortNodes array, idKey?, parentIdKey?, sequenceKey?; removeEmpty value; removeEmptyItems array
mapValues value, mapping, lowerCase?, default?; jsonParse str; toNumber value; convertCurrencyToSubunit amount, code
convertCurrencyFromSubunit amount, code; zipSqlResponse columns, rows, key; dependencyGraph array, parentKey, key
diceCoefficient a, b; mostSimilar value, list, threshold?; uuid; getMimeType name; wrap value, wrapper, end?""",
    "lodash": """
groupBy array, key; keyBy array, key; pick object, paths; omit object, paths; compact array
orderBy array, keys, orders?; find array, predicate; lofilter array, predicate; values object; chunk array, size?
difference array, values; flatten array; flattenDeep array; flattenDepth array, depth?""",
    "encoding": """
digest text, algorithm?, output?; sign text, algorithm, secret, output?; parseQuery str, options?
stringifyQuery object, options?; parseUrl url""",
    "binary": """
blob content, options?; base64ToBlob base64, options?; getArrayBuffer file; getDataUri file, mimeType
bufferToString buffer, encoding?; teeStream stream; parseDocument file, type""",
    "datetime": "dtFromIso text, zone?; dtFromFormat text, format, options?",
    "markdown": """
convertNotionToMarkdown blocks, linkChildPages?; convertNotionToMd block; convertMarkdownToHtml text, options?
convertMarkdownToAdf text; convertMarkdownToNotion text; convertMarkdownToSlack text
convertMarkdownToGoogleDocs text; convertMdToPdf text, options?; convertHtmlToMarkdown html""",
    "data-formats": """
jsonToCsv rows, options?; xmlToJs xml, options?; jsToXml object, options?; jsonToParquet rows, options?
convertQueryToSql query, keys?, mapping?, dataTypes?, operators?, options?""",
    "ai": "recursiveCharacterTextSplitter text, options?; generateEmbeddingsCohere texts, options",
}
# What needs the network, binary data, or a whole library's output format.
_NOT_LOCAL: Final = """
    parseDocument
    convertMarkdownToHtml convertMarkdownToAdf convertMarkdownToNotion convertMarkdownToSlack
    convertMarkdownToGoogleDocs convertMdToPdf
    generateEmbeddingsCohere
"""
_MISLED_BY_LAMBDAS: Final = frozenset({"groupBy", "keyBy", "orderBy", "find", "lofilter", "pick", "omit"})


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.replace("\n", ";").split(";") if entry.strip()]


def _parameters(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _all() -> dict[str, FunctionInfo]:
    found: dict[str, FunctionInfo] = {}
    for text, preset in ((_BUILT_IN, JSONATA), (_REPLACED, "core")):
        for entry in _entries(text):
            name, signature, *rest = entry.split(" ", 2)
            found[name] = FunctionInfo(
                name,
                preset,
                signature=None if signature == "-" else signature,
                parameters=_parameters(" ".join(rest)),
                replaces=preset != JSONATA,
            )
    for preset, text in _ADDED.items():
        for entry in _entries(text):
            name, _, parameters = entry.partition(" ")
            found[name] = FunctionInfo(
                name,
                preset,
                local=name not in _NOT_LOCAL.split(),
                parameters=_parameters(parameters),
                lambdas=name not in _MISLED_BY_LAMBDAS,
            )
    return found


FUNCTIONS: Final[Mapping[str, FunctionInfo]] = MappingProxyType(_all())
