from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import registry
reg = registry()
class Base:
    metadata = reg.metadata
@reg.mapped
class A:
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    name = Column(String(10))
