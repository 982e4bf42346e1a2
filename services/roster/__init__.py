"""Roster: meetings, who is in them, chat, attendance and office hours."""

import os

# The worker that makes reports is a process of its own, started by fork and exec. gRPC is not used between the two, so
# it need not stop and start again around the fork, nor write to the log, which is JSON, that it cannot.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
