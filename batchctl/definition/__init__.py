"""YAML or JSON text -> a typed definition, with everything that is wrong with it."""

from batchctl.definition.loading import Loaded, read, read_data
from batchctl.definition.schema_documents import schema_text

__all__ = ["Loaded", "read", "read_data", "schema_text"]
