from alembic import context  # PostgreSQL

context.run_migrations()
