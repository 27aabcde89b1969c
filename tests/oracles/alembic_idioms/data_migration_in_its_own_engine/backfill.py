import concurrent.futures

import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker

notes = sa.table("notes", sa.column("id"), sa.column("parent_id"), sa.column("depth"))
PAGE = 100


def children(connection, parent_id, depth):
    query = sa.select(notes.c.id).where(notes.c.parent_id == parent_id)
    for (note_id,) in (connection.execute(query)).fetchall():
        connection.execute(sa.update(notes).where(notes.c.id == note_id).values(depth=depth))
        children(connection, note_id, depth + 1)


def pages(connection):
    last = None
    while True:
        query = sa.select(notes.c.id).order_by(notes.c.id).limit(PAGE)
        if last is not None:
            query = query.where(notes.c.id > last)
        rows = (connection.execute(query)).fetchall()
        if not rows:
            break
        for row in rows:
            children(connection, row.id, 1)
        last = rows[-1].id


def run(url):
    def start():
        engine = sa.create_engine(url=url)
        with engine.begin() as connection:
            pages(connection)
        with sessionmaker(bind=engine)() as session:
            session.execute(sa.text("UPDATE notes SET depth = 0 WHERE depth IS NULL"))
            session.commit()
        engine.dispose()

    with concurrent.futures.ThreadPoolExecutor() as executor:
        executor.submit(start).result()
