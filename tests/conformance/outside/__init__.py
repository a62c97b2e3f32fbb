"""What people do where a plugin asks a service on the Internet."""
