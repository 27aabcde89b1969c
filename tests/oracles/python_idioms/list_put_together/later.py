def _rename(cursor, conn):
    cursor.execute("ALTER TABLE base RENAME TO renamed")


LATER = [("rename", _rename)]
