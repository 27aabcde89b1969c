import datetime
import decimal
import uuid
from datetime import date, time, timedelta
from typing import Optional
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class Everything(Base):
    __tablename__ = "everything"
    id: Mapped[int] = mapped_column(primary_key=True)
    a: Mapped[str]
    b: Mapped[str | None]
    c: Mapped[Optional[int]]
    d: Mapped[bool]
    e: Mapped[float | None]
    f: Mapped[bytes]
    g: Mapped[datetime.datetime]
    h: Mapped[date]
    i: Mapped[time | None]
    j: Mapped[timedelta]
    k: Mapped[decimal.Decimal]
    l: Mapped[uuid.UUID]
    m: Mapped["str"]
    n: "Mapped[Optional[str]]"
    o: Mapped[int] = mapped_column(nullable=True)
    p: Mapped[str | None] = mapped_column(nullable=False)
