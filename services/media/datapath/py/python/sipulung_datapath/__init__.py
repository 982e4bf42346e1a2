"""The packet path of a media node; see __init__.pyi for what it offers."""

from .sipulung_datapath import *  # noqa: F403
