package example.leasehold;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;

/** An application's surroundings: its file, its contract, what it logs. */
final class Pod implements AutoCloseable {
    final Postgres server;
    final Path directory;
    Path file;
    final Map<String, Object> change = new HashMap<>();
    private final StringBuffer log = new StringBuffer();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            log.append(event.getFormattedMessage()).append('\n');
            for (var each = event.getThrowableProxy(); each != null; each = each.getCause()) {
                log.append(each.getMessage()).append('\n');
            }
        }
    };
    private final List<RotatingDataSource> pools = new ArrayList<>();

    Pod(Path directory) {
        this(directory, Postgres.shared());
    }

    Pod(Path directory, Postgres server) {
        this.server = server;
        this.directory = directory;
        this.file = directory.resolve("shop.json");
        appender.start();
        for (String name : List.of("example.leasehold", "com.zaxxer.hikari", "org.postgresql")) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            logger.setLevel(Level.DEBUG);
            logger.addAppender(appender);
        }
    }

    @Override
    public void close() {
        pools.forEach(RotatingDataSource::close);
        for (String name : List.of("example.leasehold", "com.zaxxer.hikari", "org.postgresql")) {
            ((Logger) LoggerFactory.getLogger(name)).detachAppender(appender);
        }
    }

    String log() {
        return log.toString();
    }

    /** Makes a user and writes its file. */
    String rotate() {
        String user = server.nextUser();
        write(user);
        return user;
    }

    void write(String user) {
        replace("{\"username\":\"" + user + "\",\"password\":\"" + Postgres.PASSWORD + "\",\"lease_duration\":60}");
    }

    /** Replaces the file as the agent does: by rename, never in place. */
    void replace(String text) {
        try {
            Path temporary = Files.writeString(file.resolveSibling("." + UUID.randomUUID()), text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String document() {
        Map<String, Object> database = new HashMap<>(Map.of("credentialsFile", file.toString(), "format", "json", "host", "127.0.0.1",
                "port", server.port, "database", "postgres", "schema", "public", "sslMode", "disable", "poolMax", 4));
        database.put("poolMaxLifetimeSeconds", 20);
        database.put("overlapSeconds", 2);
        database.put("sslRootCert", null);
        database.putAll(change);
        StringBuilder text = new StringBuilder("{\"version\":1,\"service\":\"orders\",\"drainSeconds\":1,\"databases\":{\"shop\":{");
        String between = "";
        for (Map.Entry<String, Object> each : database.entrySet()) {
            text.append(between).append('"').append(each.getKey()).append("\":")
                    .append(each.getValue() instanceof String value ? '"' + value + '"' : String.valueOf(each.getValue()));
            between = ",";
        }
        return text.append("}}}").toString();
    }

    /** What is JSON already. */
    record Raw(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    Contract contract() {
        return Contract.parse(document(), null);
    }

    RotatingDataSource.Builder builder() {
        return RotatingDataSource.builder().contract(contract());
    }

    RotatingDataSource pool() {
        return kept(builder().build());
    }

    /** It is closed at the end of the test. */
    RotatingDataSource kept(RotatingDataSource pool) {
        pools.add(pool);
        return pool;
    }

    static String user(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return user(connection);
        }
    }

    static String user(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT current_user")) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** Waits until the pool is full, as HikariCP keeps it. */
    static void fill(RotatingDataSource pool, int count) throws SQLException {
        user(pool);
        Support.until("the pool is full", () -> pool.hikari().getHikariPoolMXBean().getIdleConnections() == count);
    }
}
