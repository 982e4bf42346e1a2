"""Rooms and sessions: applies what the core decides to the packet path."""
