package example.leasehold;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * A value that is watched, by the name that it has in all of leasehold's clients.
 *
 * @param name in Prometheus; Micrometer and OpenTelemetry have dots in the place of underscores, and no "_total" at its end
 * @param counter it only ever grows; what is none is a gauge
 */
public record Metric(String name, String help, boolean counter, List<Value> values) {
    /** One value; labels are those besides database and service as well. */
    public record Value(Map<String, String> labels, double value) {}

    /** The name with dots. */
    public String dotted() {
        return name.replaceAll("_total$", "").replace('_', '.');
    }

    static List<Metric> of(Contract contract, RotationStatus status) {
        Labels labels = new Labels(contract);
        return List.of(
                counter("leasehold_rotations_total", "Changes of the credentials.", labels.one(status.rotations())),
                gauge("leasehold_seconds_since_rotation", "Since the last change; 0 before the first one.",
                        labels.one(status.sinceRotation().toNanos() / 1e9)),
                gauge("leasehold_overlap_seconds_left", "Until the old user may be dropped; 0 where there is none.",
                        labels.one(status.overlapLeft().toNanos() / 1e9)),
                gauge("leasehold_connections", "Open connections, of the current and of older users.",
                        List.of(labels.ofUser("current", status.current()), labels.ofUser("old", status.old()))),
                counter("leasehold_overstays_total", "Connections that were still open near the end of an overlap.",
                        labels.one(status.overstays())),
                counter("leasehold_credentials_errors_total", "Trouble with the credentials file or the CA file.",
                        labels.one(status.credentialsErrors())),
                counter("leasehold_retries_total", "Logins that were tried again.", labels.one(status.retries())),
                gauge("leasehold_newest_refused", "1 where PostgreSQL refuses the newest user.", labels.one(status.newestRefused() ? 1 : 0)));
    }

    private static Metric counter(String name, String help, List<Value> values) {
        return new Metric(name, help, true, values);
    }

    private static Metric gauge(String name, String help, List<Value> values) {
        return new Metric(name, help, false, values);
    }

    private record Labels(Contract contract) {
        List<Value> one(double value) {
            return List.of(new Value(labels(), value));
        }

        Value ofUser(String user, double value) {
            Map<String, String> labels = labels();
            labels.put("user", user);
            return new Value(labels, value);
        }

        private Map<String, String> labels() {
            return new TreeMap<>(Map.of("database", contract.name(), "service", contract.service()));
        }
    }

    /** The text format of Prometheus. */
    static String prometheusText(List<Metric> metrics) {
        StringBuilder text = new StringBuilder();
        for (Metric metric : metrics) {
            String kind = metric.counter() ? "counter" : "gauge";
            text.append("# HELP %s %s\n# TYPE %s %s\n".formatted(metric.name(), metric.help(), metric.name(), kind));
            for (Value value : metric.values()) {
                StringJoiner labels = new StringJoiner(",", "{", "}");
                value.labels().forEach((name, label) -> labels.add(name + "=\"" + escaped(label) + '"'));
                text.append(metric.name()).append(labels).append(' ').append(number(value.value())).append('\n');
            }
        }
        return text.toString();
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
