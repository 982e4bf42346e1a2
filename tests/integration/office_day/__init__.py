"""A day at the office: Thursday, 19 March 2020, of 12 people in 3 units of a regency.

`people.py` says who they are, `story.py` who does what at what time, `expected.py` what has to be on paper in the end,
and `stage.py` plays the story on a whole installation.
"""
