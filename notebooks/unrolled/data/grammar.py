"""Film reviews composed by a small seeded grammar: the sample for runs without the real ones.

A review tells of the film, drops an opinion here and there, and ends with a verdict, which is its label.
Opinions are plain ("the cast is fine"), negated ("far from dull") or disappointed ("i expected a clever plot
and did not get it"), the verdict often takes a late turn ("slow at first but in the end gripping"), and
every pattern serves both sides, with the words of praise and of blame exchanged. So the words alone say
little: their order decides, and a model that only counts words stays far below one that reads.
"""

import math
import random
from collections import Counter

import numpy as np

MEDIAN, SPREAD, LONGEST = 160, 0.85, 1_460
"""How many words come before the verdict: log-normal with this median, this standard deviation of the
logarithm, and this limit. The lengths are then those of the real reviews: 240 words on average."""

OPINIONS = 0.25
"""The share of opinions among the sentences between the opening and the verdict."""

AGREEMENT = 0.7
"""How often such an opinion agrees with the verdict."""

PRAISE = {"THIS": "GOOD", "OTHER": "BAD", "UNDONE": "forgiven"}
BLAME = {"THIS": "BAD", "OTHER": "GOOD", "UNDONE": "wasted"}
"""What the patterns' exchangeable words stand for in a positive and in a negative sentence."""

GRAMMAR = {
    "GOOD": "good | fine | clever | gripping | moving",
    "BAD": "bad | dull | weak | boring | slow",
    "OPENING": """
        the story follows a KIND HERO in a lonely PLACE |
        this GENRE tells of a KIND HERO and a HERO in a PLACE |
        a KIND HERO comes back to the PLACE and meets a HERO |
        set in a PLACE in TIME the film is about a HERO""",
    "FACT": """
        the HERO DEED before the HERO can reach the PLACE |
        in the next scene the HERO walks through the PLACE with a THING |
        one TIME the HERO finds a THING in the PLACE |
        there is a KIND HERO who DEED |
        then we see the PLACE again and the HERO DEED |
        it was made in TIME by the people behind another GENRE |
        the camera stays on the THING while the HERO talks about the PLACE |
        i saw it with my FRIEND on a DAY evening |
        my FRIEND had read the book and told me about the HERO |
        the second half moves from the PLACE to another PLACE |
        nobody knows why the HERO DEED |
        the HERO and the HERO share the THING |
        it runs for about two hours and most of it takes place in the PLACE |
        we learn that the KIND HERO once lived in this PLACE |
        after that the HERO DEED and leaves the PLACE |
        for those who like a GENRE there is a THING and a KIND HERO""",
    "OPINION": """
        the ASPECT is THIS |
        i found the ASPECT THIS |
        what a THIS ASPECT |
        the ASPECT is not OTHER |
        the ASPECT is far from OTHER |
        i expected a OTHER ASPECT and did not get it |
        a OTHER ASPECT UNDONE""",
    "VERDICT": """
        CLOSING OTHER at first but in the end THIS and THIS |
        CLOSING OTHER in parts but THIS and THIS |
        CLOSING not OTHER but THIS and THIS |
        CLOSING it looks OTHER but it is THIS and THIS |
        CLOSING the ASPECT is OTHER but the film is THIS and THIS |
        CLOSING it has a OTHER ASPECT but is THIS and THIS |
        CLOSING this film is THIS and THIS |
        CLOSING this is a OTHER ASPECT UNDONE |
        CLOSING the film is never OTHER |
        CLOSING it is far from OTHER |
        CLOSING i expected a OTHER film and did not get it""",
    "CLOSING": "all in all | to sum up | in short | so my verdict is this | as the lights went on i thought",
    "ASPECT": "plot | cast | script | music | photography | dialogue | ending | direction",
    "GENRE": "film | thriller | comedy | drama | western | mystery | picture | romance",
    "KIND": "young | rich | quiet | shy | retired | famous | stubborn | nameless | tired | proud",
    "HERO": """
        detective | teacher | sailor | doctor | widow | painter | soldier | pianist | farmer | nurse | thief |
        judge | baker | captain | gardener | lawyer | student | stranger""",
    "PLACE": """
        harbour town | village | hotel | city | castle | railway station | theatre | hospital | desert |
        island | mountain valley | school | prison | lighthouse | market square | forest""",
    "TIME": """
        winter | summer | autumn | spring | the war years | the twenties | the last century | the old days""",
    "THING": """
        letter | photograph | key | suitcase | violin | map | lamp | telephone | ring | notebook | boat |
        horse | gun | mirror""",
    "DEED": """
        loses the THING | hides a THING | waits for the HERO | writes a letter | follows the HERO |
        sells the THING | asks for the THING | sleeps in the PLACE | tells the HERO everything |
        takes the last train""",
    "FRIEND": "wife | husband | brother | sister | mother | father | neighbour | daughter | son",
    "DAY": "monday | tuesday | wednesday | thursday | friday | saturday | sunday",
}
"""What each symbol, a word in capitals, may become: patterns of words and symbols."""

RULES = {symbol: [pattern.split() for pattern in patterns.split("|")] for symbol, patterns in GRAMMAR.items()}


def reviews(n, tests, seed):
    """`n` training and `tests` test reviews, half of them positive, and the word index.

    Each part is a dict: `tokens`, the words' frequency ranks from 1, one review after another, int32;
    `lengths`, words a review, int64; `labels`, 1 for a positive review and 0 for a negative, int8,
    (n,). The word index maps each word of the training reviews to its rank; others are left out.
    """
    parts = {"train": n, "test": tests}
    train, test = (_compose(number, random.Random(f"{part} {seed}")) for part, number in parts.items())
    counts = Counter(word for review in train[0] for word in review)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    word_index = {word: rank for rank, word in enumerate(ranked, 1)}
    return _encode(*train, word_index), _encode(*test, word_index), word_index


def _compose(n, rng):
    """`n` reviews as lists of words, and their labels."""
    labels = [i % 2 for i in range(n)]
    rng.shuffle(labels)
    return [_review(PRAISE if label else BLAME, rng) for label in labels], labels


def _review(verdict, rng):
    length = min(MEDIAN * math.exp(SPREAD * rng.gauss(0, 1)), LONGEST)
    words = []
    _expand("OPENING", verdict, rng, words)
    while len(words) < length:
        if rng.random() < OPINIONS:
            agrees = rng.random() < AGREEMENT
            _expand("OPINION", verdict if agrees else PRAISE if verdict is BLAME else BLAME, rng, words)
        else:
            _expand("FACT", verdict, rng, words)
    _expand("VERDICT", verdict, rng, words)
    return words


def _expand(symbol, side, rng, words):
    """Append to `words` what `symbol` becomes on one `side`, `PRAISE` or `BLAME`."""
    patterns = RULES[symbol]
    for word in patterns[int(rng.random() * len(patterns))]:
        word = side.get(word, word)
        if word in RULES:
            _expand(word, side, rng, words)
        else:
            words.append(word)


def _encode(texts, labels, word_index):
    texts = [[word_index[word] for word in text if word in word_index] for text in texts]
    return {
        "tokens": np.fromiter((rank for text in texts for rank in text), "int32"),
        "lengths": np.array([len(text) for text in texts], "int64"),
        "labels": np.array(labels, "int8"),
    }
