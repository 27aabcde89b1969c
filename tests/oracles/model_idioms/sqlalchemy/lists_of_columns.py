from sqlalchemy import Column, Integer, MetaData, String, Table
metadata = MetaData()
class Base:
    metadata = metadata
def common():
    return [Column("id", Integer, primary_key=True), Column("name", String(12), nullable=False)]
for name in ("one", "two"):
    Table(name, metadata, *common(), Column(f"{name}_note", String))
