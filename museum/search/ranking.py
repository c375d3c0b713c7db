"""Relevance as tiers: where and how exactly the words were found, the same order on every engine.

A tier is a node; within one tier records stand by a fixed key (pictured first, short titles first, newest first).
So an exact hit can never fall below a folded one, a cursor stays valid while the index grows, and "why" is plain.
"""

from typing import NamedTuple

from museum.search.nodes import (
    And,
    Everything,
    Node,
    Not,
    Or,
    Phrase,
    Term,
    Whole,
    Widened,
    all_of,
    any_of,
)
from museum.search.query import Query


class Tier(NamedTuple):
    """One step of the order: `place` is "whole", "phrase", "title", "head", "all", or "widened" where more than what
    was typed counts; `is_exact` asks for the marks that were typed."""

    place: str
    is_exact: bool
    node: Node


def tiers(query: Query) -> list[Node]:
    """Nodes from best to weakest; the last is the whole query, so that together they match what it matches."""
    return [tier.node for tier in named_tiers(query)]


def named_tiers(query: Query) -> list[Tier]:
    """The tiers with what each asks for, from best to weakest."""
    root = query.root
    literal = literally(root)
    found: list[Tier] = []
    if any(True for _ in positive(literal)):
        if any(term.token.exact for term in positive_terms(literal)):
            found += _places(query, exactly(literal), is_exact=True)
            found.append(Tier("widened", True, exactly(root)))
        found += _places(query, literal, is_exact=False)
    found.append(Tier("widened", False, root))
    first: dict[Node, Tier] = {}
    for tier in found:
        first.setdefault(tier.node, tier)
    return list(first.values())


def _places(query: Query, node: Node, *, is_exact: bool) -> list[Tier]:
    found: list[Tier] = []
    in_title = rescoped(node, "title")
    if query.words:
        words = " ".join((word.exact or word.folded) if is_exact else word.folded for word in query.words)
        number = "".join(word.folded for word in query.words)
        is_whole = any_of(Whole(words, is_exact=is_exact), Whole(number))
        found.append(Tier("whole", is_exact, all_of(node, is_whole)))
    if len(query.words) > 1:
        found.append(Tier("phrase", is_exact, all_of(in_title, Phrase(query.words, "title"))))
    found += [Tier("title", is_exact, in_title), Tier("head", is_exact, rescoped(node, "head"))]
    return [*found, Tier("all", is_exact, node)]


def literally(node: Node) -> Node:
    """Only what was typed."""
    if isinstance(node, Widened):
        return literally(node.literal)
    if isinstance(node, And | Or):
        return (
            all_of(*map(literally, node.children)) if isinstance(node, And) else any_of(*map(literally, node.children))
        )
    return node


def exactly(node: Node) -> Node:
    """With marks where marks were typed."""
    if isinstance(node, Term):
        return Term(node.token, node.scope, is_exact=True)
    if isinstance(node, Phrase):
        return all_of(node, *(Term(token, node.scope, is_exact=True) for token in node.tokens if token.exact))
    if isinstance(node, Widened):
        return any_of(exactly(node.literal), *map(exactly, node.others))
    if isinstance(node, And):
        return all_of(*map(exactly, node.children))
    if isinstance(node, Or):
        return any_of(*map(exactly, node.children))
    return node


def rescoped(node: Node, scope: str) -> Node:
    """Words sought anywhere are now sought in `scope`; words of a named field stay there."""
    if isinstance(node, Term) and node.scope == "all":
        return Term(node.token, scope, node.is_exact)
    if isinstance(node, Phrase) and node.scope == "all":
        return Phrase(node.tokens, scope)
    if isinstance(node, And):
        return all_of(*(rescoped(child, scope) for child in node.children))
    if isinstance(node, Or):
        return any_of(*(rescoped(child, scope) for child in node.children))
    return node


def positive(node: Node) -> list[Node]:
    """The leaves that must or may match; nothing below a Not."""
    if isinstance(node, And | Or):
        return [leaf for child in node.children for leaf in positive(child)]
    if isinstance(node, Widened):
        return [leaf for child in (node.literal, *node.others) for leaf in positive(child)]
    return [] if isinstance(node, Not | Everything) else [node]


def positive_terms(node: Node) -> list[Term]:
    """The words among the positive leaves, those of phrases one by one."""
    found: list[Term] = []
    for leaf in positive(node):
        if isinstance(leaf, Term):
            found.append(leaf)
        elif isinstance(leaf, Phrase):
            found.extend(Term(token, leaf.scope) for token in leaf.tokens)
    return found
