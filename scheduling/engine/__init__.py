"""When may something start? Pure functions over whole minutes; the standard library only.

Instants are whole minutes since 1970-01-01T00:00Z, intervals half-open (rule T1). The engine
knows no clock and no database: ``now`` and every zone are part of the question.
"""
