"""YAML 1.2 or JSON text -> plain data with the place of every node; knows nothing of batches."""
