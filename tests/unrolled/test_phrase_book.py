"""The phrase book: its French, what it keeps out, and that it is the same in every run."""

import re

import pytest
from unrolled import data, settings
from unrolled.data.phrase_book import ADJECTIVE_ROWS, NOUN_ROWS, join, split

PARTS = ("train", "validation", "new", "combined")
VOWEL = "[aeiouâéêîœh]"
NOUN_OF = {form: row[0] for row in NOUN_ROWS for form in row[:2]}
ADJECTIVES = {row[0] for row in ADJECTIVE_ROWS}

BY_HAND = {
    "i love the witches": "j'aime les sorcières",
    "i often love him": "je l'aime souvent",
    "i do not arrive": "je n'arrive pas",
    "she does not see them": "elle ne les voit pas",
    "these small squirrels do not love him": "ces petits écureuils ne l'aiment pas",
    "my dog never waits for her": "mon chien ne l'attend jamais",
    "the knight draws an old bear": "le chevalier dessine un vieil ours",
    "my beautiful tree is old": "mon bel arbre est vieux",
    "these old queens see this new tree": "ces vieilles reines voient ce nouvel arbre",
    "a small actress loves this man": "une petite actrice aime cet homme",
    "my rich actress does not draw her": "mon actrice riche ne la dessine pas",
    "the bears do not see any churches": "les ours ne voient pas d'églises",
    "this old mouse does not draw a man": "cette vieille souris ne dessine pas d'homme",
    "he does not buy any old red trees": "il n'achète pas de vieux arbres rouges",
    "my bee never eats a good fresh pineapple": "mon abeille ne mange jamais de bon ananas frais",
    "some beautiful squirrels often arrive": "de beaux écureuils arrivent souvent",
    "some happy women often follow a beautiful uncle": "des femmes heureuses suivent souvent un bel oncle",
    "my slow horses never see the beautiful horses": "mes chevaux lents ne voient jamais les beaux chevaux",
    "we do not eat any fresh carrots": "nous ne mangeons pas de carottes fraîches",
    "we swim": "nous nageons",
    "the queen is never old": "la reine n'est jamais vieille",
    "these trees are not green": "ces arbres ne sont pas verts",
    "this red forest is always beautiful": "cette forêt rouge est toujours belle",
    "these expensive gardens are always small": "ces jardins chers sont toujours petits",
}
"""Translated by hand: a sentence of each kind."""


@pytest.fixture(scope="module")
def book():
    return data.phrase_book()


def everything(book):
    return [pair for part in PARTS for pair in getattr(book, part)]


def pairs_of(english):
    """The pairs of adjective and noun in a sentence, found without its grammar."""
    found, waiting, subject = set(), [], None
    for word in english.split():
        if word in ADJECTIVES:
            waiting.append(word)
        elif word in NOUN_OF:
            found |= {(adjective, NOUN_OF[word]) for adjective in waiting}
            waiting, subject = [], NOUN_OF[word]
    return found | {(adjective, subject) for adjective in waiting}


def test_its_parts_have_their_sizes_and_share_nothing(book):
    assert [len(getattr(book, part)) for part in PARTS] == [12_000, 1_000, 1_000, 1_000]
    assert len(everything(book)) <= 20_000
    assert len(dict(everything(book))) == len(everything(book))


def test_it_is_the_same_in_every_run(book, monkeypatch):
    monkeypatch.setattr(settings, "seed", settings.seed + 1)
    assert data.phrase_book() == book


@pytest.mark.parametrize(("english", "french"), BY_HAND.items())
def test_the_french_is_that_of_a_person(book, english, french):
    assert dict(everything(book))[english] == french


@pytest.mark.parametrize(
    "wrong",
    [
        rf"\b(le|la|je|ne|de|ma|ce|beau|nouveau) {VOWEL}",
        r"[ljnd]'[^aeiouâéêîœh]",
        r"\b(vieil|bel|nouvel|cet) [^aeiouâéêîœh]",
        rf"\b(un|le|ce|mon) vieux {VOWEL}",
        r"\b(pas|jamais) (un|une|des)\b",
        r"\bdes (petit|grand|vie|beau|bel|nouv|bon|jeune)",
        r"[A-Z.]|  |' ",
    ],
)
def test_no_sentence_is_spelt_like_this(book, wrong):
    assert not [french for _, french in everything(book) if re.search(wrong, french)]


def test_what_is_kept_out_is_only_where_it_belongs(book):
    for part in PARTS:
        for english, _ in getattr(book, part):
            assert bool(pairs_of(english) & book.kept_out) == (part == "combined"), english


def test_every_word_can_be_learnt(book):
    for side, words in ((0, str.split), (1, split)):
        known = {word for pair in book.train for word in words(pair[side])}
        assert {word for pair in everything(book) for word in words(pair[side])} <= known


def test_the_dictionary_has_every_french_word(book):
    assert {word for _, french in everything(book) for word in split(french)} <= book.dictionary.keys()
    forms = {"noires": "black", "vieil": "old", "voyons": "see", "ces": "this", "chevaux": "horse"}
    assert {form: book.dictionary[form] for form in forms} == forms
    assert book.feminine["house"] and not book.feminine["tree"]


def test_a_sentence_is_split_and_joined(book):
    assert split("je n'aime pas l'arbre") == ["je", "n'", "aime", "pas", "l'", "arbre"]
    assert all(join(split(french)) == french for _, french in everything(book))
