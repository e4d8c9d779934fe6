"""A small abstract interpreter: what a service's modules would define when imported, without importing them.

It follows imports, assignments, calls, loops over known values and both branches of a condition that it
cannot decide. What it cannot know is `Unresolved`, with the reason, and stays so.
"""
