"""The tables of a service: as its models declare them, and as its Alembic revisions build them.

Both are read without importing anything: the abstract interpreter runs models and revisions, and what these
do to SQLAlchemy and Alembic is modelled here.
"""
