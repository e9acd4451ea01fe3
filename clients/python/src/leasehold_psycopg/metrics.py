"""What there is to watch of a pool, by the names that all of leasehold's clients have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from .contract import DatabaseContract
from .hooks import RotationStatus


@dataclass(frozen=True)
class MetricValue:
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Metric:
    """A value that is watched."""

    #: In Prometheus; in OpenTelemetry it has dots in the place of underscores, and no `_total` at its end.
    name: str
    help: str
    #: A counter only ever grows.
    type: Literal["counter", "gauge"]
    values: tuple[MetricValue, ...]


class Measured(Protocol):
    """Whatever has metrics: a pool."""

    def metrics(self) -> list[Metric]: ...


def metrics_of(contract: DatabaseContract, status: RotationStatus) -> list[Metric]:
    labels = {"database": contract.name, "service": contract.service}
    current = status.connections.get(status.generation, 0)
    connections = {"current": current, "old": sum(status.connections.values()) - current}

    def counter(name: str, help: str, value: float) -> Metric:
        return Metric(f"leasehold_{name}_total", help, "counter", (MetricValue(labels, value),))

    def gauge(name: str, help: str, value: float) -> Metric:
        return Metric(f"leasehold_{name}", help, "gauge", (MetricValue(labels, value),))

    return [
        counter("rotations", "Changes of the credentials.", status.rotations),
        gauge(
            "seconds_since_rotation",
            "Since the last change; 0 before the first one.",
            status.seconds_since_rotation or 0,
        ),
        gauge(
            "overlap_seconds_left",
            "Until the old user may be dropped; 0 where there is none.",
            status.overlap_seconds_left,
        ),
        Metric(
            "leasehold_connections",
            "Open connections, of the current and of older users.",
            "gauge",
            tuple(MetricValue({**labels, "user": user}, count) for user, count in connections.items()),
        ),
        counter("overstays", "Connections that were still open near the end of an overlap.", status.overstays),
        counter("credentials_errors", "Trouble with the credentials file or the CA file.", status.credentials_errors),
        counter("retries", "Logins that were tried again.", status.retries),
        gauge("newest_refused", "1 where PostgreSQL refuses the newest user.", 1 if status.newest_refused else 0),
    ]


def prometheus_text(*pools: Measured) -> str:
    """The metrics of all pools of a process in the text format of Prometheus: what `/metrics` answers, or a part of it."""
    merged: dict[str, tuple[Metric, list[MetricValue]]] = {}
    for metric in (each for pool in pools for each in pool.metrics()):
        merged.setdefault(metric.name, (metric, []))[1].extend(metric.values)
    return "".join(_exposition(metric, values) for metric, values in merged.values())


def _exposition(metric: Metric, values: Iterable[MetricValue]) -> str:
    lines = [f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} {metric.type}\n"]
    for each in values:
        labels = ",".join(f'{name}="{_escaped(text)}"' for name, text in each.labels.items())
        lines.append(f"{metric.name}{{{labels}}} {each.value:g}\n")
    return "".join(lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def observe(meter: Any, pool: Measured) -> None:
    """Gives a pool's metrics to a meter of OpenTelemetry (`opentelemetry-api`), which asks for them whenever it collects."""
    from opentelemetry.metrics import CallbackOptions, Observation

    def asked_for(name: str) -> Any:
        def callback(_: CallbackOptions) -> Iterable[Observation]:
            return [
                Observation(value.value, dict(value.labels))
                for metric in pool.metrics()
                if metric.name == name
                for value in metric.values
            ]

        return callback

    for metric in pool.metrics():
        create = meter.create_observable_counter if metric.type == "counter" else meter.create_observable_gauge
        known = metric.name.removesuffix("_total").replace("_", ".")
        create(known, callbacks=[asked_for(metric.name)], description=metric.help)
