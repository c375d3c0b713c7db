"""The IIIF words: image requests, manifests, collections."""
