"""The guest of the tests: a kernel, one static program, and an ISO that boots them."""
