import enum
from typing import Literal
from sqlalchemy import Column, Enum, Integer
from sqlalchemy.dialects.postgresql import ENUM
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"
class Size(str, enum.Enum):
    S = "small"
    L = "large"
class Shirt(Base):
    __tablename__ = "shirts"
    id: Mapped[int] = mapped_column(primary_key=True)
    color: Mapped[Color]
    size: Mapped[Size | None]
    by_value: Mapped[Size] = mapped_column(Enum(Size, values_callable=lambda e: [m.value for m in e], name="size_values"))
    plain = Column(Enum("a", "b", name="letters"), nullable=False)
    text = Column(Enum(Color, native_enum=False))
    other = Column(ENUM(Color, name="pg_color"))
    literal: Mapped[Literal["x", "yyyy"]]
