"""The GraphQL API: one operation over GitHub's public schema, every query held against all of it."""
