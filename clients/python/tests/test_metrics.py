"""The metrics, on a real PostgreSQL and through a real SDK of OpenTelemetry."""

from __future__ import annotations

import logging
import re

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from leasehold_psycopg import prometheus_text
from leasehold_psycopg.metrics import Metric, MetricValue, observe

from .conftest import ROOT, AgentFile, Server, until
from .test_pool import current_user, pool_of, rotate


def values_in(text: str) -> dict[str, float]:
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_prometheus_reads_them(server: Server, agent: AgentFile) -> None:
    labels = 'database="shop",service="orders"'
    rotate(server, agent)
    with pool_of(server, agent, min_size=1, max_size=1) as pool:
        current_user(pool)
        assert values_in(prometheus_text(pool)) == {
            f"leasehold_rotations_total{{{labels}}}": 0,
            f"leasehold_seconds_since_rotation{{{labels}}}": 0,
            f"leasehold_overlap_seconds_left{{{labels}}}": 0,
            f'leasehold_connections{{{labels},user="current"}}': 1,
            f'leasehold_connections{{{labels},user="old"}}': 0,
            f"leasehold_overstays_total{{{labels}}}": 0,
            f"leasehold_credentials_errors_total{{{labels}}}": 0,
            f"leasehold_retries_total{{{labels}}}": 0,
            f"leasehold_newest_refused{{{labels}}}": 0,
        }
        with pool.connection():
            rotate(server, agent)
            until(lambda: pool.rotation().rotations == 1)
            meanwhile = values_in(prometheus_text(pool))
            assert meanwhile[f'leasehold_connections{{{labels},user="old"}}'] == 1
            assert meanwhile[f"leasehold_overlap_seconds_left{{{labels}}}"] > 0
        until(lambda: values_in(prometheus_text(pool))[f'leasehold_connections{{{labels},user="old"}}'] == 0)


def test_a_login_that_was_tried_again_is_counted(server: Server, agent: AgentFile) -> None:
    first = rotate(server, agent)
    with pool_of(server, agent, min_size=0, max_size=2) as pool:
        assert current_user(pool) == first
        agent.write("v-orders-nobody")
        pool.refresh()
        with pool.connection(), pool.connection():
            assert pool.rotation().newest_refused
        assert pool.rotation().retries > 0


class Given:
    def __init__(self, service: str) -> None:
        self.service = service

    def metrics(self) -> list[Metric]:
        return [Metric("leasehold_retries_total", "h", "counter", (MetricValue({"service": self.service}, 1),))]


def test_each_metric_of_several_pools_is_told_once() -> None:
    assert prometheus_text(Given("a"), Given('b "\\\n')) == (
        "# HELP leasehold_retries_total h\n# TYPE leasehold_retries_total counter\n"
        'leasehold_retries_total{service="a"} 1\nleasehold_retries_total{service="b \\"\\\\\\n"} 1\n'
    )


def test_opentelemetry_collects_them(server: Server, agent: AgentFile) -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    rotate(server, agent)
    with pool_of(server, agent, min_size=1) as pool:
        observe(provider.get_meter("test"), pool)
        rotate(server, agent)
        until(lambda: pool.rotation().rotations == 1)
        data = reader.get_metrics_data()
        assert data is not None
        metrics = data.resource_metrics[0].scope_metrics[0].metrics
        assert {each.name for each in metrics} == {
            name.removesuffix("_total").replace("_", ".") for name in names_of_the_page()
        }
        rotations = next(each for each in metrics if each.name == "leasehold.rotations").data.data_points[0]
        assert (rotations.attributes, getattr(rotations, "value")) == ({"database": "shop", "service": "orders"}, 1)
    provider.shutdown()


def names_of_the_page() -> list[str]:
    return re.findall(r"^\| `(leasehold_\w+)`", (ROOT / "clients/README.md").read_text(), re.MULTILINE)


def test_log_lines_have_fields_and_no_secret(
    server: Server, agent: AgentFile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "leasehold_psycopg")
    rotate(server, agent)
    with pool_of(server, agent, overlap=1, min_size=1) as pool, pool.connection():
        agent.replace("geheim, and no JSON")
        until(lambda: pool.rotation().credentials_errors == 1)
        rotate(server, agent)
        until(lambda: pool.rotation().overstays == 1)
    lines = [record for record in caplog.records if record.name == "leasehold_psycopg"]
    assert [(line.levelname, *fields_of(line)) for line in lines] == [
        ("WARNING", "shop", "reason", "malformed"),
        ("INFO", "shop", "generation", 2),
        ("WARNING", "shop", "connections", 1),
    ]
    assert "geheim" not in caplog.text


def fields_of(line: logging.LogRecord) -> list[object]:
    fields = {key.removeprefix("leasehold_"): value for key, value in vars(line).items() if key.startswith("leasehold_")}
    database = fields.pop("database")
    return [database, *(each for pair in fields.items() for each in pair)]
