"""The conformance report: a verdict on each clause, for people, for a fleet's collector, and as a page."""
