"""Relief motifs drawn by ourselves, as height fields: `field.height_field(name, …)` gives any of them."""
