from datetime import date
from sqlalchemy import MetaData
from sqlmodel import Field, SQLModel
class Base(SQLModel):
    metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_name)s"})
class Stamped(Base):
    created_on: date = Field(default_factory=date.today, nullable=False)
class Item(Stamped, table=True):
    id: int = Field(primary_key=True)
    title: str = Field(index=True)
