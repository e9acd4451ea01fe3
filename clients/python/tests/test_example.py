"""The batch example, as the pod runs it."""

from __future__ import annotations

import os
import subprocess
import sys

from .conftest import ROOT, AgentFile, Server


def test_analytics_prints_its_report(server: Server, agent: AgentFile) -> None:
    server.admin.execute("CREATE TABLE orders (id serial, customer_id integer, total numeric)")
    server.admin.execute("INSERT INTO orders (customer_id, total) VALUES (7, 10), (7, 5), (8, 1)")
    server.admin.execute("GRANT SELECT ON orders TO shop_rw")
    agent.write(server.next_user())
    variables = {
        "CREDENTIALS_FILE": str(agent.file),
        "FORMAT": "json",
        "HOST": "127.0.0.1",
        "PORT": str(server.port),
        "DATABASE": "postgres",
        "SSL_MODE": "disable",
        "POOL_MAX": "2",
        "POOL_MAX_LIFETIME": "60",
        "OVERLAP": "2",
    }
    env = {**os.environ, **{f"LEASEHOLD_SHOP_{name}": value for name, value in variables.items()}}
    env["PYTHONPATH"] = str(ROOT / "clients/python/src")
    script = ROOT / "examples/analytics/analytics.py"
    result = subprocess.run([sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["customer,orders,total", "7,2,15", "8,1,1"]
