"""What carries a session: ICE by the datapath, DTLS and SCTP by aiortc."""
