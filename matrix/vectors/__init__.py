"""vectors - recorded and authored hellos: read, explained, written, classed.

A vector is a .flow file (vectors/README.md).  Nothing here judges a server.
"""
