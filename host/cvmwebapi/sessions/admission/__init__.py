"""Whether a machine may be, and how much it may have: consent, limits, totals, throttle, secrets."""
