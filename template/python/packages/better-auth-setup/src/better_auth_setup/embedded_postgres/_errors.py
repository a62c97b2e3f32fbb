class EmbeddedPostgresError(RuntimeError):
    """Why the embedded PostgreSQL does not do what was asked, in a sentence for the developer."""
