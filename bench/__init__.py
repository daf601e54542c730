"""Benches with production settings: see README.md. `bin/bench life|list|search` prints one JSON object a line."""
