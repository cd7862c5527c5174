"""A language server for definitions: diagnostics, completion, hover, navigation, in terms of plain values.

``server`` alone knows the protocol and its packages; everything else works on text and 1-based spans in code points.
"""
