"""The pools of psycopg_pool, for credentials that change while they run."""

from .contract import ContractError, DatabaseContract, Endpoint, database_contract
from .credentials import Credentials, CredentialsError, read_credentials
from .handlers import asgi, wsgi
from .hooks import Health, Hooks, Overstay, Rotation, RotationStatus
from .metrics import Metric, MetricValue, observe, prometheus_text
from .pool import RotatingPool
from .pool_async import AsyncRotatingPool

__all__ = [
    "AsyncRotatingPool",
    "ContractError",
    "Credentials",
    "CredentialsError",
    "DatabaseContract",
    "Endpoint",
    "Health",
    "Hooks",
    "Metric",
    "MetricValue",
    "Overstay",
    "Rotation",
    "RotatingPool",
    "RotationStatus",
    "asgi",
    "database_contract",
    "observe",
    "prometheus_text",
    "read_credentials",
    "wsgi",
]
