"""Options for delivering records to a database, a webhook or a folder."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer

from batchctl.structs import Struct

SECRET_VARIABLE = "BATCHCTL_WEBHOOK_SECRET"  # noqa: S105 - its name

WebhookSecretOption = Annotated[
    str | None, typer.Option("--webhook-secret", envvar=SECRET_VARIABLE, help="Signs what a webhook gets.")
]


class DeliveryOptions(Struct, frozen=True):
    """The options that say where records are delivered, in addition to where the result goes."""

    TITLE: ClassVar = "Delivery"

    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="[NAME=]URL",
            help="Also deliver the records, or those of resource NAME: dir:PATH, webhook:URL or a database.",
        ),
    ] = None
    webhook_secret: WebhookSecretOption = None
