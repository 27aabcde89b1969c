PREFIX = "app_"
USERS = PREFIX + "users"
GROUPS = f"{PREFIX}groups"
DEFAULTS = {"quota": 5 * 1024**2, "ratio": 1 / 4, "locale": "'en'"}


class Limits:
    SHORT = 20
    NAME = SHORT * 2


def groups():
    return GROUPS
