"""Files and streams: bytes that an expression holds, as the Web's ``Blob``, ``ArrayBuffer`` and ``ReadableStream``.

The rules are those of the File API and of Node's ``Buffer.toString``. As JSON all of them are ``{}``, but for what a
reader answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.budget import check
from batchctl.javascript.coercion import as_array, as_object, is_nil, no_property, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import without_surrogates
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.values import UNDEFINED, WHITESPACE
from batchctl.json_types import FileData
from batchctl.structs import Struct
from batchctl.truto_functions.bytes_text import decoded, from_data_uri, in_base64, parsed_base64, slice_place
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.objects import Method, ObjectKind

if TYPE_CHECKING:
    from collections.abc import Callable

# What a stream of a blob hands out at a time.
_CHUNK: Final = 65_536


class Blob(Struct, frozen=True):
    """A file as the Web's ``Blob`` has it: its bytes (``data``) and its media type, empty where unknown."""

    data: bytes
    type: str = ""


class Stream(Struct):
    """A stream of bytes that can be read once, as the Web's ``ReadableStream``.

    ``data`` are all its bytes, ``at`` is how many of them have been read; ``locked`` means that a reader has it.
    """

    data: bytes
    at: int = 0
    locked: bool = False

    def rest(self) -> bytes:
        """All bytes that are left, which are thereby read. Raises ``HostError`` where the stream is locked."""
        self.lock()
        self.locked = False
        left, self.at = self.data[self.at :], len(self.data)
        return left

    def lock(self) -> None:
        """Lock the stream for a reader. Raises ``HostError`` where it is locked already."""
        if self.locked:
            raise HostError("Invalid state: ReadableStream is locked", "ERR_INVALID_STATE")
        self.locked = True


def blob(content: object, options: object) -> Blob:
    """``$blob``: the texts and bytes in ``content``, a list or a single one, joined to a file.

    Bytes are those of ``$getArrayBuffer`` or a reader; anything else becomes text as by JavaScript's ``String``,
    another blob ``[object Object]``. Null, UNDEFINED, false, 0 and an empty text as ``content`` make an empty file.
    ``options`` is an object with ``type``, the media type (empty unless it is ASCII), and ``endings``, of which
    ``native`` turns CRLF into a line feed; or null or UNDEFINED. Raises ``HostError`` for other options.
    """
    if options is not UNDEFINED and options is not None and not isinstance(options, dict | list):
        raise HostError('The "options" argument must be a dictionary', "ERR_INVALID_ARG_TYPE")
    chosen = as_object(options)
    endings = chosen.get("endings", UNDEFINED)
    if endings is not UNDEFINED and endings not in ("transparent", "native"):
        raise HostError("The property 'options.endings' is invalid", "ERR_INVALID_ARG_VALUE")
    parts = as_array(content) if truthy(content) else []
    made = b"".join(_part(part, native=endings == "native") for part in parts)
    return Blob(made, _type(chosen.get("type", UNDEFINED)))


def _part(part: object, *, native: bool) -> bytes:
    held = part.native if isinstance(part, SpecialObject) else None
    if isinstance(held, bytes):
        return held
    written = text(part)
    check(written)
    if native:
        written = written.replace("\r\n", "\n")
    return str(without_surrogates(written)).encode()


def _type(given: object) -> str:
    named = "" if given is UNDEFINED else text(given)
    return named.lower() if all(" " <= char <= "~" for char in named) else ""


def base64_to_blob(source: object, options: object) -> Blob:
    """``$base64ToBlob``: the file that ``source``, base64 text or a ``data:`` URI, stands for; empty if it is no text.

    ``options`` is an object with ``urlSafe`` (true: ``-`` and ``_`` for ``+`` and ``/``) and ``mimeType``
    (``application/octet-stream`` unless given); UNDEFINED and other values count as none. A ``data:`` URI has its own
    type. Raises ``HostError`` for text that is neither, and for ``options`` that are null.
    """
    if options is None:
        raise HostError("Cannot read properties of null (reading 'mimeType')")
    chosen = as_object(options)
    named = chosen.get("mimeType", UNDEFINED)
    media = "application/octet-stream" if named is UNDEFINED else text(named)
    if not isinstance(source, str) or not source:
        return Blob(b"", _type(media))
    encoded = source.strip(WHITESPACE)
    if encoded.startswith("data:"):
        media, encoded = from_data_uri(encoded)
    return Blob(parsed_base64(encoded, url_safe=truthy(chosen.get("urlSafe", UNDEFINED))), _type(media))


def _native(value: object) -> Any:
    return value.native if isinstance(value, SpecialObject) else None


def array_buffer(file: object) -> object:
    """``$getArrayBuffer``: the bytes of ``file``, as an object that other functions take; UNDEFINED for no file.

    A file is what ``$blob`` and ``$base64ToBlob`` make: for a text, bytes or a stream it is UNDEFINED, too. The object
    is a ``SpecialObject`` that wraps the bytes; as JSON it is ``{}``.
    """
    held = _native(file)
    return BUFFER.make(held.data) if isinstance(held, Blob) else UNDEFINED


def data_uri(file: object, media: object) -> str:
    """``$getDataUri``: a file, a stream or bytes as a ``data:`` URI with the media type ``media``.

    ``media`` is not checked, and the file's own type not used. A stream is thereby read to its end. Raises
    ``HostError`` where the type is missing (null, UNDEFINED, empty), ``file`` is something else, or a stream is locked.
    """
    if not truthy(media):
        raise HostError("Mime type is required")
    data = _bytes_of(file, "Unsupported file type for getDataUri", blobs=True)
    return f"data:{text(media)};base64,{in_base64(data)}"


