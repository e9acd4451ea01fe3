package example.leasehold;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes of the variables LEASEHOLD_* what a document would say; it is checked as one. */
final class ContractVariables {
    private static final Pattern FILE_VARIABLE = Pattern.compile("LEASEHOLD_(.+)_CREDENTIALS_FILE");
    /** Java's own reading takes 5432f for a number as well. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?");

    private ContractVariables() {}

    static Map<String, Object> document(Map<String, String> environment) {
        Map<String, Object> databases = new LinkedHashMap<>();
        for (String key : environment.keySet()) {
            Matcher match = FILE_VARIABLE.matcher(key);
            if (match.matches()) {
                String name = match.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
                databases.put(name, databaseOfVariables("LEASEHOLD_" + match.group(1) + "_", environment));
            }
        }
        if (databases.isEmpty()) {
            throw new ContractException("there is neither a file that LEASEHOLD_CONTRACT names nor a variable "
                    + "LEASEHOLD_<DATABASE>_CREDENTIALS_FILE; leasehold gives both to a pod of its own, and a patch with them to one that "
                    + "is deployed elsewhere");
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", ContractDocument.VERSION);
        document.put("service", environment.getOrDefault("LEASEHOLD_SERVICE", ""));
        document.put("databases", databases);
        if (environment.containsKey("LEASEHOLD_DRAIN")) {
            document.put("drainSeconds", numberOrText(environment.get("LEASEHOLD_DRAIN")));
        }
        return document;
    }

    private static Map<String, Object> databaseOfVariables(String prefix, Map<String, String> environment) {
        Map<String, Object> database = new LinkedHashMap<>();
        database.put("schema", "public");
        database.put("sslRootCert", null);
        Map.of("credentialsFile", "CREDENTIALS_FILE", "format", "FORMAT", "host", "HOST", "database", "DATABASE", "schema", "SCHEMA",
                "sslMode", "SSL_MODE", "sslRootCert", "SSL_ROOT_CERT").forEach((key, variable) -> {
            if (environment.containsKey(prefix + variable)) {
                database.put(key, environment.get(prefix + variable));
            }
        });
        Map.of("port", "PORT", "poolMax", "POOL_MAX", "poolMaxLifetimeSeconds", "POOL_MAX_LIFETIME", "overlapSeconds", "OVERLAP")
                .forEach((key, variable) -> {
                    if (environment.containsKey(prefix + variable)) {
                        database.put(key, numberOrText(environment.get(prefix + variable)));
                    }
                });
        return database;
    }

    /** What is no number stays a text, and is told to be one. */
    private static Object numberOrText(String text) {
        return NUMBER.matcher(text).matches() ? (Object) Double.valueOf(text) : text;
    }
}
