from alembic import op

revision, down_revision = "10", "0002_level"
branch_labels = depends_on = None

upgrade = lambda: op.create_index("ix_logs_level", "logs", ["level"])
downgrade = lambda: op.drop_index("ix_logs_level", "logs")
