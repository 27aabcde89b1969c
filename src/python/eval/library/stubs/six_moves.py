# What six.moves (https://six.readthedocs.io) has of Python 3's own names.
range = range
xrange = range
zip = zip
map = map
filter = filter
