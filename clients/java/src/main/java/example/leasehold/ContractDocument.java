package example.leasehold;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A contract of all databases of a service, as it was found; it may be anything. */
record ContractDocument(String where, Object given) {
    static final double VERSION = 1;
    private static final double DEFAULT_DRAIN = 20;
    private static final int MOST_PORT = 65_535;
    /** What max_connections of PostgreSQL may be. */
    private static final int MOST_CONNECTIONS = 262_143;
    /** More than any duration that somebody waits for, and less than nanoseconds can count. */
    private static final double MOST_SECONDS = 1e9;

    private static final List<String> FORMATS = List.of("json", "env", "properties", "url", "custom");
    private static final List<String> SSL_MODES = List.of("verify-full", "require", "disable");

    static ContractDocument read(Map<String, String> environment) {
        String file = environment.getOrDefault("LEASEHOLD_CONTRACT", "");
        if (!file.isEmpty()) {
            try {
                return parse(file, SmallFile.read(Path.of(file)));
            } catch (SmallFile.Unusable unusable) {
                if (unusable.reason() != Reason.MISSING) {
                    throw new ContractException(file + " cannot be read: " + unusable.getMessage());
                }
            } catch (InvalidPathException e) {
                throw new ContractException("LEASEHOLD_CONTRACT must be a path that this system takes (its locale says which letters)");
            }
        }
        return new ContractDocument("the contract of LEASEHOLD_*", ContractVariables.document(environment));
    }

    static ContractDocument parse(String where, String text) {
        try {
            return new ContractDocument(where, Json.parse(text));
        } catch (IOException e) {
            throw new ContractException(where + " cannot be read: it is no JSON");
        }
    }

    /** Checks the document, and gives one database of it; null for the only one. */
    Contract contract(String database) {
        if (!(given instanceof Map<?, ?> document)) {
            throw new ContractException(where + " must be an object, got " + Json.shown(given));
        }
        List<String> problems = new ArrayList<>();
        if (!Double.valueOf(VERSION).equals(document.get("version"))) {
            problems.add(where + " has version " + Json.shown(document.get("version")) + "; this client reads version 1");
        }
        if (!(document.get("databases") instanceof Map<?, ?>)) {
            problems.add("'databases' of " + where + " must be an object, got " + Json.shown(document.get("databases")));
        }
        if (!(orElse(document, "service", "") instanceof String)) {
            problems.add("'service' of " + where + " must be a text, got " + Json.shown(document.get("service")));
        }
        if (!(orElse(document, "drainSeconds", DEFAULT_DRAIN) instanceof Double seconds && seconds >= 0 && seconds <= MOST_SECONDS)) {
            problems.add("'drainSeconds' of " + where + " must be a number of 0 or more, got " + Json.shown(document.get("drainSeconds")));
        }
        if (!problems.isEmpty()) {
            throw new ContractException(problems);
        }
        Map<?, ?> databases = (Map<?, ?>) document.get("databases");
        String chosen = choose(database, databases);
        Duration drain = seconds((Double) orElse(document, "drainSeconds", DEFAULT_DRAIN));
        return contract(chosen, (String) orElse(document, "service", ""), drain, databases.get(chosen));
    }

    private static Object orElse(Map<?, ?> document, String key, Object otherwise) {
        return document.containsKey(key) ? document.get(key) : otherwise;
    }

    private static String choose(String name, Map<?, ?> databases) {
        TreeSet<String> known = new TreeSet<>();
        databases.keySet().forEach(each -> known.add(each.toString()));
        String list = known.isEmpty() ? "none" : String.join(", ", known);
        if (name == null && known.size() == 1) {
            return known.first();
        }
        if (name == null) {
            throw new ContractException("it has " + known.size() + " databases (" + list + "); name one: Contract.read(name)");
        }
        if (!known.contains(name)) {
            throw new ContractException("there is no database \"" + name + "\"; known: " + list);
        }
        return name;
    }

    private static Contract contract(String name, String service, Duration drain, Object given) {
        if (!(given instanceof Map<?, ?> database)) {
            throw new ContractException("'databases." + name + "' must be an object, got " + Json.shown(given));
        }
        Fields fields = new Fields("databases." + name, database, new ArrayList<>());
        Path file = fields.path("credentialsFile");
        String host = fields.text("host");
        String databaseName = fields.text("database");
        String schema = fields.text("schema");
        int port = fields.whole("port", MOST_PORT);
        int poolMax = fields.whole("poolMax", MOST_CONNECTIONS);
        double lifetime = fields.above0("poolMaxLifetimeSeconds");
        double overlap = fields.above0("overlapSeconds");
        String format = fields.oneOf("format", FORMATS);
        String sslMode = fields.oneOf("sslMode", SSL_MODES);
        Path sslRootCert = fields.pathOrNull("sslRootCert");
        Contract.Endpoint endpoint = fields.endpoint("endpoint");
        if (!fields.problems().isEmpty()) {
            throw new ContractException(fields.problems());
        }
        return new Contract(name, service, drain, file, format, host, port, databaseName, schema, sslMode, sslRootCert, poolMax,
                seconds(lifetime), seconds(overlap), endpoint);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /** Reads the fields of an object, and keeps what is wrong with them. */
    private record Fields(String where, Map<?, ?> object, List<String> problems) {
        void problem(String key, String must) {
            problems.add("'" + where + "." + key + "' must be " + must + ", got " + Json.shown(object.get(key)));
        }

        String text(String key) {
            if (object.get(key) instanceof String text && !text.isEmpty()) {
                return text;
            }
            problem(key, "a text");
            return "";
        }

        double above0(String key) {
            if (object.get(key) instanceof Double number && number > 0 && number <= MOST_SECONDS) {
                return number;
            }
            problem(key, "a number above 0");
            return 0;
        }

        int whole(String key, int most) {
            if (!(object.get(key) instanceof Double number && number > 0)) {
                problem(key, "a number above 0");
                return 0;
            }
            if (number % 1 != 0 || number > most) {
                problem(key, "a whole number of " + most + " at most");
                return 0;
            }
            return number.intValue();
        }

        String oneOf(String key, List<String> allowed) {
            if (object.get(key) instanceof String text && allowed.contains(text)) {
                return text;
            }
            problem(key, "one of " + String.join(", ", allowed));
            return "";
        }

        Path path(String key) {
            String text = text(key);
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                problem(key, "a path that this system takes (its locale says which letters)");
                return null;
            }
        }

        Contract.Endpoint endpoint(String key) {
            if (!object.containsKey(key)) {
                return null;
            }
            if (object.get(key) instanceof Map<?, ?> endpoint && endpoint.get("name") instanceof String name
                    && endpoint.get("kind") instanceof String kind && orElse(endpoint, "forbids", List.of()) instanceof List<?> forbids
                    && forbids.stream().allMatch(String.class::isInstance)) {
                return new Contract.Endpoint(name, kind, forbids.stream().map(String.class::cast).toList());
            }
            problem(key, "an object with 'name' and 'kind', and texts where it has 'forbids'");
            return null;
        }

        Path pathOrNull(String key) {
            Object value = object.get(key);
            if (value instanceof String text && !text.isEmpty()) {
                return path(key);
            }
            if (!object.containsKey(key) || value != null && !value.equals("")) {
                problem(key, "a path or null");
            }
            return null;
        }
    }
}
