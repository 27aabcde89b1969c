from sqlalchemy import BigInteger, Column, Date, Double, Interval, JSON, Numeric, REAL, SmallInteger, String, Time, Unicode, UnicodeText, Uuid, VARCHAR, TIMESTAMP
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    id = Column(BigInteger, primary_key=True, autoincrement=True)
    small = Column(SmallInteger)
    code = Column(Unicode(9))
    text = Column(UnicodeText)
    day = Column(Date)
    at = Column(Time(timezone=True))
    lasts = Column(Interval)
    doc = Column(JSON)
    amount = Column(Numeric(8))
    double = Column(Double)
    real = Column(REAL)
    key = Column(Uuid)
    stamp = Column(TIMESTAMP(timezone=True))
    net = Column(pg.INET)
    mac = Column(pg.MACADDR)
    bits = Column(pg.BIT(4))
    range_ = Column("range", pg.INT4RANGE)
    old = Column(pg.UUID(as_uuid=True))
