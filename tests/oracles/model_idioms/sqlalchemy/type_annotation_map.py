import datetime
import enum
from decimal import Decimal
from typing import Annotated, Any
from sqlalchemy import JSON, BigInteger, Enum, Numeric, String, DateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
str30 = Annotated[str, 30]
num = Annotated[Decimal, 12]
class Status(enum.Enum):
    OPEN = "open"
    CLOSED = "closed"
class Base(DeclarativeBase):
    type_annotation_map = {
        int: BigInteger,
        datetime.datetime: DateTime(timezone=True),
        str30: String(30),
        num: Numeric(12, 4),
        dict[str, Any]: JSON,
        enum.Enum: Enum(enum.Enum, native_enum=False, length=20),
    }
class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int]
    at: Mapped[datetime.datetime]
    name: Mapped[str30]
    nick: Mapped[str30 | None]
    amount: Mapped[num]
    data: Mapped[dict[str, Any]]
    status: Mapped[Status]
    text: Mapped[str]
