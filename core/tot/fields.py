"""How each setting of a training is shown and checked: symbol, words, range, and the methods that read it. No torch."""

from __future__ import annotations

from typing import Literal, NamedTuple

PRIOR = ("tot", "tot+tcl", "tot+entropy")
TRANSPORT = (*PRIOR, "ot")
CLUSTERED = (*TRANSPORT, "asot")


class Field(NamedTuple):
    """How one setting is shown and checked; `low` and `high` are inclusive, `methods` () means all."""

    name: str
    symbol: str
    label: str
    tooltip: str
    kind: Literal["int", "float", "choice"]
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


def _whole(
    name: str, symbol: str, label: str, tooltip: str, low: int, high: int, methods: tuple[str, ...] = ()
) -> Field:
    return Field(name, symbol, label, tooltip, "int", low, high, (), methods)


def _number(
    name: str, symbol: str, label: str, tooltip: str, low: float, high: float, methods: tuple[str, ...] = ()
) -> Field:
    return Field(name, symbol, label, tooltip, "float", low, high, (), methods)


def _choice(
    name: str, symbol: str, label: str, tooltip: str, choices: tuple[str, ...], methods: tuple[str, ...] = ()
) -> Field:
    return Field(name, symbol, label, tooltip, "choice", 0, 0, choices, methods)


