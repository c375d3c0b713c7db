"""Open data and exchange between peers."""
