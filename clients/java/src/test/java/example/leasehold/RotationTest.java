package example.leasehold;

import static example.leasehold.Support.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials that change, on a real PostgreSQL. */
class RotationTest {
    private static final int WORKERS = 16;

    @TempDir
    Path directory;

    private Pod pod;

    @BeforeEach
    void open() {
        pod = new Pod(directory);
    }

    @AfterEach
    void close() {
        pod.close();
    }

    /** The contract's lifetime is one that HikariCP takes for half an hour. */
    @Test
    void manyRotationsUnderLoadFailNoQuery() throws Exception {
        pod.change.putAll(Map.of("poolMax", 10, "overlapSeconds", 1, "poolMaxLifetimeSeconds", 0.9));
        String user = pod.rotate();
        RotatingDataSource pool = pod.pool();
        int rotations = 12;
        AtomicLong queries = new AtomicLong();
        ConcurrentLinkedQueue<Exception> failed = new ConcurrentLinkedQueue<>();
        AtomicBoolean stopped = new AtomicBoolean();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(new Thread(() -> {
                while (!stopped.get()) {
                    try {
                        work(pool);
                    } catch (SQLException | InterruptedException e) {
                        failed.add(e);
                    }
                    queries.incrementAndGet();
                }
            }));
        }
        workers.forEach(Thread::start);
        for (int i = 0; i < rotations; i++) {
            Thread.sleep(300);
            String next = pod.rotate();
            Thread.sleep(1000);
            pod.server.drop(user);
            user = next;
        }
        stopped.set(true);
        for (Thread worker : workers) {
            worker.join();
        }
        System.out.println("failed " + failed.size() + " of " + queries + " in " + rotations + " rotations; " + pool.rotation());
        assertThat(failed).isEmpty();
        assertThat(pool.rotation().rotations()).isEqualTo(rotations);
        assertThat(pool.rotation().overstays()).isZero();
    }

    private static void work(RotatingDataSource pool) throws SQLException, InterruptedException {
        int dice = ThreadLocalRandom.current().nextInt(100);
        try (Connection connection = pool.getConnection()) {
            if (dice < 2) {
                connection.setAutoCommit(false);
                run(connection, "INSERT INTO numbers VALUES (7)");
                Thread.sleep(ThreadLocalRandom.current().nextInt(300));
                run(connection, "SELECT 1");
                connection.commit();
            } else if (dice < 50) {
                try (PreparedStatement statement = connection.prepareStatement("SELECT n FROM numbers WHERE n > ? LIMIT 1")) {
                    statement.setInt(1, 0);
                    statement.executeQuery().close();
                }
            } else {
                run(connection, "SELECT generate_series(1, 10)");
            }
        }
    }

    private static void run(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(query);
        }
    }

    @Test
    void anOldUserLosesItsIdleConnectionsAndEachHasASuccessor() throws Exception {
        String old = pod.rotate();
        RotatingDataSource pool = pod.pool();
        Pod.fill(pool, 4);
        assertThat(pod.server.sessions(old)).isEqualTo(4);
        // A session is counted when it is idle for the first time.
        Thread.sleep(500);
        int before = pod.server.sessionsEver();
        String next = pod.rotate();
        until("the old user has no session", () -> pod.server.sessions(old) == 0);
        until("each has its successor", () -> pod.server.sessions(next) == 4);
        // The one that has found out whether the new user is accepted is one of them.
        Thread.sleep(500);
        assertThat(pod.server.sessionsEver() - before).isEqualTo(4);
        assertThat(Pod.user(pool)).isEqualTo(next);
        // The server has a session before the pool that asked for it.
        until("the pool counts them", () -> pool.rotation().connections().equals(Map.of(2, 4)));
    }

    /** A library on the pool itself does not come by where old connections are taken out, and they go all the same. */
    @Test
    void aLibraryOnThePoolItselfLosesOldConnectionsAsWell() throws Exception {
        pod.change.put("poolMax", 1);
        String old = pod.rotate();
        RotatingDataSource pool = pod.pool();
        Connection busy = pool.hikari().getConnection();
        String next = pod.rotate();
        until("it is told to go", () -> pod.log().contains("new database user"));
        Thread.sleep(1000);
        assertThat(Pod.user(busy)).isEqualTo(old);
        busy.close();
        until("the old user has no session", () -> pod.server.sessions(old) == 0);
        try (Connection connection = pool.hikari().getConnection()) {
            assertThat(Pod.user(connection)).isEqualTo(next);
        }
    }

    @Test
    void aLongTransactionIsNotCut() throws Exception {
        pod.change.put("overlapSeconds", 0.5);
        String old = pod.rotate();
        ConcurrentLinkedQueue<Hooks.Overstay> overstays = new ConcurrentLinkedQueue<>();
        RotatingDataSource pool = pod.kept(pod.builder().hooks(new Hooks() {
            @Override
            public void onOverstay(Overstay overstay) {
                overstays.add(overstay);
            }
        }).build());
        Connection busy = pool.getConnection();
        busy.setAutoCommit(false);
        String next = pod.rotate();
        until("it is told", () -> !overstays.isEmpty());
        assertThat(overstays.peek().connections()).isEqualTo(1);
        assertThat(pool.rotation().overstays()).isEqualTo(1);
        assertThat(Pod.user(busy)).isEqualTo(old);
        busy.commit();
        busy.close();
        until("it is closed when it comes back", () -> pod.server.sessions(old) == 0);
        // One that outlives its user fails, and nothing else does.
        Connection late = pool.getConnection();
        assertThat(Pod.user(late)).isEqualTo(next);
        pod.rotate();
        until("the change is seen", () -> pool.rotation().generation() == 3);
        pod.server.drop(next);
        assertThatThrownBy(() -> Pod.user(late)).isInstanceOf(SQLException.class);
        late.close();
        Pod.user(pool);
    }

    @Test
    void aLoginUnderWayWhileTheFileChangesIsOld() throws Exception {
        String old = pod.rotate();
        // PostgreSQL waits for so long within each login.
        RotatingDataSource pool = pod.kept(pod.builder().configure(config -> {
            config.setMinimumIdle(1);
            config.addDataSourceProperty("options", "-c post_auth_delay=1");
        }).build());
        Thread asks = new Thread(() -> {
            try {
                Pod.user(pool);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        asks.start();
        until("a login is under way", () -> pod.log().contains("Attempting to create/setup new connection"));
        String next = pod.rotate();
        until("the change is seen", () -> pool.rotation().generation() == 2);
        assertThat(pool.rotation().connections()).isEmpty();
        until("it counts as old", () -> pool.rotation().old() == 1);
        asks.join();
        until("it is replaced", () -> pod.server.sessions(old) == 0 && pool.rotation().old() == 0 && Pod.user(pool).equals(next));
    }

    @Test
    void whereTheNewestUserIsRefusedTheOneBeforeServesOn() throws Exception {
        String old = pod.rotate();
        RotatingDataSource pool = pod.kept(pod.builder().configure(config -> config.setMinimumIdle(1)).build());
        Pod.fill(pool, 1);
        // The file is there before its user is.
        pod.write("v-not-yet");
        until("the refusal is known", () -> pool.rotation().newestRefused());
        List<Connection> lent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            lent.add(pool.getConnection());
            assertThat(Pod.user(lent.get(i))).isEqualTo(old);
        }
        for (Connection each : lent) {
            each.close();
        }
        assertThat(pod.server.sessions(old)).isEqualTo(4);
        assertThat(pool.prometheusText()).contains("leasehold_newest_refused{database=\"shop\",service=\"orders\"} 1");
        pod.server.make("v-not-yet");
        until("the new one serves", () -> pod.server.sessions(old) == 0 && Pod.user(pool).equals("v-not-yet"));
        assertThat(pool.rotation().newestRefused()).isFalse();
        pod.rotate();
        until("it may go", () -> pod.server.sessions("v-not-yet") == 0);
        pod.server.drop("v-not-yet");
    }

    @Test
    void aFileThatIsNotThereYetIsWaitedFor() throws Exception {
        RotatingDataSource impatient = pod.kept(pod.builder().credentialsTimeout(Duration.ofMillis(200)).build());
        assertThatThrownBy(impatient::getConnection).isInstanceOf(CredentialsException.class)
                .hasMessageContaining(pod.file + " is missing: the Vault agent writes it");
        RotatingDataSource pool = pod.pool();
        assertThat(pool.rotation().generation()).isZero();
        Thread later = new Thread(() -> {
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            pod.rotate();
        });
        later.start();
        assertThat(Pod.user(pool)).startsWith("v-orders-");
        later.join();
    }

    @Test
    void aFileThatIsBrokenIsToldOnceAndWhatWasReadStays() throws Exception {
        String user = pod.rotate();
        ConcurrentLinkedQueue<CredentialsException> told = new ConcurrentLinkedQueue<>();
        RotatingDataSource pool = pod.kept(pod.builder().hooks(new Hooks() {
            @Override
            public void onCredentialsError(CredentialsException trouble) {
                told.add(trouble);
            }
        }).build());
        Pod.user(pool);
        pod.replace("{\"username\":\"v");
        until("it is told", () -> told.size() == 1);
        pod.replace("{\"username\":\"v-or");
        assertThat(Pod.user(pool)).isEqualTo(user);
        Files.delete(pod.file);
        until("another kind is told", () -> told.size() == 2);
        assertThat(told).extracting(CredentialsException::reason).containsExactly(Reason.MALFORMED, Reason.MISSING);
        assertThat(pool.rotation().credentialsErrors()).isEqualTo(2);
        String next = pod.rotate();
        until("the next one serves", () -> Pod.user(pool).equals(next));
    }

    /** As Kubernetes replaces what it mounts. */
    @Test
    void aDirectoryThatIsSwappedIsSeen() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        String old = publish(mount, "..1");
        Files.createSymbolicLink(mount.resolve("shop.json"), Path.of("..data/shop.json"));
        pod.file = mount.resolve("shop.json");
        RotatingDataSource pool = pod.pool();
        assertThat(Pod.user(pool)).isEqualTo(old);
        String next = publish(mount, "..2");
        until("the new user serves", () -> Pod.user(pool).equals(next));
    }

    private String publish(Path mount, String version) throws Exception {
        pod.file = Files.createDirectory(mount.resolve(version)).resolve("shop.json");
        String user = pod.rotate();
        Path link = Files.createSymbolicLink(mount.resolve("..tmp"), Path.of(version));
        Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return user;
    }

    @Test
    void theServerRestartsDuringARotation() throws Exception {
        Postgres server = new Postgres(Map.of());
        try (Pod own = new Pod(Files.createDirectory(directory.resolve("own")), server)) {
            String old = own.rotate();
            RotatingDataSource pool = own.kept(own.builder().configure(config -> config.setConnectionTimeout(1000)).build());
            Pod.fill(pool, 4);
            String next = server.nextUser();
            server.drop(old);
            server.end();
            own.write(next);
            until("there is no server", () -> {
                try {
                    Pod.user(pool);
                    return false;
                } catch (SQLException e) {
                    return true;
                }
            });
            server.begin();
            until("it serves again, with the new user", () -> {
                try {
                    return Pod.user(pool).equals(next);
                } catch (SQLException e) {
                    return false;
                }
            });
            until("nothing of the old user is left", () -> pool.rotation().old() == 0);
        } finally {
            server.stop();
        }
    }

    @Test
    void hooksThatThrowDoNotHurt() throws Exception {
        pod.change.put("overlapSeconds", 0.2);
        String old = pod.rotate();
        RotatingDataSource pool = pod.kept(pod.builder().hooks(new Hooks() {
            @Override
            public void onRotation(Rotation rotation) {
                throw new IllegalStateException("rotation " + rotation.generation());
            }

            @Override
            public void onOverstay(Overstay overstay) {
                throw new AssertionError("overstay");
            }

            @Override
            public void onCredentialsError(CredentialsException trouble) {
                throw new IllegalStateException("trouble");
            }
        }).build());
        Connection busy = pool.getConnection();
        pod.replace("none");
        until("trouble is told", () -> pod.log().contains("onCredentialsError has thrown"));
        String next = pod.rotate();
        until("both are told", () -> pod.log().contains("onRotation has thrown") && pod.log().contains("onOverstay has thrown"));
        busy.close();
        until("the pool goes on", () -> pod.server.sessions(old) == 0 && Pod.user(pool).equals(next));
    }

    @Test
    void aLifetimeThatHikariDoesNotTakeIsTold() {
        pod.pool();
        assertThat(pod.log()).contains("the contract's max lifetime of 20.0 s is below the 30 s that HikariCP takes; it is not used");
        pod.change.put("poolMaxLifetimeSeconds", 30);
        int before = pod.log().length();
        pod.pool();
        assertThat(pod.log().substring(before)).doesNotContain("max lifetime");
    }

    @Test
    void whatWouldNeverChangeIsRefused() {
        pod.rotate();
        assertThatThrownBy(() -> pod.builder().configure(config -> {
            config.setUsername("app");
            config.setJdbcUrl("jdbc:postgresql://elsewhere/shop");
            config.addDataSourceProperty("password", "x");
        }).build()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("username, jdbcUrl, the data source property password of HikariConfig must not be set");
    }

    @Test
    void theApplicationsConfigurationWins() throws Exception {
        pod.rotate();
        RotatingDataSource pool = pod.kept(pod.builder().configure(config -> {
            config.setMaximumPoolSize(2);
            config.setConnectionInitSql("SET statement_timeout = '5s'");
        }).build());
        Pod.fill(pool, 2);
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SHOW statement_timeout")) {
            rows.next();
            assertThat(rows.getString(1)).isEqualTo("5s");
        }
        assertThat(pod.server.count("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orders' AND usename LIKE 'v-%'"))
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void aSchemaOfItsOwn() throws Exception {
        pod.server.execute("CREATE SCHEMA IF NOT EXISTS \"Sales \"\"EU\"\"\"", "GRANT USAGE ON SCHEMA \"Sales \"\"EU\"\"\" TO " + Postgres.GROUP);
        pod.rotate();
        pod.change.put("schema", "Sales \\\"EU\\\"");
        try (Connection connection = pod.pool().getConnection()) {
            assertThat(connection.getSchema()).isEqualTo("Sales \"EU\"");
        }
    }

    @Test
    void aDrainEndsWhatRunsAndThenThePool() throws Exception {
        pod.rotate();
        RotatingDataSource pool = pod.pool();
        Connection busy = pool.getConnection();
        new Thread(() -> {
            try {
                Thread.sleep(100);
                busy.close();
            } catch (InterruptedException | SQLException e) {
                throw new IllegalStateException(e);
            }
        }).start();
        pool.drain();
        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class).hasMessageContaining("draining");
        assertThatThrownBy(pool::ready).isInstanceOf(SQLException.class);
        assertThat(pool.isLive()).isFalse();
        pool.close();

        RotatingDataSource slow = pod.pool();
        Connection held = slow.getConnection();
        assertThatThrownBy(() -> slow.drain(Duration.ofMillis(50))).isInstanceOf(UnfinishedException.class)
                .hasMessage("1 connections are still in use after the time to drain");
        assertThat(Pod.user(held)).startsWith("v-");
        held.close();
        until("it ends when the last one comes back", () -> !slow.isLive());
    }

    @Test
    void threadsStayFlat() throws Exception {
        List<String> users = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            users.add(pod.server.nextUser());
        }
        pod.write(users.get(0));
        RotatingDataSource pool = pod.pool();
        Pod.fill(pool, 4);
        int before = threadsAfter(10, pool, users);
        int after = threadsAfter(100, pool, users);
        System.out.println(before + " threads after 10 rotations, " + after + " after 100 more");
        assertThat(after).isLessThanOrEqualTo(before + 2);
    }

    private int threadsAfter(int rotations, RotatingDataSource pool, List<String> users) throws Exception {
        for (int i = 0; i < rotations; i++) {
            int generation = pool.rotation().generation();
            pod.write(users.get(generation % users.size()));
            until("the change is seen", () -> pool.rotation().generation() > generation);
            Pod.user(pool);
        }
        until("all are replaced", () -> pool.rotation().old() == 0 && pool.rotation().current() == 4);
        return (int) Thread.getAllStackTraces().keySet().stream().filter(each -> each.getName().startsWith("leasehold-shop")).count();
    }
}