FIELDS: tuple[Field, ...] = (
    _number(
        "rho",
        "ρ",
        "Transport smoothness",
        "Weight of the temporal prior in the transport (Eq. 9). Larger follows the prior more closely and makes "
        "softer assignments.",
        1e-3,
        10.0,
        TRANSPORT,
    ),
    _number(
        "sigma",
        "σ",
        "Prior width",
        "Width of the temporal prior in cluster widths (Eq. 8). Larger allows steps to lie further from an equal "
        "split.",
        0.05,
        100.0,
        PRIOR,
    ),
    _whole("iterations", "N_it", "Iterations", "Updates of the network.", 1, 1_000_000),
    _whole(
        "seeds",
        "S",
        "Runs side by side",
        "Train this many seeds at once and keep the run that agrees most with the others: a choice without labels that "
        "lowers the luck of a single seed.",
        1,
        64,
        CLUSTERED,
    ),
    _choice(
        "rival",
        "",
        "Rival",
        "Train other methods too, as many seeds of each. tot+tcl: steps in one order. family: also an order for each "
        "video, and steps of unequal length.",
        ("none", "tot+tcl", "family"),
        ("asot",),
    ),
    _choice(
        "ensemble",
        "",
        "Of several runs",
        "typical: keep the method whose seeds agree most, and of it the run that agrees most with the others. "
        "consensus: keep all, join their clusters and average what they say. Neither needs labels.",
        ("typical", "consensus"),
        CLUSTERED,
    ),
    _number(
        "order_weight",
        "ρ_R",
        "Order weight",
        "How strongly a cluster keeps to its place in time: 0 lets steps come in any order (ASOT).",
        0.0,
        10.0,
        ("asot",),
    ),
    _number(
        "balance",
        "λ",
        "Equal steps",
        "How strongly steps are kept at equal length (ASOT). Smaller lets long and short steps stand beside each "
        "other.",
        1e-4,
        100.0,
        ("asot",),
    ),
    _number(
        "tau",
        "τ",
        "Temperature",
        "Temperature of the predicted codes (Eq. 2). Smaller makes them sharper.",
        1e-3,
        10.0,
        CLUSTERED,
    ),
    _number(
        "epsilon",
        "ε",
        "Entropy",
        "Weight of the entropy that is added to the transport (supplement, TOT + entropy). Larger is softer.",
        0.0,
        10.0,
        ("tot+entropy",),
    ),
    _whole(
        "sinkhorn_iterations",
        "n",
        "Sinkhorn iterations",
        "Rounds of the transport solver. Three are part of the method: they leave the steps some freedom in length.",
        1,
        1000,
        TRANSPORT,
    ),
    _choice(
        "ot_scope",
        "",
        "Transport over",
        "One transport problem for the whole batch, as in the paper, or one for each of its videos.",
        ("batch", "video"),
        TRANSPORT,
    ),
    _choice(
        "order",
        "π",
        "Order of the steps",
        "fixed: one order in all videos, as in the paper. video: each video finds its own order first and the prior "
        "follows it (the idea of UFSA).",
        ("fixed", "video"),
        PRIOR,
    ),
    _number(
        "marginal_penalty",
        "ℓ",
        "How equal must steps be",
        "0 asks for clusters of equal mass, as the paper does; above 0 relaxes that, the smaller the more "
        "(0.1 is a good start).",
        0.0,
        100.0,
        TRANSPORT,
    ),
    _number(
        "structure_weight",
        "α_s",
        "Structure weight",
        "Share of the term that keeps neighbouring frames together (ASOT).",
        0.0,
        1.0,
        ("asot",),
    ),
    _number(
        "radius",
        "r",
        "Structure radius",
        "How far neighbours reach, as a share of the video (ASOT).",
        0.0,
        1.0,
        ("asot",),
    ),
    _number("smoothness", "ε", "Smoothness", "Entropy of the assignment while training (ASOT).", 1e-3, 10.0, ("asot",)),
    _whole("embedding", "d", "Embedding size", "Width of the encoder's output.", 2, 4096),
    _whole("hidden", "h", "Hidden size", "Width of the encoder's middle layer; 0 takes twice the output.", 0, 8192),
    _choice(
        "activation",
        "",
        "Encoder",
        "sigmoid: both layers end in a sigmoid, as in the paper. relu: ReLU between, last layer linear, as in ASOT.",
        ("sigmoid", "relu"),
        CLUSTERED,
    ),
    _choice(
        "normalise",
        "‖·‖",
        "Scores",
        "l2 scales embeddings and prototypes to length 1, so that ρ and τ mean the same in every dataset.",
        ("none", "l2"),
        CLUSTERED,
    ),
    _choice(
        "standardise",
        "x̂",
        "Feature scaling",
        "Subtract mean and divide by deviation: over the activity, per video, or not at all; -unit divides by the "
        "square root of the width too, so that rows have a length of about 1.",
        ("none", "activity", "video", "activity-unit", "video-unit"),
    ),
    _whole(
        "reduce",
        "R",
        "Principal directions",
        "Where features have more columns than this, only this many principal directions go into the encoder: far "
        "less arithmetic for the same steps. 0 keeps all columns.",
        0,
        4096,
    ),
    _whole(
        "prototypes_per_cluster",
        "m",
        "Prototypes a cluster",
        "More than 1 helps where one step looks different from video to video.",
        1,
        16,
        CLUSTERED,
    ),
    _choice(
        "initial_prototypes",
        "",
        "First prototypes",
        "Drawn at random, or by k-means on the embeddings of the untrained encoder.",
        ("random", "k-means"),
        CLUSTERED,
    ),
    _number(
        "correction_weight",
        "γ",
        "Correction weight",
        "Weight of the frames that a person corrected, where a training learns from them: larger follows the "
        "corrections more closely, smaller leaves more to the videos that nobody has corrected.",
        1e-3,
        100.0,
        CLUSTERED,
    ),
    _number("learning_rate", "η", "Learning rate", "Step size of Adam.", 1e-7, 1.0),
    _number("weight_decay", "wd", "Weight decay", "L2 penalty inside Adam.", 0.0, 1.0),
    _whole("halvings", "", "Rate halvings", "How often the learning rate is halved on the way (CTE).", 0, 20, ("cte",)),
    _whole("batch", "B", "Batch", "Frames per update, drawn from all videos of the batch.", 4, 65536),
    _whole("videos_per_batch", "V", "Videos per batch", "Videos that share one batch.", 1, 64, CLUSTERED),
    _choice(
        "sampling",
        "",
        "Sampling",
        "supplement: one frame from each of N equal parts. official: the released code's 32 bins, jittered copies and "
        "grouped pairs, for comparison only.",
        ("supplement", "official"),
        CLUSTERED,
    ),
    _whole(
        "window",
        "λ",
        "TCL window",
        "A positive frame lies at most this many feature rows from its anchor.",
        0,
        10_000,
        ("tot+tcl",),
    ),
    _number(
        "alpha",
        "α",
        "TCL weight",
        "Weight of the temporal coherence loss (Eq. 4). TOT alone has 0.",
        0.0,
        100.0,
        ("tot+tcl",),
    ),
    _number(
        "kappa",
        "κ",
        "TCL temperature",
        "Scale inside the temporal coherence loss (Eq. 1); the released code uses 0.01.",
        1e-4,
        100.0,
        ("tot+tcl",),
    ),
    _number(
        "freeze_fraction",
        "fr",
        "Frozen prototypes",
        "Share of the iterations in which the prototypes stand still.",
        0.0,
        1.0,
        CLUSTERED,
    ),
    _choice(
        "prior_index",
        "x, y",
        "Prior index",
        "Whether frames and clusters are counted at their centres, from 0 (the released code) or from 1 (the paper).",
        ("centre", "zero", "one"),
        PRIOR,
    ),
)
