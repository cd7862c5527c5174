"""JSONata with JavaScript's values: text → tree → Python functions that evaluate it.

The engine of ``batchctl.expression`` evaluates most expressions. This one evaluates those for which JSON values are not
enough: dates and other objects with methods, numbers that are infinite or none, and objects that are the very same.
"""
