from datetime import datetime
from sqlalchemy import Boolean, Column, Computed, DateTime, FetchedValue, Identity, Integer, Sequence, String, false, func, text, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(Identity(start=5), primary_key=True)
    a: Mapped[bool] = mapped_column(server_default=true())
    b: Mapped[bool] = mapped_column(server_default=false())
    c: Mapped[str] = mapped_column(server_default="x")
    d: Mapped[int] = mapped_column(server_default=text("7"))
    e: Mapped[datetime] = mapped_column(server_default=func.now())
    f: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("CURRENT_TIMESTAMP"))
    g: Mapped[int] = mapped_column(Computed("d * 2"))
    h: Mapped[int] = mapped_column(default=3)
    i: Mapped[int] = mapped_column(insert_default=4)
