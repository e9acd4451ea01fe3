package example.leasehold;

import static example.leasehold.Support.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import example.leasehold.micrometer.RotationMetrics;
import example.leasehold.spring.LeaseholdAutoConfiguration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the page shows is run here, word for word. */
class PageTest {
    private static final Logger log = LoggerFactory.getLogger("example.leasehold.application");

    @TempDir
    Path directory;

    private Pod pod;

    /** The contract is where LEASEHOLD_CONTRACT says that a pod has it. */
    @BeforeEach
    void deploy() throws IOException {
        pod = new Pod(directory);
        pod.rotate();
        Files.writeString(Path.of(System.getenv("LEASEHOLD_CONTRACT")), pod.document());
    }

    @AfterEach
    void close() throws IOException {
        pod.close();
        Files.delete(Path.of(System.getenv("LEASEHOLD_CONTRACT")));
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(Files.readString(Path.of("README.md"))).results()
                .map(match -> match.group(1)).toList();
    }

    private static String flat(String text) {
        return String.join(" ", text.strip().split("\\s+"));
    }

    @Test
    void thePageShowsWhatIsRunHere() throws IOException {
        String source = flat(Files.readString(Path.of("src/test/java/example/leasehold/PageTest.java")));
        assertThat(blocks("java")).hasSize(5).allSatisfy(block -> assertThat(source).contains(flat(block)));
        assertThat(blocks("\\w*")).hasSize(7);
        String pom = flat(Files.readString(Path.of("pom.xml")));
        String coordinates = flat(blocks("xml").get(0)).replaceAll("</?dependency>", "").strip();
        assertThat(pom).contains(coordinates);
    }

    @Test
    void oneLine() throws SQLException {
        RotatingDataSource pool = RotatingDataSource.create();
        pod.kept(pool);
        String next = pod.rotate();
        until("the new user serves", () -> Pod.user(pool).equals(next));
    }

    @Test
    void options() throws Exception {
        RotatingDataSource pool = RotatingDataSource.builder()
                .configure(config -> {
                    config.setMinimumIdle(2);
                    config.setConnectionInitSql("SET statement_timeout = '5s'");
                })
                .hooks(new Hooks() {
                    @Override
                    public void onRotation(Rotation rotation) {
                        log.info("new user {}", rotation.generation());
                    }

                    @Override
                    public void onOverstay(Overstay overstay) {
                        log.warn("old user still in use by {} connections", overstay.connections());
                    }

                    @Override
                    public void onCredentialsError(CredentialsException trouble) {
                        log.error("{}", trouble.reason(), trouble);
                    }
                })
                .build();
        pod.kept(pool);
        assertThat(timeout(pool)).isEqualTo("5s");
        pod.rotate();
        until("the rotation is told", () -> pod.log().contains("new user 2"));
        pod.replace("none");
        until("trouble is told", () -> pod.log().contains("\nmalformed"));
    }

    private static String timeout(RotatingDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW statement_timeout")) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Test
    void watching() throws Exception {
        RotatingDataSource pool = pod.pool();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        pool.ready();
        boolean live = pool.isLive();
        String metrics = pool.prometheusText();
        new RotationMetrics(pool).bindTo(registry);
        assertThat(live).isTrue();
        assertThat(metrics).contains("# TYPE leasehold_rotations_total counter\nleasehold_rotations_total{database=\"shop\",service=\"orders\"} 0\n")
                .contains("leasehold_connections{database=\"shop\",service=\"orders\",user=\"current\"} ");
        assertThat(registry.get("leasehold.newest.refused").tags("database", "shop", "service", "orders").gauge().value()).isZero();
        pool.close();
        assertThat(catchThrowable(pool::ready)).isInstanceOf(SQLException.class);
    }

    @Test
    void theEndOfTheProcess() throws Exception {
        RotatingDataSource pool = pod.pool();
        Runtime.getRuntime().addShutdownHook(new Thread(pool::shutdown));
        Connection busy = pool.getConnection();
        pool.shutdown();
        assertThat(pool.isLive()).isFalse();
        assertThat(catchThrowable(() -> Pod.user(busy))).isInstanceOf(SQLException.class);
        assertThat(pod.log()).contains("1 connections are still in use after the time to drain, and are cut");
    }

    @Test
    void properties() throws IOException {
        new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(LeaseholdAutoConfiguration.class))
                .withPropertyValues(blocks("properties").get(0).split("\n")).run(context -> {
                    RotatingDataSource pool = context.getBean(RotatingDataSource.class);
                    assertThat(timeout(pool)).isEqualTo("5s");
                    assertThat(pool.hikari().getMinimumIdle()).isEqualTo(2);
                });
    }

    @Test
    void theMetricsAreThoseOfThePageOfAllClients() throws IOException {
        String page = Files.readString(Path.of("../README.md")).split("## Metrics")[1].split("\n## ")[0];
        List<String> rows = Pattern.compile("(?m)^\\| `(leasehold_\\w+)`").matcher(page).results().map(MatchResult::group).toList();
        List<Metric> metrics = pod.pool().metrics();
        assertThat(rows).hasSameSizeAs(metrics);
        for (Metric metric : metrics) {
            String kind = metric.counter() ? "counter" : "gauge";
            assertThat(page).contains("| `" + metric.name() + "` | " + kind + " | " + metric.help() + " |");
        }
    }
}
