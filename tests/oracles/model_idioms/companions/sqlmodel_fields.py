import datetime
import enum
import uuid
from decimal import Decimal
from typing import List, Optional
from sqlalchemy import Column, DateTime, JSON, Text, UniqueConstraint, func
from sqlmodel import Field, Relationship, SQLModel
Base = SQLModel
class Kind(str, enum.Enum):
    a = "A"
    b = "B"
class Team(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str = Field(index=True, max_length=50)
    heroes: List["Hero"] = Relationship(back_populates="team")
class HeroBase(SQLModel):
    name: str = Field(index=True)
    age: int | None = Field(default=None, index=True)
    kind: Kind
class Hero(HeroBase, table=True):
    __table_args__ = (UniqueConstraint("name", "age"),)
    id: int | None = Field(default=None, primary_key=True)
    key: uuid.UUID = Field(default_factory=uuid.uuid4, unique=True)
    secret: str = "x"
    price: Decimal = Field(default=0, max_digits=5, decimal_places=3)
    at: datetime.datetime = Field(sa_column=Column(DateTime(timezone=True), server_default=func.now(), nullable=False))
    day: datetime.date | None = None
    ok: bool = True
    data: dict = Field(default_factory=dict, sa_column=Column(JSON))
    note: str | None = Field(default=None, sa_type=Text)
    short: str = Field(max_length=7, nullable=True)
    extra: float = Field(default=1.0, sa_column_kwargs={"server_default": "2.5", "name": "extra_name"})
    team_id: int | None = Field(default=None, foreign_key="team.id", ondelete="SET NULL")
    team: Team | None = Relationship(back_populates="heroes")
class HeroRead(HeroBase):
    id: int
