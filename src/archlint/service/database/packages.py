"""Libraries of databases, by the packages that are imported."""

LIBRARIES = {
    "aiomysql": "aiomysql", "aiosqlite": "aiosqlite", "asyncpg": "asyncpg", "databases": "databases",
    "MySQLdb": "mysqlclient", "ormar": "ormar", "peewee": "peewee", "piccolo": "piccolo",
    "psycopg": "psycopg", "psycopg2": "psycopg2", "pymysql": "pymysql", "sqlalchemy": "sqlalchemy",
    "sqlmodel": "sqlmodel", "tortoise": "tortoise-orm",
}  # fmt: skip
"""Libraries of relational databases by the package that is imported: their distributions."""

_OTHERS = frozenset({
    "arango", "asyncmy", "beanie", "cassandra", "chromadb", "clickhouse_connect", "clickhouse_driver",
    "couchbase", "duckdb", "edgedb", "elasticsearch", "firebase_admin", "gel", "gino", "influxdb",
    "influxdb_client", "lancedb", "mongoengine", "motor", "neo4j", "odmantic", "opensearchpy",
    "oracledb", "orm", "pinecone", "pony", "prisma", "pymilvus", "pymongo", "pyodbc", "qdrant_client",
    "redis_om", "snowflake", "sqlite3", "supabase", "surrealdb", "tinydb", "weaviate",
})  # fmt: skip
"""Packages of other databases, and of drivers that a service may keep its data with."""

MAPPERS = frozenset({
    "beanie", "gino", "mongoengine", "odmantic", "orm", "ormar", "peewee", "piccolo", "pony", "prisma",
    "redis_om", "sqlalchemy", "sqlmodel", "tortoise",
})  # fmt: skip
"""Those that map classes to what is stored."""

SEARCH_ENGINES = frozenset({
    "chromadb", "elasticsearch", "lancedb", "opensearchpy", "pinecone", "pymilvus", "qdrant_client",
    "weaviate",
})  # fmt: skip
"""Those of indices, which are asked over HTTP and hold copies of what is kept elsewhere."""

DATABASE_PACKAGES = LIBRARIES.keys() | _OTHERS
"""Those of both."""
