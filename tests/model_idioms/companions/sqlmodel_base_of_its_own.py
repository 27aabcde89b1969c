from datetime import datetime
from sqlalchemy import MetaData
from sqlmodel import Field, SQLModel
class Base(SQLModel):
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"})
class Stamped(Base):
    created_at: datetime = Field(default_factory=datetime.now, nullable=False)
class Item(Stamped, table=True):
    id: int = Field(primary_key=True)
    title: str = Field(index=True)
