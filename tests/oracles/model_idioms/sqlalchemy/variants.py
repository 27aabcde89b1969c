from sqlalchemy import BigInteger, Column, Integer, JSON, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.sqlite import INTEGER
from sqlalchemy.orm import declarative_base
Base = declarative_base()
BigKey = BigInteger().with_variant(Integer, "sqlite")
Doc = JSON().with_variant(JSONB(), "postgresql")
class A(Base):
    __tablename__ = "a"
    id = Column(BigKey, primary_key=True)
    doc = Column(Doc, nullable=False)
