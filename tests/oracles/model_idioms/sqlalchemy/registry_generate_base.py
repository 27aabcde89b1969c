from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import registry
mapper_registry = registry()
Base = mapper_registry.generate_base()
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    name = Column(String(10))
