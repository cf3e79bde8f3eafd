"""A classifieds marketplace on which the whole loop is proved, because its truth is known.

Read in this order.

The place: `world` (what there is), `truth` (how people really behave), `traffic` (who
asks for which page), `features` and `pages` (what is known, and orders without ML),
`market` (days pass).

The loop: `loop` (once around, a step each), and what its steps use: `served` (real
decisions), `units` (what an experiment is read from), `planted` (models with a fault),
`learning` (a model), `explored` (judged offline), `ads`, `ideas`, `watched`, `surfaces`.

The telling: `results` (what a step shows, beside the truth), `story`.
"""
