"""Attacks on batchctl itself, with harmless inputs: what is tried here has to end in a sentence, and show no secret."""
