"""The only Flask: app factory, pages, API, image route."""
