package example.leasehold;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The open connections of a pool, by the credentials they were opened with. What is closed is forgotten when they are counted. */
final class Sessions {
    private final Map<Connection, Session> open = new IdentityHashMap<>();

    private static final class Session {
        final int generation;
        /** The pool closes it as soon as nobody uses it. */
        boolean evicted;

        Session(int generation) {
            this.generation = generation;
        }
    }

    synchronized void opened(Connection connection, int generation) {
        forget();
        open.put(connection, new Session(generation));
    }

    /** Whether a connection was opened with older credentials than those; of one that is not known, no. */
    synchronized boolean isBefore(Connection connection, int generation) {
        Session session = open.get(connection);
        return session != null && session.generation < generation;
    }

    synchronized int before(int generation) {
        forget();
        return (int) open.values().stream().filter(each -> each.generation < generation).count();
    }

    /** Takes note that the pool was told to evict all, and says whether that is needed: an older one was not told to go. */
    synchronized boolean evict(int generation) {
        forget();
        boolean needed = open.values().stream().anyMatch(each -> each.generation < generation && !each.evicted);
        if (needed) {
            open.values().forEach(each -> each.evicted = true);
        }
        return needed;
    }

    synchronized Map<Integer, Integer> counts() {
        forget();
        Map<Integer, Integer> counts = new TreeMap<>();
        open.values().forEach(each -> counts.merge(each.generation, 1, Integer::sum));
        return counts;
    }

    private void forget() {
        open.keySet().removeIf(Sessions::isClosed);
    }

    /** The driver knows without asking the server. */
    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }
}
