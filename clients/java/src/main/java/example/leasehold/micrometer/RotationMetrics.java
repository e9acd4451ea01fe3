package example.leasehold.micrometer;

import example.leasehold.Metric;
import example.leasehold.RotatingDataSource;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;

/** Has a registry of Micrometer know the metrics of a pool. */
public final class RotationMetrics implements MeterBinder {
    private final RotatingDataSource pool;

    /** The metrics of that pool. */
    public RotationMetrics(RotatingDataSource pool) {
        this.pool = pool;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        List<Metric> metrics = pool.metrics();
        for (int at = 0; at < metrics.size(); at++) {
            Metric metric = metrics.get(at);
            for (int value = 0; value < metric.values().size(); value++) {
                bind(registry, metric, at, value);
            }
        }
    }

    private void bind(MeterRegistry registry, Metric metric, int at, int value) {
        Tags tags = Tags.empty();
        for (var label : metric.values().get(value).labels().entrySet()) {
            tags = tags.and(label.getKey(), label.getValue());
        }
        if (metric.counter()) {
            FunctionCounter.builder(metric.dotted(), pool, each -> now(each, at, value)).description(metric.help()).tags(tags).register(registry);
        } else {
            Gauge.builder(metric.dotted(), pool, each -> now(each, at, value)).description(metric.help()).tags(tags).register(registry);
        }
    }

    private static double now(RotatingDataSource pool, int metric, int value) {
        return pool.metrics().get(metric).values().get(value).value();
    }
}
