package example.leasehold;

import com.zaxxer.hikari.HikariCredentialsProvider;
import com.zaxxer.hikari.util.DriverDataSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Where the pool has its connections from: it asks for the credentials of the moment, user and password at once, and which ones a connection
 * was opened with is taken note of.
 */
final class Logins implements DataSource, HikariCredentialsProvider {
    /** How long a login waits for a file that is not there: the pool tries again, and tells whoever waits longer. */
    private static final Duration FIRST = Duration.ofSeconds(1);
    /** How long a refused login waits for the file to be whole. */
    private static final Duration WHOLE = Duration.ofSeconds(5);
    /** Who replaces the file all the time is not followed for ever. */
    private static final int MOST_TRIES = 5;
    /** A session that PostgreSQL ends: where that was during the login, the user may just have been dropped. */
    private static final String ENDED = "57P01";
    /** PostgreSQL, or a role in it, has as many sessions as it may have. */
    private static final String NO_ROOM = "53300";
    /** How many seconds a login may take. */
    static final int LOGIN_TIMEOUT = 10;
    /** How many seconds a session that waits for the pool may take to say that it is still there. */
    private static final int VALID_TIMEOUT = 1;

    private final Watch watch;
    private final Sessions sessions;
    private final DataSource driver;
    private final Runnable openedOld;
    private final AtomicInteger retries = new AtomicInteger();
    private final AtomicReference<Probe> probed = new AtomicReference<>();

    /** A session that was opened beside the pool, whose next login it is. */
    private record Probe(Generation made, Connection connection) {
        /** The session, where it is of these credentials and still there. */
        Connection of(Generation wanted) {
            try {
                if (made == wanted && connection.isValid(VALID_TIMEOUT)) {
                    return connection;
                }
            } catch (SQLException e) {
                // It is of no use either.
            }
            close();
            return null;
        }

        void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                // It has ended by itself.
            }
        }
    }

    Logins(Watch watch, Sessions sessions, String url, String driverClassName, Properties properties, Runnable openedOld) {
        this.watch = watch;
        this.sessions = sessions;
        this.driver = new DriverDataSource(url, driverClassName, properties, null, null);
        this.openedOld = openedOld;
    }

    /** What the pool opens its next connection with; nothing before the first credentials, which the connection then waits for. */
    @Override
    public com.zaxxer.hikari.util.Credentials getCredentials() {
        Generation usable = watch.usable();
        return usable == null
                ? com.zaxxer.hikari.util.Credentials.of(null, null)
                : com.zaxxer.hikari.util.Credentials.of(usable.credentials().user(), usable.credentials().password());
    }

    @Override
    public Connection getConnection() throws SQLException {
        watch.first(FIRST);
        return opened(watch.usable());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        Generation made = watch.find(user, password);
        return opened(made == null ? watch.usable() : made);
    }

    private Connection opened(Generation first) throws SQLException {
        Generation made = first;
        for (int tries = 1; ; tries++) {
            try {
                Connection connection = login(made);
                sessions.opened(connection, made.number());
                if (made.number() < watch.number()) {
                    // It was on its way while the file was replaced, or the newest user is refused.
                    openedOld.run();
                }
                return connection;
            } catch (SQLException e) {
                Generation next = tries < MOST_TRIES && mayMend(e) ? afterAnotherLook() : null;
                // PostgreSQL may think otherwise of the same user once more.
                if (next == null || next == made && tries > 1) {
                    throw e;
                }
                retries.incrementAndGet();
                made = next;
            }
        }
    }

    private Generation afterAnotherLook() {
        watch.whole(WHOLE);
        return watch.usable();
    }

    /** Logs in, and takes note of what PostgreSQL says of the credentials. */
    private Connection login(Generation made) throws SQLException {
        Probe waits = probed.getAndSet(null);
        Connection opened = waits == null ? null : waits.of(made);
        if (opened != null) {
            return opened;
        }
        try {
            Connection connection = driver.getConnection(made.credentials().user(), made.credentials().password());
            watch.judge(made, Verdict.ACCEPTED);
            return connection;
        } catch (SQLException e) {
            watch.judge(made, isRefusal(e) ? Verdict.REFUSED : Verdict.UNKNOWN);
            throw e;
        }
    }

    /** Logs in once beside the pool, whose next session that is, and gives what is then known of the credentials. */
    Verdict probe(Generation made) {
        try {
            probed.set(new Probe(made, login(made)));
        } catch (SQLException e) {
            if (!isRefusal(e) && NO_ROOM.equals(e.getSQLState())) {
                // An old connection that is closed makes some.
                watch.judge(made, Verdict.ACCEPTED);
            }
        }
        return watch.verdictOf(made);
    }

    /** Closes what the pool has had no use for. */
    void closeProbe() {
        Probe waits = probed.getAndSet(null);
        if (waits != null) {
            waits.close();
        }
    }

    private static boolean mayMend(SQLException e) {
        return isRefusal(e) || ENDED.equals(e.getSQLState());
    }

    private static boolean isRefusal(SQLException e) {
        return "28P01".equals(e.getSQLState()) || "28000".equals(e.getSQLState());
    }

    int retries() {
        return retries.get();
    }

    /** The driver's property loginTimeout says it: what is set here would hold for every driver of the process. */
    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return LOGIN_TIMEOUT;
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return driver.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        driver.setLogWriter(out);
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return driver.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : driver.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || driver.isWrapperFor(type);
    }
}
