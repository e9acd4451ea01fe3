import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import example.leasehold.Contract;
import example.leasehold.RotatingDataSource;
import java.io.BufferedReader;
import java.io.IOException;
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

    /** What the workers have seen from `go` to `halt`. */
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

    private static volatile boolean halted;

    private final DataSource pool;
    private final int pod;
    private final int row;
    private int turn;

    private Worker(DataSource pool, int pod, int worker) {
        this.pool = pool;
        this.pod = pod;
        row = 1 + pod * 100 + worker;
        turn = row * APART;
    }

    public static void main(String[] arguments) throws Exception {
        String way = arguments[0];
        int workers = Integer.parseInt(arguments[1]);
        int pods = Integer.parseInt(System.getenv("BENCH_PODS"));
        List<Worker> all = new ArrayList<>();
        for (int pod = 0; pod < pods; pod += 1) {
            DataSource pool = way.equals("leasehold") ? RotatingDataSource.builder().database("pod" + pod).build() : plain(Contract.read("pod" + pod));
            for (int worker = 0; worker < workers; worker += 1) {
                all.add(new Worker(pool, pod, worker));
            }
        }
        List<Thread> working = List.of();
        Load load = new Load();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("go")) {
                Load fresh = new Load();
                load = fresh;
                halted = false;
                working = all.stream().map(each -> new Thread(() -> each.run(fresh))).toList();
                working.forEach(Thread::start);
                continue;
            }
            halted = true;
            for (Thread each : working) {
                each.join();
            }
            answer(load, Path.of(arguments[2]));
        }
        System.exit(0);
    }

    private static void answer(Load seen, Path file) throws IOException {
        double used = (cpu() - seen.cpu) / 1e9;
        Files.write(file, seen.asked.stream().map(each -> each.pod + " " + each.at + " " + each.taken / 1e3).toList());
        String failures = seen.failures.entrySet().stream()
                .map(each -> quoted(each.getKey()) + ":" + each.getValue())
                .collect(Collectors.joining(",", "{", "}"));
        System.out.printf("{\"queries\":%d,\"failed\":%d,\"failures\":%s,\"cpu\":%s}%n", seen.queries, seen.failed, failures, used);
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

    /** Goes on where it was halted. */
    private void run(Load load) {
        for (; !halted; turn += 1) {
            double piece = turn * PIECE % 1;
            if (piece < PAUSE_SHARE) {
                pause((long) (turn * PAUSE % 1 * 500));
            }
            try {
                if (piece > 1 - TRANSACTION_SHARE) {
                    load.add(4);
                    transaction();
                } else {
                    load.add(1);
                    load.add(shortQuery());
                }
            } catch (SQLException error) {
                load.fail(error.getMessage());
                pause(20);
            }
            pause(2 + (long) (turn * REST % 1 * 6));
        }
    }

    private Asked shortQuery() throws SQLException {
        long at = System.currentTimeMillis();
        long from = System.nanoTime();
        try (Connection connection = pool.getConnection(); var statement = connection.prepareStatement("SELECT total FROM orders WHERE id = ?")) {
            statement.setInt(1, 1);
            try (var rows = statement.executeQuery()) {
                rows.next();
            }
        }
        return new Asked(pod, at, System.nanoTime() - from);
    }

    private void transaction() throws SQLException {
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
