def one(cursor, conn):
    done = []
    try:
        try:
            int("x")
        except ValueError as cause:
            raise KeyError("k") from cause
    except (TypeError, KeyError) as e:
        done.append(repr(e.args[0]))
    else:
        done.append("no")
    finally:
        done.append("finally")
    try:
        pass
    except Exception:
        done.append("never")
    else:
        done.append("else")
    cursor.execute("CREATE TABLE t (x TEXT DEFAULT \"%s\")" % ",".join(done))

MIGRATIONS = [("one", one)]
