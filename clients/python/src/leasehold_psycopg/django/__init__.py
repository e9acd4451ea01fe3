"""A database backend of Django: ``"ENGINE": "leasehold_psycopg.django"``."""
