"""The bounds of an answer: what is named as a way out exists."""

import gzip
import re

import pytest

from batchctl.errors import BadAnswer
from batchctl.execution.making import AnswerSize
from batchctl.truto.unpacking import Bounds, Unpacker


def refused(bounds: Bounds, coding: str, data: bytes) -> BadAnswer:
    with pytest.raises(BadAnswer) as caught:
        list(Unpacker(coding, bounds, "api.example").feed(data))
    return caught.value


@pytest.mark.parametrize(
    ("coding", "data", "bounds", "said", "option"),
    [
        ("", b" " * 11, Bounds(10), "larger than 10 bytes", "--max-answer-mib"),
        ("gzip", gzip.compress(b" " * (32 << 20)), Bounds(1 << 30), "more than 200 times", "--max-unpack-ratio"),
    ],
)
def test_an_option_is_named_only_by_commands_that_have_it(
    coding: str, data: bytes, bounds: Bounds, said: str, option: str
) -> None:
    error = refused(bounds, coding, data)
    assert re.search(said, str(error))
    assert not error.hint
    # `run` makes its bounds from its options.
    settable = AnswerSize().bounds(bounds)
    assert refused(settable, coding, data).hint == f"{option} allows more"
