"""Records like one: those whose pictures look alike, and those that share its type, material, place or maker."""

from flask import Blueprint

blueprint = Blueprint("similar", __name__)
