"""Why a start is open or closed, drawn and in words, by the same layers as the answer (rule A9)."""
