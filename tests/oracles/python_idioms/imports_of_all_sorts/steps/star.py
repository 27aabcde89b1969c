__all__ = ["starred"]

def starred(cursor):
    cursor.execute("CREATE TABLE starred (x)")
