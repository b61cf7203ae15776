"""Reading the calendars that resources keep elsewhere, for the time that they hold.

What a stranger's server answers is fetched and read by a process of its own (``reader``), which
gets an address and gives back spans of time; ``refreshing`` asks it and keeps them.
"""
