"""Files of reports: made, read and compared."""
