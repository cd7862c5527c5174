"""How fast batchctl is, beside its peers: ``python -m benchmarks --help``."""
