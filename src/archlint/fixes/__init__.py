"""Fixes: what a rule's finding makes of the file, written back so that every other byte stays.

A fixable rule, which its page says it is, has a module of the same family and stem here with one public
function, `plan(service, finding) -> Plan | None`. Plans are data (`edits.py`); libcst carries them out
(`codemod.py`) in a process of its own (`workers.py`), for some inputs crash it or take it for ever.
"""
