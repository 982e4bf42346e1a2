"""What a media node costs, measured in a real process through real DTLS-SRTP: `make bench`."""
