"""What the tests of a service are, what they use, and what they reach; nothing of them is run."""
