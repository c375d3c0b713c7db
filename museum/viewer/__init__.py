"""How one thing is shown: what to show first, and the viewers of its front end."""
