"""Stories: exhibitions, tours, stops."""
