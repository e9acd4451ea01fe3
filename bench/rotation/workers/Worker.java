import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import example.leasehold.Contract;
import example.leasehold.RotatingDataSource;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** The program of the JVM; ../program.ts says what it is given and what it answers. */
public final class Worker {
    private static final double PAUSE_SHARE = 0.01;
    private static final double TRANSACTION_SHARE = 0.002;
    private static final long TRANSACTION_MILLIS = 500;
    // Why they are no dice is said in load.ts.
    private static final double PIECE = Math.sqrt(5);
    private static final double PAUSE = Math.sqrt(2);
    private static final double REST = Math.sqrt(3);
    private static final int APART = 10_007;

    /** A short query. */
    private record Asked(int pod, long at, long taken) {}

    /** What was seen since the program was told to count. */
    private static final class Load {
        final List<Asked> asked = new ArrayList<>();
        final Map<String, Integer> failures = new TreeMap<>();
        final long cpu = cpu();
        int queries;
        int failed;

        synchronized void add(int count) {
            queries += count;
        }

        synchronized void add(Asked one) {
            asked.add(one);
        }

        synchronized void fail(String message) {
            failed += 1;
            failures.merge(message, 1, Integer::sum);
        }
    }

    private static volatile Load load = new Load();
    private static volatile boolean stopped;

    private Worker() {}

    public static void main(String[] arguments) throws Exception {
        String way = arguments[0];
        int workers = Integer.parseInt(arguments[1]);
        int pods = Integer.parseInt(System.getenv("BENCH_PODS"));
        List<Thread> working = new ArrayList<>();
        for (int pod = 0; pod < pods; pod += 1) {
            DataSource pool = way.equals("leasehold") ? RotatingDataSource.builder().database("pod" + pod).build() : plain(Contract.read("pod" + pod));
            for (int worker = 0; worker < workers; worker += 1) {
                int one = pod;
                int row = 1 + pod * 100 + worker;
                Thread thread = new Thread(() -> work(pool, one, row));
                thread.start();
                working.add(thread);
            }
        }
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        while ("count".equals(lines.readLine())) {
            load = new Load();
            System.out.println("counting");
        }
        Load seen = load;
        double used = (cpu() - seen.cpu) / 1e9;
        stopped = true;
        for (Thread each : working) {
            each.join();
        }
        Files.write(Path.of(arguments[2]), seen.asked.stream().map(each -> each.pod + " " + each.at + " " + each.taken / 1e3).toList());
        String failures = seen.failures.entrySet().stream()
                .map(each -> quoted(each.getKey()) + ":" + each.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        System.out.printf("{\"queries\":%d,\"failed\":%d,\"failures\":%s,\"cpu\":%s}%n", seen.queries, seen.failed, failures, used);
        System.exit(0);
    }

    private static DataSource plain(Contract contract) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:postgresql://" + contract.host() + ":" + contract.port() + "/" + contract.database());
        config.setUsername(System.getenv("BENCH_USER"));
        config.setPassword(System.getenv("BENCH_PASSWORD"));
        config.setMaximumPoolSize(contract.poolMax());
        return new HikariDataSource(config);
    }

    private static long cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + '"';
    }

    private static void work(DataSource pool, int pod, int row) {
        for (int turn = row * APART; !stopped; turn += 1) {
            double piece = turn * PIECE % 1;
            if (piece < PAUSE_SHARE) {
                pause((long) (turn * PAUSE % 1 * 500));
            }
            try {
                if (piece > 1 - TRANSACTION_SHARE) {
                    load.add(4);
                    transaction(pool, row);
                } else {
                    load.add(1);
                    shortQuery(pool, pod);
                }
            } catch (SQLException error) {
                load.fail(error.getMessage());
                pause(20);
            }
            pause(2 + (long) (turn * REST % 1 * 6));
        }
    }

    private static void shortQuery(DataSource pool, int pod) throws SQLException {
        long at = System.currentTimeMillis();
        long from = System.nanoTime();
        try (Connection connection = pool.getConnection(); var statement = connection.prepareStatement("SELECT total FROM orders WHERE id = ?")) {
            statement.setInt(1, 1);
            try (var rows = statement.executeQuery()) {
                rows.next();
            }
        }
        load.add(new Asked(pod, at, System.nanoTime() - from));
    }

    private static void transaction(DataSource pool, int row) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (var update = connection.prepareStatement("UPDATE orders SET total = total + 1 WHERE id = ?"); var select = connection.createStatement()) {
                update.setInt(1, row);
                update.executeUpdate();
                pause(TRANSACTION_MILLIS);
                select.execute("SELECT 1");
                connection.commit();
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }
}
