"""The site of all lessons: what Sphinx reads (`sources`), its settings (`conf.py`), its links (`links`)."""
