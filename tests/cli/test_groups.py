import inspect
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from batchctl.cli.groups import grouped
from batchctl.structs import Struct


class Size(Struct, frozen=True):
    wide: Annotated[int, typer.Option("--wide")] = 3
    tall: Annotated[int | None, typer.Option("--tall")] = None


class Clash(Struct, frozen=True):
    wide: Annotated[bool, typer.Option("--broad")] = False


def test_each_field_is_an_option_and_comes_back_in_its_group() -> None:
    seen: list[tuple[str, Size]] = []

    @grouped
    def command(name: Annotated[str, typer.Argument()], *, size: Size) -> None:
        seen.append((name, size))

    app = typer.Typer()
    app.command()(command)
    assert CliRunner().invoke(app, ["x", "--tall", "5"]).exit_code == 0
    assert seen == [("x", Size(wide=3, tall=5))]
    assert list(inspect.signature(command).parameters) == ["name", "wide", "tall"]


def test_two_options_of_one_name_are_refused() -> None:
    def command(*, size: Size, clash: Clash) -> None:
        raise AssertionError((size, clash))

    with pytest.raises(TypeError, match="share a name"):
        grouped(command)
