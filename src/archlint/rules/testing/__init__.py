"""Requirement BA09: the tests run on pytest, and reach services, endpoints and repositories."""
