package example.leasehold;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of HikariCP for credentials that change. Its size and address are the contract's, user and password those of the credentials file
 * at the moment at which a connection is opened; connections of an old user are replaced when the file changes, whatever their lifetime is.
 */
public final class RotatingDataSource implements DataSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RotatingDataSource.class);
    /** When an overlap is nearly over: the rest is for whoever wants to do something about it. */
    private static final double OVERSTAY_SHARE = 0.8;
    /** HikariCP takes a shorter one for half an hour. */
    private static final Duration LEAST_LIFETIME = Duration.ofSeconds(30);
    private static final Duration DEFAULT_CREDENTIALS_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration DRAIN_TICK = Duration.ofMillis(10);
    private static final Duration HOOK_THREAD_IDLE = Duration.ofSeconds(10);

    private final Options options;
    private final Watch watch;
    private final Sessions sessions = new Sessions();
    private final Logins logins;
    private final HikariDataSource hikari = new HikariDataSource();
    private final Succession succession;
    private final ThreadPoolExecutor hooks;
    private final AtomicInteger overstays = new AtomicInteger();
    private final AtomicInteger asking = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean draining;
    /** When the overlap that runs is nearly over; 0 where none runs. */
    private volatile long overstayAt;

    private RotatingDataSource(Options options) {
        this.options = options;
        Contract contract = options.contract();
        HikariConfig config = options.config();
        watch = new Watch(new CredentialsFile(contract.credentialsFile(), contract.format(), options.parser()), new Events());
        logins = new Logins(watch, sessions, config.getJdbcUrl(), config.getDriverClassName(), config.getDataSourceProperties(), this::openedOld);
        config.copyStateTo(hikari);
        hikari.setDataSource(logins);
        hikari.setCredentialsProvider(logins);
        hikari.validate();
        succession = new Succession(hikari, watch, sessions, logins, contract.overlap());
        hooks = new ThreadPoolExecutor(1, 1, HOOK_THREAD_IDLE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(),
                task -> daemon(task, "hooks"), new ThreadPoolExecutor.DiscardPolicy());
        hooks.allowCoreThreadTimeOut(true);
    }

    /**
     * A pool of what the contract says, with nothing to differ from it.
     *
     * @throws ContractException where the contract cannot be used
     */
    public static RotatingDataSource create() {
        return builder().build();
    }

    /** For a pool that differs from what the contract and this library do by themselves. */
    public static Builder builder() {
        return new Builder();
    }

    /** What a pool is made of. */
    public static final class Builder {
        private String database;
        private Contract contract;
        private Consumer<HikariConfig> configure = config -> {};
        private Hooks hooks = new Hooks() {};
        private CredentialsParser parser;
        private Duration credentialsTimeout = DEFAULT_CREDENTIALS_TIMEOUT;

        private Builder() {}

        /** The database of the contract; it is needed where the contract has several. */
        public Builder database(String name) {
            database = name;
            return this;
        }

        /** The contract itself, in the place of what LEASEHOLD_CONTRACT names and of LEASEHOLD_*. */
        public Builder contract(Contract given) {
            contract = given;
            return this;
        }

        /** Changes the configuration that the contract has come to; it wins over the contract. User, password and address are not to be set. */
        public Builder configure(Consumer<HikariConfig> given) {
            configure = configure.andThen(given);
            return this;
        }

        /** Who is told. */
        public Builder hooks(Hooks given) {
            hooks = given;
            return this;
        }

        /** Reads the file where its format is custom. */
        public Builder parser(CredentialsParser given) {
            parser = given;
            return this;
        }

        /** How long somebody who asks for a connection waits for a file that is not there yet; 30 s otherwise. */
        public Builder credentialsTimeout(Duration given) {
            credentialsTimeout = given;
            return this;
        }

        /**
         * Makes the pool. It opens no connection, and does not wait for the credentials file: whoever asks for a connection does.
         *
         * @throws ContractException where the contract cannot be used
         * @throws IllegalArgumentException where the configuration has a user, a password or an address of its own
         */
        public RotatingDataSource build() {
            Contract read = contract == null ? Contract.read(database) : contract;
            RotatingDataSource made = new RotatingDataSource(new Options(read, configure, hooks, parser, credentialsTimeout));
            made.start();
            return made;
        }
    }

    private void start() {
        Duration lifetime = options.contract().poolMaxLifetime();
        if (lifetime.compareTo(LEAST_LIFETIME) < 0) {
            LOG.info("{}: the contract's max lifetime of {} s is below the 30 s that HikariCP takes; it is not used, and connections are "
                    + "replaced when the credentials change", this, lifetime.toMillis() / 1e3);
        }
        daemon(watch, "watch").start();
        daemon(succession, "succession").start();
    }

    private Thread daemon(Runnable task, String what) {
        Thread thread = new Thread(task, "leasehold-" + options.contract().name() + ":" + what);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (draining) {
            throw new SQLTransientConnectionException(this + " is draining and takes no new work");
        }
        asking.incrementAndGet();
        try {
            watch.first(options.credentialsTimeout());
            for (; ; ) {
                Connection lent = hikari.getConnection();
                if (!succession.takes(lent)) {
                    return lent;
                }
                hikari.evictConnection(lent);
            }
        } finally {
            asking.decrementAndGet();
        }
    }

    /** Not supported: user and password come from the credentials file. */
    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("user and password come from the credentials file: call getConnection()");
    }

    /** What the pool was made of. */
    public Contract contract() {
        return options.contract();
    }

    /**
     * The pool itself, for libraries that want one: it opens its connections with the newest user and gives up those of an old one as well. It
     * does not wait for a credentials file, and does not know of a drain.
     */
    public HikariDataSource hikari() {
        return hikari;
    }

    /** How it stands with the credentials. */
    public RotationStatus rotation() {
        Duration since = watch.sinceRotation();
        Duration left = since == null ? Duration.ZERO : options.contract().overlap().minus(since);
        Generation newest = watch.newest();
        int generation = newest == null ? 0 : newest.number();
        return new RotationStatus(generation, Math.max(0, generation - 1), since == null ? Duration.ZERO : since,
                left.isNegative() ? Duration.ZERO : left, sessions.counts(), overstays.get(), watch.troubles(), logins.retries(),
                newest != null && watch.verdictOf(newest) == Verdict.REFUSED);
    }

    /** What there is to watch, as it is now, by the names of all of leasehold's clients. */
    public List<Metric> metrics() {
        return Metric.of(options.contract(), rotation());
    }

    /** The same in the text format of Prometheus, for who has no registry. */
    public String prometheusText() {
        return Metric.prometheusText(metrics());
    }

    /**
     * For a readiness probe.
     *
     * @throws SQLException what keeps the database from answering a query of this pool
     */
    public void ready() throws SQLException {
        try (Connection lent = getConnection()) {
            if (!lent.isValid((int) TimeUnit.MILLISECONDS.toSeconds(hikari.getValidationTimeout()))) {
                throw new SQLTransientConnectionException("the server " + options.contract().host() + " does not answer");
            }
        }
    }

    /** For a liveness probe: a restart helps a pool that has ended, and nothing else that can be seen from here. */
    public boolean isLive() {
        return !closed.get();
    }

    /** As {@link #drain(Duration)}, for as long as the contract says. */
    public void drain() throws UnfinishedException {
        drain(options.contract().drain());
    }

    /**
     * For SIGTERM: no new work, what runs is finished, then the pool ends.
     *
     * @throws UnfinishedException where the time was too short; the pool then ends as soon as the last connection comes back, or when it is
     *     closed
     */
    public void drain(Duration most) throws UnfinishedException {
        draining = true;
        long until = System.nanoTime() + most.toNanos();
        while (!isIdle()) {
            if (System.nanoTime() - until >= 0) {
                throw new UnfinishedException(active());
            }
            try {
                Thread.sleep(DRAIN_TICK.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnfinishedException(active());
            }
        }
        close();
    }

    /** For the end of the process: drains for as long as the contract says, and then cuts what is left. */
    public void shutdown() {
        try {
            drain();
        } catch (UnfinishedException e) {
            LOG.warn("{}: {}, and are cut", this, e.getMessage());
        } finally {
            close();
        }
    }

    private int active() {
        HikariPoolMXBean pool = hikari.getHikariPoolMXBean();
        return pool == null ? 0 : pool.getActiveConnections();
    }

    private boolean isIdle() {
        return asking.get() == 0 && active() == 0;
    }

    /** Ends the pool at once, and cuts what runs; {@link #shutdown} lets it end first. */
    @Override
    public void close() {
        draining = true;
        if (closed.compareAndSet(false, true)) {
            watch.close();
            succession.close();
            hikari.close();
            hooks.shutdown();
        }
    }

    private void openedOld() {
        succession.ensure();
    }

    /** What the watch tells of. */
    private final class Events implements Watch.Listener {
        @Override
        public void rotated(Generation newest) {
            succession.begin();
            overstayAt = System.nanoTime() + (long) (options.contract().overlap().toNanos() * OVERSTAY_SHARE);
            int old = sessions.before(newest.number());
            LOG.info("{}: new database user, generation {}; {} connections of older ones are open", RotatingDataSource.this,
                    newest.number(), old);
            tell("onRotation", () -> options.hooks().onRotation(new Hooks.Rotation(newest.number(), old)));
        }

        @Override
        public void inTrouble(CredentialsException trouble) {
            LOG.error("{}: {}", RotatingDataSource.this, trouble.getMessage());
            tell("onCredentialsError", () -> options.hooks().onCredentialsError(trouble));
        }

        @Override
        public void tick() {
            if (overstayAt != 0 && System.nanoTime() - overstayAt > 0) {
                overstayAt = 0;
                overstayed();
            }
            if (draining && !closed.get() && isIdle()) {
                close();
            }
        }

        private void overstayed() {
            int old = sessions.before(watch.number());
            if (old == 0) {
                return;
            }
            overstays.addAndGet(old);
            Duration left = Duration.ofNanos((long) (options.contract().overlap().toNanos() * (1 - OVERSTAY_SHARE)));
            LOG.warn("{}: {} connections of an old database user are still open, which may be dropped in {} s", RotatingDataSource.this, old,
                    left.toMillis() / 1e3);
            tell("onOverstay", () -> options.hooks().onOverstay(new Hooks.Overstay(old, left)));
        }
    }

    /** Calls what the application gave, and lets nothing of it get in the way. */
    private void tell(String name, Runnable hook) {
        if (closed.get()) {
            return;
        }
        hooks.execute(() -> {
            try {
                hook.run();
            } catch (Throwable e) {
                LOG.error("{}: {} has thrown, and the pool goes on without it", this, name, e);
            }
        });
    }

    /** Which pool it is; never a secret. */
    @Override
    public String toString() {
        return "leasehold-" + options.contract().name();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return hikari.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        hikari.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        hikari.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return hikari.getLoginTimeout();
    }

    @Override
    public java.util.logging.Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return hikari.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : type.isInstance(hikari) ? type.cast(hikari) : hikari.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || type.isInstance(hikari) || hikari.isWrapperFor(type);
    }
}
