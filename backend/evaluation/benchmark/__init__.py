"""`benchmark`: every estimator, raw and smoothed, beside baselines, with and without truth.

A source (`sources`) is a list of clips; a clip's truths and what the rows say of them are
`Motion`s; `score` compares two of them, `tables` pools and prints.
"""
