"""A phrase book, English and French, composed by a small seeded grammar: what the translation lesson learns.

The French is written as it is spelt: articles, adjectives and verbs agree with nouns in gender and number,
some adjectives stand before their noun and most behind it, a negation goes around the verb, a pronoun that
is an object before it, and a word gives up its last letter before a vowel ("l'arbre", "je n'aime pas").
Every English sentence has one translation here, and all pairs are different.

Some pairs of an adjective and a noun are kept out of all that is learnt from, beside each other and as "the
house is red"; the sentences of `combined` have one of them.
"""

import random
from dataclasses import dataclass

SEED = 16
"""The book is the same in every run, so that all seeds are asked the same sentences."""

KEPT_OUT = 0.15
"""The share of the pairs of an adjective and a noun that are kept out."""

NOUNS = """
    man men homme hommes m person | woman women femme femmes f person |
    king kings roi rois m person | queen queens reine reines f person |
    prince princes prince princes m person | princess princesses princesse princesses f person |
    uncle uncles oncle oncles m person | aunt aunts tante tantes f person |
    actor actors acteur acteurs m person | actress actresses actrice actrices f person |
    knight knights chevalier chevaliers m person | witch witches sorcière sorcières f person |
    dog dogs chien chiens m animal | cow cows vache vaches f animal |
    cat cats chat chats m animal | goat goats chèvre chèvres f animal |
    horse horses cheval chevaux m animal | mouse mice souris souris f animal |
    bird birds oiseau oiseaux m animal | bee bees abeille abeilles f animal |
    squirrel squirrels écureuil écureuils m animal | frog frogs grenouille grenouilles f animal |
    donkey donkeys âne ânes m animal | bear bears ours ours m animal |
    cake cakes gâteau gâteaux m food | apple apples pomme pommes f food |
    cheese cheeses fromage fromages m food | orange oranges orange oranges f food |
    pineapple pineapples ananas ananas m food | carrot carrots carotte carottes f food |
    book books livre livres m object | car cars voiture voitures f object |
    boat boats bateau bateaux m object | letter letters lettre lettres f object |
    hat hats chapeau chapeaux m object | key keys clé clés f object |
    plane planes avion avions m object | table tables table tables f object |
    garden gardens jardin jardins m place | house houses maison maisons f place |
    castle castles château châteaux m place | church churches église églises f place |
    forest forests forêt forêts f place | island islands île îles f place |
    tree trees arbre arbres m place | school schools école écoles f place
"""
"""English singular and plural, French singular and plural, gender, kind."""

ADJECTIVES = """
    old vieux vieille vieux vieilles before person animal object place |
    young jeune jeune jeunes jeunes before person animal |
    small petit petite petits petites before person animal food object place |
    big grand grande grands grandes before animal food object place |
    beautiful beau belle beaux belles before person animal food object place |
    new nouveau nouvelle nouveaux nouvelles before object place |
    good bon bonne bons bonnes before food object |
    black noir noire noirs noires behind animal object |
    white blanc blanche blancs blanches behind animal object place |
    green vert verte verts vertes behind animal food object place |
    red rouge rouge rouges rouges behind animal food object place |
    blue bleu bleue bleus bleues behind animal object place |
    happy heureux heureuse heureux heureuses behind person animal |
    slow lent lente lents lentes behind person animal object |
    strong fort forte forts fortes behind person animal |
    rich riche riche riches riches behind person |
    calm calme calme calmes calmes behind person animal place |
    heavy lourd lourde lourds lourdes behind animal food object |
    expensive cher chère chers chères behind food object place |
    fresh frais fraîche frais fraîches behind food
"""
"""English, French by gender and number (m, f, m plural, f plural), its place, the kinds that it describes."""

VERBS = """
    sleep sleeps dors dort dormons dorment | sing sings chante chante chantons chantent |
    fall falls tombe tombe tombons tombent | run runs cours court courons courent |
    swim swims nage nage nageons nagent | arrive arrives arrive arrive arrivons arrivent |
    see sees vois voit voyons voient person animal food object place |
    find finds trouve trouve trouvons trouvent person animal food object place |
    draw draws dessine dessine dessinons dessinent person animal food object place |
    look_for looks_for cherche cherche cherchons cherchent person animal food object place |
    look_at looks_at regarde regarde regardons regardent person animal food object place |
    wait_for waits_for attends attend attendons attendent person animal |
    follow follows suis suit suivons suivent person animal |
    hide hides cache cache cachons cachent person animal food object |
    buy buys achète achète achetons achètent food object place |
    eat eats mange mange mangeons mangent food |
    love loves aime aime aimons aiment person animal food object place
"""
"""English without and with s, French after je, il, nous and ils, the kinds of its objects."""