def buffer_to_string(value: object, encoding: object) -> str:
    """``$bufferToString``: the text of a stream or of bytes, in the Node ``encoding`` (``utf8``, ``hex``, ``base64``).

    UTF-8 where ``encoding`` is UNDEFINED. Raises ``HostError`` for another value (a file and a text, too), another
    encoding, null included, or a locked stream. A stream is thereby read to its end.
    """
    return decoded(_bytes_of(value, "Unsupported value type for bufferToString"), encoding)


def _bytes_of(value: object, refusal: str, *, blobs: bool = False) -> bytes:
    held = _native(value)
    if isinstance(held, Stream):
        return held.rest()
    if isinstance(held, Blob) and blobs:
        return held.data
    if isinstance(value, SpecialObject) and value.kind == BYTES.name and isinstance(held, bytes):
        return held
    raise HostError(refusal)


def tee_stream(value: object) -> object:
    """``$teeStream``: a list of two streams, each with what is left of the stream ``value``, which is then locked.

    Raises ``HostError`` for what is no stream, a file included, and for a stream that is locked already.
    """
    held = _native(value)
    if not isinstance(held, Stream):
        raise no_property(value, "tee") if is_nil(value) else HostError("stream.tee is not a function")
    return _tee(held)


def _tee(stream: Stream) -> list[object]:
    stream.lock()
    left = stream.data[stream.at :]
    stream.at = len(stream.data)
    return [STREAM.make(Stream(left)), STREAM.make(Stream(left))]


def _slice(held: Blob, start: object, end: object, media: object) -> Blob:
    size = len(held.data)
    first = slice_place(start, size, 0)
    return Blob(held.data[first : slice_place(end, size, size)], _type(media))


def _read(stream: Stream) -> object:
    if stream.at >= len(stream.data):
        return {"value": UNDEFINED, "done": True}
    chunk = stream.data[stream.at : stream.at + _CHUNK]
    stream.at += len(chunk)
    return {"value": BYTES.make(chunk), "done": False}


def _reader(stream: Stream) -> Stream:
    stream.lock()
    return stream


def _release(stream: Stream) -> object:
    stream.locked = False
    return UNDEFINED


def _drain(stream: Stream) -> object:
    stream.at = len(stream.data)
    return UNDEFINED


def _cancel(stream: Stream) -> object:
    stream.rest()
    return UNDEFINED


def _make(name: str) -> Callable[[Any], object]:
    def make(native: object) -> object:
        return _KINDS[name].make(native)

    return make


_MAKES: Final = {name: _make(name) for name in ("blob", "arrayBuffer", "stream", "reader")}
BLOB: Final[ObjectKind] = ObjectKind(
    "blob",
    {
        "arrayBuffer": Method(lambda held: held.data, 0, "arrayBuffer"),
        "text": Method(lambda held: held.data.decode("utf-8-sig", "replace")),
        "slice": Method(_slice, 3, "blob"),
        "stream": Method(lambda held: Stream(held.data), 0, "stream"),
    },
    {"size": lambda held: len(held.data), "type": lambda held: held.type},
    bare={},
    inner=(),
    makes=_MAKES,
    whole=lambda held: FileData(held.data, "blob", held.type),
)
BUFFER: Final[ObjectKind] = ObjectKind(
    "arrayBuffer",
    {},
    bare={},
    inner=(),
    text=lambda _: "[object ArrayBuffer]",
    raw=True,
    whole=lambda held: FileData(held, "arrayBuffer"),
)
BYTES: Final[ObjectKind] = ObjectKind(
    "bytes",
    {},
    spread=lambda data: {str(at): byte for at, byte in enumerate(data)},
    text=lambda data: ",".join(map(str, data)),
    raw=True,
)
STREAM: Final[ObjectKind] = ObjectKind(
    "stream",
    {
        "cancel": Method(_cancel),
        "tee": Method(_tee),
        "getReader": Method(_reader, 0, "reader"),
    },
    # What it was when the stream was made: the service writes it down then.
    {"locked": lambda _: False},
    bare={},
    inner=(),
    makes=_MAKES,
    whole=lambda held: FileData(held.data[held.at :], "stream"),
)
READER: Final[ObjectKind] = ObjectKind(
    "reader",
    {"read": Method(_read), "releaseLock": Method(_release), "cancel": Method(_drain)},
    {"closed": lambda _: {}},
    order=("read", "releaseLock", "cancel", "closed"),
    bare={},
    inner=(),
)
KINDS: Final = (BLOB, BUFFER, BYTES, STREAM, READER)
_KINDS: Final = {kind.name: kind for kind in KINDS}
FUNCTIONS: Final = {
    "blob": Hosted(blob, 2, 2, makes="blob"),
    "base64ToBlob": Hosted(base64_to_blob, 2, 1, makes="blob"),
    "getArrayBuffer": Hosted(array_buffer, 1, 1),
    "getDataUri": Hosted(data_uri, 2, 2),
    "bufferToString": Hosted(buffer_to_string, 2, 2),
    "teeStream": Hosted(tee_stream, 1, 1),
}


def with_objects(value: object) -> object:
    """A JSON value in which each ``FileData`` is the object that an expression sees: a file, its bytes or a stream.

    It is the same object where there is none; else lists and objects are copied.
    """
    if isinstance(value, FileData):
        if value.kind == BUFFER.name:
            return BUFFER.make(value.data)
        return (
            STREAM.make(Stream(value.data)) if value.kind == STREAM.name else BLOB.make(Blob(value.data, value.media))
        )
    if isinstance(value, dict):
        return {key: with_objects(item) for key, item in value.items()}
    return [with_objects(item) for item in value] if isinstance(value, list) else value
