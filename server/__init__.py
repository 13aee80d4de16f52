"""Ithaca's domain: the product without a face. No HTTP, no HTML, no GraphQL."""