DETERMINERS = {"the": "le la les", "a": "un une des", "my": "mon ma mes", "this": "ce cette ces"}
PLURAL = {"the": "the", "a": "some", "my": "my", "this": "these"}
PRONOUNS = {"i": ("je", 0), "he": ("il", 1), "she": ("elle", 1), "we": ("nous", 2), "they": ("ils", 3)}
OBJECTS = {"him": "le", "her": "la", "them": "les"}
ADVERBS = {"always": "toujours", "often": "souvent"}
CLEFT = {"le": "l'", "la": "l'", "je": "j'", "ne": "n'", "de": "d'"}
BEFORE_VOWEL = CLEFT | {"ma": "mon", "ce": "cet", "beau": "bel", "nouveau": "nouvel"}
VOWELS = "aeiouâéêîœh"  # no noun here has an h that is heard

Pair = tuple[str, str]


@dataclass(frozen=True)
class PhraseBook:
    """Pairs of sentences, (English, French), lower case, without full stops.

    `train`, `validation`; `new`: sentences of which no word and no pair of adjective and noun is new;
    `combined`: sentences with a pair that is kept out, `kept_out`, a set of (adjective, noun) in English.
    `dictionary`: for each French word the English one that it is a form of; `feminine`: for each English noun
    whether its French is; `adjectives`: the English ones.
    """

    train: list[Pair]
    validation: list[Pair]
    new: list[Pair]
    combined: list[Pair]
    kept_out: set[Pair]
    dictionary: dict[str, str]
    feminine: dict[str, bool]
    adjectives: set[str]


def phrase_book(train=12_000, others=1_000):
    """A `PhraseBook` of `train` pairs to learn from and three times `others`, the same for the same sizes."""
    rng = random.Random(SEED)
    possible = [(a[0], n[0]) for a in ADJECTIVE_ROWS for n in NOUN_ROWS if n[5] in a[6:]]
    kept_out = set(rng.sample(possible, round(KEPT_OUT * len(possible))))
    seen, known, combined = set(), [], []
    while len(known) < train + 2 * others or len(combined) < others:
        english, french, pairs = _sentence(rng)
        part, most = (combined, others) if pairs & kept_out else (known, train + 2 * others)
        if english not in seen and len(part) < most:
            seen.add(english)
            part.append((english, french))
    first, second = train, train + others
    parts = known[:first], known[first:second], known[second:], combined
    feminine = {row[0]: row[4] == "f" for row in NOUN_ROWS}
    return PhraseBook(*parts, kept_out, _dictionary(), feminine, {row[0] for row in ADJECTIVE_ROWS})


def split(sentence):
    """The words of a French sentence; what is clipped before a vowel is a word of its own: "l'", "arbre"."""
    return sentence.replace("'", "' ").split()


def join(words):
    """The sentence of a list of French words."""
    return " ".join(words).replace("' ", "'")


def _rows(table):
    return [[word.replace("_", " ") for word in row.split()] for row in table.split("|")]


NOUN_ROWS, ADJECTIVE_ROWS, VERB_ROWS = _rows(NOUNS), _rows(ADJECTIVES), _rows(VERBS)
KINDS = ("person", "animal", "food", "object", "place")
NOUNS_OF = {kind: [row for row in NOUN_ROWS if row[5] == kind] for kind in KINDS}
ANIMATE = NOUNS_OF["person"] + NOUNS_OF["animal"]
ADJECTIVES_OF = {
    (place, kind): [row for row in ADJECTIVE_ROWS if row[5] == place and kind in row[6:]]
    for place in ("before", "behind")
    for kind in KINDS
}
VERBS_OF = {
    "alone": [row for row in VERB_ROWS if not row[6:]],
    "object": [row for row in VERB_ROWS if row[6:]],
}
OBJECTS_OF = {row[0]: [noun for kind in row[6:] for noun in NOUNS_OF[kind]] for row in VERB_ROWS}


def _vowel(word):
    return word[0] in VOWELS


def _spelt(words):
    """French words as a sentence, those before a vowel in the form that they have there."""
    following = [*words[1:], "."]
    pairs = zip(words, following, strict=True)
    return join([BEFORE_VOWEL.get(word, word) if _vowel(after) else word for word, after in pairs])


def _agreeing(adjective, gender, plural):
    return adjective[1 + (gender == "f") + 2 * plural]


