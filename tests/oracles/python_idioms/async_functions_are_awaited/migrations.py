async def _create(conn, name):
    conn.execute(f"CREATE TABLE {name} (x)")
    return name

def one(conn):
    import asyncio
    async def run():
        name = await _create(conn, "t")
        await _create(conn, name + "2")
    asyncio.run(run())

MIGRATIONS = [("one", one)]
