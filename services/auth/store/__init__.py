"""Auth's durable state in Redis. Records are hashes, so that a neighbouring version keeps fields it does not know."""