def _noun_phrase(rng, nouns, determiners, negated=False):
    """English and French words of a noun with its company; then its row, whether plural, and its pairs."""
    noun, determiner = rng.choice(nouns), rng.choice(determiners)
    plural, gender, kind = rng.random() < 0.4, noun[4], noun[5]
    rows = {place: [] for place in ("before", "behind")}
    for place in rows:
        if rng.random() < 0.35 and ADJECTIVES_OF[place, kind]:
            rows[place] = [rng.choice(ADJECTIVES_OF[place, kind])]
    before, behind = ([_agreeing(row, gender, plural) for row in of] for of in rows.values())
    if before == ["vieux"] and not plural and _vowel(noun[2]):
        before = ["vieil"]
    article = DETERMINERS[determiner].split()[2 if plural else gender == "f"]
    if determiner == "a" and (negated or (plural and before)):
        article = "de"  # "pas de chats", "de petits chats"
    adjectives = [row[0] for of in rows.values() for row in of]
    said = PLURAL[determiner] if plural else determiner
    if said == "some" and negated:
        said = "any"
    if said == "a" and [*adjectives, noun[0]][0][0] in "aeiou":
        said = "an"
    pairs = {(adjective, noun[0]) for adjective in adjectives}
    french = [article, *before, noun[2 + plural], *behind]
    return [said, *adjectives, noun[plural]], french, (noun, plural, pairs)


def _is(adjective, mode, plural):
    """English and French of "is" in a `mode`: "plain", "not", "never" or an adverb."""
    verb, est = ("are", "sont") if plural else ("is", "est")
    english = [verb, adjective] if mode == "plain" else [verb, mode, adjective]
    return english, _negated([est], mode)


def _does(verb, person, clitic, mode):
    """The same of a verb in a `person`: 0 to 3 for je, il, nous, ils; `clitic`: the words right before it."""
    said = verb[0] if person != 1 else verb[1]
    if mode == "not":
        english = ["do" if person != 1 else "does", "not", verb[0]]
    else:
        english = [said] if mode == "plain" else [mode, said]
    return english, _negated([*clitic, verb[2 + person]], mode)


def _negated(verb, mode):
    """The French words of a verb and what stands right before it, in a `mode`."""
    if mode in ADVERBS:
        return [*verb, ADVERBS[mode]]
    return verb if mode == "plain" else ["ne", *verb, {"not": "pas", "never": "jamais"}[mode]]


def _sentence(rng):
    """English and French of one sentence, and its pairs of adjective and noun in English."""
    mode = rng.choices(["plain", "not", "never", *ADVERBS], [40, 30, 10, 10, 10])[0]
    kind = rng.choices(["be", "alone", "object"], [25, 10, 65])[0]
    negated, pairs, noun = mode in ("not", "never"), set(), None
    if rng.random() < 0.35:
        said = rng.choice(["he", "she", "they"] if kind == "be" else list(PRONOUNS))
        french, person = PRONOUNS[said]
        gender, plural = "f" if said == "she" else "m", said == "they"
        subject = [said], [french]
    else:
        determiners = ["the", "my", "this"] + ["a"] * (kind != "be" and not negated)
        among = NOUN_ROWS if kind == "be" else ANIMATE
        *subject, (noun, plural, pairs) = _noun_phrase(rng, among, determiners)
        gender, person = noun[4], 3 if plural else 1
    rest = [], []
    if kind == "be":
        fits = [row for row in ADJECTIVE_ROWS if (noun[5] if noun else "person") in row[6:]]
        adjective = rng.choice([row for row in fits if not noun or (row[0], noun[0]) not in pairs])
        pairs = pairs | ({(adjective[0], noun[0])} if noun else set())
        predicate = _is(adjective[0], mode, plural)
        rest = [], [_agreeing(adjective, gender, plural)]
    else:
        verb, clitic = rng.choice(VERBS_OF[kind]), []
        if "person" in verb[6:] and rng.random() < 0.2:
            said = rng.choice(list(OBJECTS))
            rest, clitic = ([said], []), [OBJECTS[said]]
        elif kind == "object":
            determiners = ["the", "my", "this"] + ["a"] * (verb[0] != "love")
            *rest, (_, _, more) = _noun_phrase(rng, OBJECTS_OF[verb[0]], determiners, negated)
            pairs = pairs | more
        predicate = _does(verb, person, clitic, mode)
    english, french = ([*subject[i], *predicate[i], *rest[i]] for i in (0, 1))
    return " ".join(english), _spelt(french), pairs


def _dictionary():
    """For each French word the English one that it is a form of; what two share is told by the first."""
    found = {"vieil": "old", "bel": "beautiful", "nouvel": "new", "cet": "this", "jamais": "never"}
    found |= {"ne": "not", "n'": "not", "pas": "not", "de": "a", "d'": "a", "est": "be", "sont": "be"}
    tables = [(NOUN_ROWS, slice(2, 4)), (ADJECTIVE_ROWS, slice(1, 5)), (VERB_ROWS, slice(2, 6))]
    for rows, forms in tables:
        for row in rows:
            found |= {form: row[0] for form in row[forms] if form not in found}
    for english, forms in DETERMINERS.items():
        found |= {form: english for form in forms.split()}
    found |= {"l'": "the", "j'": "i"} | {french: english for english, french in ADVERBS.items()}
    return found | {french: english for english, (french, _) in PRONOUNS.items()}
