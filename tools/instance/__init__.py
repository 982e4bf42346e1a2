"""One running installation on this machine: its settings, secrets, stores, certificate and demo meeting."""
