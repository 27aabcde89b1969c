# What six (https://six.readthedocs.io) is on Python 3.
PY2 = False
PY3 = True
PY34 = True

string_types = (str,)
integer_types = (int,)
class_types = (type,)
text_type = str
binary_type = bytes


def iterkeys(d, **kw):
    return d.keys()


def itervalues(d, **kw):
    return d.values()


def iteritems(d, **kw):
    return d.items()


viewkeys = iterkeys
viewvalues = itervalues
viewitems = iteritems


def u(s):
    return s


def ensure_text(s, encoding="utf-8", errors="strict"):
    return s.decode(encoding) if isinstance(s, bytes) else s


ensure_str = ensure_text
