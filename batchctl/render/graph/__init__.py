"""The plan as a graph: text, Mermaid, DOT, SVG."""
