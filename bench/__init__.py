"""How fast it is, as ratios to hand-written code and bare Django: ``python -m bench``."""
