from alembic import context
from sqlalchemy import create_engine

from settings import settings

context.config.set_main_option("sqlalchemy.url", settings.database.url)

with create_engine(settings.database.url).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
