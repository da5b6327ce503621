"""report - pages from a run: RESULTS.md, the terminal's ``show``, the site.

    store --view.build--> View --results_md.render--> RESULTS.md
                               --site.write---------> build/site
    one cell of it --text.show--> the terminal

The renderers are pure functions of what they are given: the same run file gives
the same bytes.  What a peer sent is hostile and is escaped where it is printed
(escape.py for terminals and Markdown, Jinja's autoescape for HTML).
"""
