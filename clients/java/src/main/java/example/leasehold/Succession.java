package example.leasehold;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts new connections in the place of old ones, one after the other, so that queries do not wait for logins. First it logs in once beside
 * the pool: only where PostgreSQL accepts the newest user are connections of the one before given up. What is still there after a share of
 * the overlap is evicted at once, in use or not, which closes it when it comes back.
 */
final class Succession implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingDataSource.class);
    /** How much of the overlap the pace is for; the rest is for the work that connections were lent for. */
    private static final double SHARE = 0.25;
    /** How long it is from one to the next at most: a login takes milliseconds of the processor from the queries. */
    private static final long MOST_PACE = Duration.ofSeconds(1).toMillis();
    /** How soon the newest user is tried again. */
    private static final long RETRY = Duration.ofMillis(500).toMillis();
    /** The same for one that is refused again and again. */
    private static final long MOST_RETRY = Duration.ofSeconds(10).toMillis();
    /** How often it is looked whether all are gone that were evicted. */
    private static final long GONE = Duration.ofMillis(100).toMillis();

    private final HikariDataSource hikari;
    private final Watch watch;
    private final Sessions sessions;
    private final Logins logins;
    private final long overlap;
    private final long pace;
    /** An old connection that somebody asks for may be closed: its successor comes at once. */
    private final AtomicBoolean permit = new AtomicBoolean();
    private volatile boolean active;
    private boolean closed;
    private long until;

    Succession(HikariDataSource hikari, Watch watch, Sessions sessions, Logins logins, Duration overlap) {
        this.hikari = hikari;
        this.watch = watch;
        this.sessions = sessions;
        this.logins = logins;
        this.overlap = overlap.toNanos();
        this.pace = Math.max(1, Math.min(MOST_PACE, (long) (overlap.toMillis() * SHARE) / (2L * hikari.getMaximumPoolSize())));
    }

    /** Has the connections replaced that are old. */
    synchronized void begin() {
        until = System.nanoTime() + (long) (overlap * SHARE);
        active = true;
        notifyAll();
    }

    /** The same for one that was on its way while the file was replaced; where they are being replaced it is one of them. */
    synchronized void ensure() {
        if (!active) {
            begin();
        }
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Whether a connection that the pool wants to lend is to be closed in the place of that. */
    boolean takes(Connection lent) throws SQLException {
        return active && isOld(lent) && permit.compareAndSet(true, false);
    }

    private boolean isOld(Connection lent) throws SQLException {
        return sessions.isBefore(lent.unwrap(Connection.class), watch.number());
    }

    @Override
    public void run() {
        long retry = RETRY;
        while (rest(0)) {
            Verdict verdict = Verdict.UNKNOWN;
            try {
                verdict = advance();
            } catch (RuntimeException e) {
                // Old connections would stay for ever where this thread ended.
                LOG.error("{}: connections of an old user cannot be replaced, which is tried again", hikari.getPoolName(), e);
            }
            if (verdict == Verdict.ACCEPTED) {
                retry = RETRY;
                continue;
            }
            permit.set(false);
            retry = verdict == Verdict.REFUSED ? Math.min(2 * retry, MOST_RETRY) : RETRY;
            rest(retry);
        }
        logins.closeProbe();
    }

    /** Replaces one, where PostgreSQL accepts the newest user. */
    private Verdict advance() {
        Generation newest = watch.newest();
        Verdict verdict = watch.verdictOf(newest);
        if (verdict != Verdict.ACCEPTED) {
            verdict = logins.probe(newest);
        }
        if (verdict == Verdict.ACCEPTED && !isDone()) {
            step(newest);
        }
        return verdict;
    }

    /** Waits until there is something to do, and then for so long, or for the next rotation; false at the end. */
    private synchronized boolean rest(long milliseconds) {
        Generation newest = watch.newest();
        long end = System.nanoTime() + milliseconds * 1_000_000;
        try {
            while (!closed && !active) {
                wait();
            }
            for (long left = milliseconds; left > 0 && !closed && watch.newest() == newest; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            closed = true;
        }
        return !closed;
    }

    private synchronized boolean isDone() {
        if (sessions.before(watch.number()) > 0) {
            return false;
        }
        permit.set(false);
        active = false;
        // One that was opened in between has not seen that it is over.
        if (sessions.before(watch.number()) > 0) {
            active = true;
        } else {
            logins.closeProbe();
        }
        return !active;
    }

    private void step(Generation newest) {
        HikariPoolMXBean pool = hikari.getHikariPoolMXBean();
        if (pool == null) {
            rest(pace);
        } else if (isOver()) {
            permit.set(false);
            if (sessions.evict(newest.number())) {
                pool.softEvictConnections();
            }
            rest(GONE);
        } else {
            // While a successor is under way that somebody waits for, nothing more is given up.
            boolean room = pool.getTotalConnections() < hikari.getMaximumPoolSize();
            if (!room || pool.getThreadsAwaitingConnection() == 0) {
                permit.set(!closesIdle(pool));
            }
            rest(pace);
        }
    }

    private synchronized boolean isOver() {
        return System.nanoTime() - until > 0;
    }

    /** Closes one old connection that nobody uses, if there is one. To borrow those before it is the public way. */
    private boolean closesIdle(HikariPoolMXBean pool) {
        List<Connection> held = new ArrayList<>();
        try {
            for (int idle = pool.getIdleConnections(); held.size() < idle && pool.getIdleConnections() > 0; ) {
                Connection lent = hikari.getConnection();
                if (isOld(lent)) {
                    hikari.evictConnection(lent);
                    return true;
                }
                held.add(lent);
            }
        } catch (SQLException e) {
            // Whoever asks for a connection is told; here there is only nothing to close.
            return false;
        } finally {
            held.forEach(Succession::giveBack);
        }
        return false;
    }

    private static void giveBack(Connection lent) {
        try {
            lent.close();
        } catch (SQLException e) {
            // The pool has closed it itself.
        }
    }
}
