"""Rules of times that a rule computes itself, where it needs them: chance of the subject's key, turned by a law.

They are those of `sampling.sample_ms` to the ms, or none: where rounding could go either way, within what two ways of
computing a law may differ by, the time is drawn in Python.
"""

from __future__ import annotations

import math

from sim.engine.compiled.state import State, keyed_uniform
from sim.workflow.log import NONE

UNIFORM, LOGNORMAL, EXPONENTIAL, BY_BANK = range(4)
"""What a law gives: a uniform number; a time (a fixed one has no spread); what the law of the bank's profile gives,
which are the ones that follow: the first for banks without a profile."""
CASE, ACCOUNT, PIECE = range(3)
"""Of what a law has its subjects: a piece is one of other work."""
UNSURE = 1e-14
"""By which part of a time its law may be computed otherwise elsewhere, and as much again for each power of e in it:
some five times what the functions leave."""
MOST = 1e11
"""ms: what is longer is drawn in Python, which knows how long a time may be."""


def uniform_of(s: State, law: int, subject: int) -> float:
    """The uniform number of a subject for the purpose of a law."""
    of = s.law_subject[law]
    key = s.account_key[subject] if of == ACCOUNT else s.case_key[subject] if of == CASE else s.duty_key[subject]
    return keyed_uniform(key, s.law_purpose[law])


def time_of(s: State, law: int, subject: int) -> int:
    """ms that a law gives a subject, kept until another is asked for; NONE where Python must draw them."""
    if s.timed_law != law or s.timed_subject != subject:
        s.timed_law, s.timed_subject, s.timed = law, subject, computed(s, law, subject)
    ms: int = s.timed
    return ms


def computed(s: State, law: int, subject: int) -> int:
    """As `time_of`."""
    if s.law_kind[law] == BY_BANK:
        law = law + 2 + s.bank_profile[s.bank_of[subject]]
    u, scale, power = uniform_of(s, law, subject), float(s.law_scale[law]), 0.0
    if s.law_kind[law] == EXPONENTIAL:
        exact = -scale * math.log1p(-u)
    else:
        power = float(s.law_sigma[law]) * normal_quantile(u)
        exact = scale * math.exp(power)
    if exact > MOST:
        return NONE
    ms: int = round(exact)
    if 0.5 - abs(exact - ms) <= exact * UNSURE * (1.0 + abs(power)):
        return NONE
    if s.law_changed[law]:
        ms = round(ms * float(s.law_factor[law])) + int(s.law_add[law])
    return ms


def normal_quantile(u: float) -> float:
    """The number below which a standard normal variable falls with probability u, to about 1 part in 10^16 (Wichura,
    Algorithm AS 241, "The percentage points of the normal distribution", Applied Statistics 37, 1988)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * (
            polynomial(
                r, 3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
            )
            / polynomial(
                r, 1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3,
            )
        )  # fmt: skip
    r = math.sqrt(-math.log(min(u, 1.0 - u)))
    if r <= 5.0:
        size = polynomial(
            r - 1.6, 1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
            3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
            7.74545014278341407640e-4,
        ) / polynomial(
            r - 1.6, 1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
            1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
        )  # fmt: skip
    else:
        size = polynomial(
            r - 5.0, 6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
            2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
            2.01033439929228813265e-7,
        ) / polynomial(
            r - 5.0, 1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
            7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
        )  # fmt: skip
    return -size if q < 0 else size


def polynomial(
    x: float, c0: float, c1: float, c2: float, c3: float, c4: float, c5: float, c6: float, c7: float
) -> float:
    """c0 + c1 x + ... + c7 x^7, in pairs (Estrin) so that a processor computes them side by side."""
    square = x * x
    low, high = (c0 + c1 * x) + (c2 + c3 * x) * square, (c4 + c5 * x) + (c6 + c7 * x) * square
    return low + high * (square * square)
