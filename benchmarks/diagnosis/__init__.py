"""How often `leadline.diagnose` names the cause that holds a model back.

Truth is what remedies bring, tried by an oracle that knows what was done to the case and
has rows to spare. `tables` → `faults` → `oracles` → `run` → `scoring` → `report`.
"""
