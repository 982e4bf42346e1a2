"""What a meeting is and what may happen in it: state and time in, changes out. No I/O and no clock."""
