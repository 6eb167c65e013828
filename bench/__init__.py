"""Repeatable measurements: `./dibs bench NAME`. They write to `bench/results/`.

Everything that is compared is measured in the same run, in turns, and told by medians: machines
are noisy, and a ratio of neighbours says more than a number.
"""
