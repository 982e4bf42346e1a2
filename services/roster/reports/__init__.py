"""Attendance reports as files, and what is read from such a file. Runs in a process of its own (worker.py)."""
