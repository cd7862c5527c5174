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


class Box(Struct, frozen=True):
    size: Size = Size()
    full: Annotated[bool, typer.Option("--full")] = False


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


def test_groups_of_groups_are_filled_in_as_well() -> None:
    seen: list[Box] = []

    @grouped
    def command(*, box: Box) -> None:
        seen.append(box)

    app = typer.Typer()
    app.command()(command)
    assert CliRunner().invoke(app, ["--full", "--tall", "5"]).exit_code == 0
    assert seen == [Box(Size(tall=5), full=True)]


def test_two_options_of_one_name_are_refused() -> None:
    def command(*, size: Size, clash: Clash) -> None:
        raise AssertionError((size, clash))

    with pytest.raises(TypeError, match="share a name"):
        grouped(command)
