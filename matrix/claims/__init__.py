"""claims - does every client that follows one rule set work with every server that
follows another?

``personas`` says who follows a set, ``layers`` what two of them come to,
``enumerate`` tries them all; ``evidence`` and ``witness`` hold that against a run.
Everything here is pure.
"""
