"""Every number that decides a verdict, in one place, frozen before the benchmark's test.

Looked at on the tuning tables of `benchmarks/diagnosis` only: census, movies, insurance and
two synthetic families. The benchmark prints the hash of this file with its result.
"""

from __future__ import annotations

LEVEL = 0.80
"""Two-sided level of every interval of a gain."""

REMEDY_SD = 0.25
"""A remedy brings another gain than its trial by this share of it, from table to table (so that
148 intervals of causes named on known tables cover 76 %)."""

SAME_OPTION = 0.25
"""Remedies whose losses differ by fewer standard errors than this are one and the same."""

FALSE_DISCOVERY_RATE = 0.10
"""Share of false alarms allowed among the causes named in one run."""

LIKELY = 0.10
"""A gain whose mean is as likely as this to be chance is judged by most rows, too …"""

TAIL = 0.01
"""… those outside of this share on either side."""

FLOOR_OF_LOSS = 0.02
"""A remedy counts only above this share of the model's own loss …"""

FLOOR_OF_CONSTANT = 0.005
"""… and above this share of the loss of predicting a constant."""

SWITCH_FACTOR = 1.5
"""Another family of models must beat the floor by this factor: a switch costs more."""

HINT_FACTOR = 0.5
"""Where a cheap reference is behind by no more floors than this, careful ones are asked."""

MATERIAL_GAP = 2.0
"""A train gap is material from this many floors."""

METRIC_FLOOR = 0.02
"""Least gain of a decision metric or a payoff (as a share of its range) that counts."""

NEXT_DOUBLING = 0.7
"""The next doubling of the data gains this share of what the last one gained."""

NEXT_DOUBLING_OF_FEW = 1.0
"""The same of very few rows: on 37 known cases of 120 to 400 rows, 0.7 told less than half of
what more rows brought."""

NEXT_DOUBLING_SD = 0.2
"""Uncertainty of that share between tables."""

ENOUGH_TEST_UNITS = 1_000
"""Below this many test units, folds of the training rows join the evaluation."""

ENOUGH_OUTSIDE = 200
"""… or this many outside of the commonest class: what a rare class tells hangs on them."""

FOLDS = 4
"""Folds of the training rows in that case."""

LEAST_ROWS = 30
"""With fewer training or test rows nothing is decided."""

LEAST_OF_A_CLASS = 10
"""Two classes at least need this many training rows each."""

MOST_FIT_ROWS = 100_000
MOST_TEST_ROWS = 10_000
"""Rows above which a sample is drawn."""

MOST_TRIAL_CELLS = 600_000
"""Rows times columns that one training of a trial gets at most."""

FIT_SECONDS_SHARE = 1 / 20
"""Share of the budget that one fit may take before fits are made on a sample."""

SHIFT_AUC = 0.53
"""Least cross-fitted AUC of a classifier between two samples that counts as a shift."""

WITHIN_AUC = 0.55
"""The same within classes, weighed by shares that are estimates themselves."""

SHIFT_STANDARD_ERRORS = 3.0
"""A loss must have risen by this many standard errors to be called a drop."""

SHIFT_PAYS = 2.0
"""Learning from rows of production pays when it brings more than this many times what as many
rows of the old kind would have brought."""

LEAST_SHARED = 0.1
"""Where fewer production rows than this look like test rows, it cannot be seen whether the
same rows are answered otherwise."""

NOISE_LEAST = 0.03
"""Least rate of wrong labels that is named."""

NOISE_CONFIDENT = (0.03, 0.10, 0.30)
"""The most confident shares of the rows whose error shows a plateau."""

NOISE_STANDARD_ERRORS = 2.5
"""Training labels must be contradicted more than test labels by this, twice over."""

NOISE_EACH = 1.5
NOISE_TOGETHER = 3.5
"""… or each by the first of these, and their sum over the root of two by the second."""

NOISE_SURE = 5.0
"""Confident rows of one class alone, contradicted more by this many standard errors in
training than in test rows, are evidence enough."""

NOISE_FLAT = 1.3
"""A plateau rises by less than this factor from the narrowest share to the widest."""

NOISE_SLOPE = 0.55
"""Putting labels right brings this share of what turning as many again costs …"""

NOISE_SLOPE_SD = 0.2
"""… and so unsure is that share from table to table."""

DATA_FACTOR = 1.25
"""More rows must beat the floor by this factor: they cost more than a setting."""

EXTRAPOLATED_LOWER = 0.5
"""What is told from a curve and cannot be tried must gain this share of the floor at least, by
the lower end of its interval."""

LEAK_SHARE = 0.35
"""One column alone brings this share of what all columns bring …"""

LEAK_LEAST = 0.15
"""A copy of the answer takes away at least this share of the loss of a constant."""

LEAK_JUMP = 1.4
"""… and this many times what the next best column brings."""

LEAK_DROP = 0.15
"""Without it, this share of what all columns bring is lost."""

LEAK_REST = 0.2
"""… or it takes away this share of the loss that all other columns leave over."""

LEAK_INDEPENDENCE = 0.025
"""Among rows of one answer, other columns explain at most this share of a copy."""

LEAK_TELLING = 0.01
"""Columns that take away this share of the loss of a constant tell whether the table's
columns go with each other."""

LEAK_ALONE = 0.75
"""A column that brings this share alone is looked at in any table …"""

LEAK_STRENGTH = 0.6
"""… if it also takes away this share of the loss of predicting a constant."""

LEAK_PERFECT = 0.95
"""A copy that takes away this share of that loss need not stand out from other columns."""

LEAK_CERTAIN = 0.25
"""Values of one column that always go with one answer, each class having such values, and that
stand in this share of the rows, are counted from the answers."""

LEAK_VANISHED = 0.1
"""A copy that tells less than this share of what it told, where the model runs, is a leak."""

LEAK_NEARLY_ALL = 0.97
"""A column that takes away this share of that loss is looked at whatever the others do."""

TWIN_SHARE = 0.02
"""Least share of test rows that stand in the training rows too; they are a leak where the score
owes them more than the floor."""

NULL_RISE = 0.05
"""Least rise of a column's missing share that is looked at."""

SPIKE_RISE = 0.1
"""Least rise of the share of one number, hardly seen before, that is looked at …"""

SPIKE_BEFORE = 0.01
"""… where it stood in at most this share of the rows."""

UNIT_FACTOR = 3.0
"""A column's scale moved by this factor, with its shape kept, is a change of unit."""

AS_GOOD = 0.85
"""A remedy that needs no training is named first from this share of the best gain."""

CONTRADICTED = 2.0
"""From this many standard errors between the gains on test and on production rows on, or of the
latter from nothing, only production decides what a remedy is worth there …"""

AS_FINE = 2.0
"""… and where its standard error is at most this many times that of the test rows."""

MOST_DEPLOYED_ROWS = 4_000
"""Labelled production rows on which every trial is judged beside the held-out ones."""

UNDECIDED_FLOORS = 3.0
"""A gain estimated above this many floors, but not certain, is left undecided."""
