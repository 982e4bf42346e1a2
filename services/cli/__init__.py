"""`sipulung`: what administrators and operators do from the command line."""
