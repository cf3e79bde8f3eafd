"""A classifieds marketplace on which the whole loop is proved, because its truth is known.

Read in this order: `world` (what there is), `truth` (how people really behave), `pages`
(what is known, and orders without ML), `market` (days pass), `served` (real decisions),
`units` (what an experiment is read from), `learning` (a model), `explored` (judged
offline), `loop` (once around), `ads`,
`ideas`, `surfaces`.
"""
