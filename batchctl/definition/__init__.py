"""YAML or JSON text -> a typed batch definition, with everything that is wrong with it."""

from batchctl.definition.codes import CODES, Code
from batchctl.definition.loading import Loaded, read, read_data
from batchctl.definition.schema import schema_text
from batchctl.definition.source import Path, Source

__all__ = ["CODES", "Code", "Loaded", "Path", "Source", "read", "read_data", "schema_text"]
