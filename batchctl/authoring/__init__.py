"""Definitions from what somebody has already: a curl command, an HTTP request, JSON; or from a template."""

from batchctl.authoring.conversion import Draft, convert
from batchctl.authoring.templates import TEMPLATES, Template

__all__ = ["TEMPLATES", "Draft", "Template", "convert"]
