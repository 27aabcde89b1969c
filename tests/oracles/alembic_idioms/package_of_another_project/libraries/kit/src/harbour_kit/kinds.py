from enum import Enum


class Kind(Enum):
    FERRY = "ferry"
    TUG = "tug"
