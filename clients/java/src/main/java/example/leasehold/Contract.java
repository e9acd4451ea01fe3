package example.leasehold;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What leasehold tells a service about one of its databases.
 *
 * @param name the database's name in the environment
 * @param service the service's name
 * @param drain how long the application may take to end its work after SIGTERM
 * @param credentialsFile the file with user and password
 * @param format of that file: json, env, properties, url or custom
 * @param database its name in PostgreSQL
 * @param schema of the tables that are named without one
 * @param sslMode verify-full, require or disable
 * @param sslRootCert the CA's certificate; null for the authorities that the JVM trusts
 * @param poolMax the largest number of connections of a pool
 * @param poolMaxLifetime after how long a pool that does not notice a new user must close a connection
 * @param overlap how long the old user still works after the file was replaced, at least
 * @param endpoint another way than to the server in which Vault makes users; null where there is none, and variables do not tell it
 */
public record Contract(
        String name,
        String service,
        Duration drain,
        Path credentialsFile,
        String format,
        String host,
        int port,
        String database,
        String schema,
        String sslMode,
        Path sslRootCert,
        int poolMax,
        Duration poolMaxLifetime,
        Duration overlap,
        Endpoint endpoint) {

    /**
     * A replica, a pooler, or another name of the server.
     *
     * @param forbids what a pooler forbids its clients, such as startup-parameters
     */
    public record Endpoint(String name, String kind, List<String> forbids) {}

    /** Whether the way to the database forbids something, such as a pooler does that hands connections on. */
    boolean isForbidden(String what) {
        return endpoint != null && endpoint.forbids().contains(what);
    }

    /**
     * The contract of the only database of a service.
     *
     * @throws ContractException where it cannot be used, or has several databases
     */
    public static Contract read() {
        return read(null);
    }

    /**
     * The contract of a database. A document wins over variables: it is what leasehold has written as a whole, and LEASEHOLD_CONTRACT
     * names it in every pod.
     *
     * @param database its name in the environment; null for the only one
     * @throws ContractException where it cannot be used
     */
    public static Contract read(String database) {
        return read(database, System.getenv());
    }

    /**
     * As {@link #read(String)}, of other variables than the process's.
     *
     * @throws ContractException where it cannot be used
     */
    public static Contract read(String database, Map<String, String> environment) {
        return ContractDocument.read(environment).contract(database);
    }

    /**
     * The contract in a document, which is JSON.
     *
     * @throws ContractException where it cannot be used
     */
    public static Contract parse(String document, String database) {
        return ContractDocument.parse("the contract", document).contract(database);
    }
}
