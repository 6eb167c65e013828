"""Repeatable measurements: `./dibs bench NAME`. They write to `bench/results/`.

Everything that is compared is measured in the same run, in turns, and reported by medians. Machines
are noisy, so the ratio of two measurements made one after the other says more than a single number.
"""
