"""The API as a document: what `app.openapi()` gives, from source."""
