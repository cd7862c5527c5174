"""JavaScript's view of JSON values: numbers, text, order of keys. Below templates and expressions."""
