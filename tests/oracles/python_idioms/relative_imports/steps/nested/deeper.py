from .. import common
from ..tags import TABLE

COLUMNS = [f"{common.PREFIX}_{TABLE}_id INTEGER"]
