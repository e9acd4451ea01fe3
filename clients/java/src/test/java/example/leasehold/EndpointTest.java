package example.leasehold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Other ways to a database: a replica, to which a user comes a moment after its file, and a pooler, which refuses what it cannot keep. */
class EndpointTest {
    @TempDir
    Path directory;

    private Pod pod;

    @BeforeEach
    void open() {
        pod = new Pod(directory);
        pod.change.put("endpoint", new Pod.Raw("{\"name\":\"reading\",\"kind\":\"replica\"}"));
    }

    @AfterEach
    void close() {
        pod.close();
    }

    /** HikariCP tries again by itself for as long as somebody waits. */
    @Test
    void aFirstUserThatHasNotComeIsWaitedFor() throws Exception {
        pod.write("v-orders-later");
        RotatingDataSource pool = pod.pool();
        Thread later = new Thread(() -> {
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            pod.server.make("v-orders-later");
        });
        later.start();
        assertThat(Pod.user(pool)).isEqualTo("v-orders-later");
        assertThat(pool.rotation().retries()).isPositive();
        later.join();
        pool.close();
        pod.server.drop("v-orders-later");
    }

    @Test
    void whoeverNeverComesIsWaitedForNoLongerThanForAConnection() {
        pod.write("v-orders-never");
        RotatingDataSource pool = pod.kept(pod.builder().configure(config -> config.setConnectionTimeout(1000)).build());
        assertThatThrownBy(pool::getConnection).hasStackTraceContaining("password authentication failed");
    }

    @Test
    void pgBouncerIsAskedForNoSearchPathAndForNoNamedStatement() throws Exception {
        assumeThat(Postgres.bouncer()).exists();
        assertThatThrownBy(() -> behindPgBouncer("listen")).hasStackTraceContaining("unsupported startup parameter: search_path");
        behindPgBouncer("startup-parameters\",\"prepared-statements");
    }

    /** Two connections to one session of the server in turn, in which a named statement would be another's. */
    private void behindPgBouncer(String forbids) throws Exception {
        int port = Postgres.freePort();
        Process bouncer = pod.server.bounce(port, pod.rotate());
        pod.change.putAll(Map.of("port", port, "schema", "app", "endpoint",
                new Pod.Raw("{\"name\":\"pooled\",\"kind\":\"pgbouncer\",\"forbids\":[\"" + forbids + "\"]}")));
        try (RotatingDataSource pool = pod.builder().configure(config -> config.setConnectionTimeout(2000)).build();
                Connection one = pool.getConnection();
                Connection other = pool.getConnection();
                PreparedStatement first = one.prepareStatement("SELECT ?::int");
                PreparedStatement second = other.prepareStatement("SELECT ?::int")) {
            for (int i = 0; i < 10; i++) {
                for (PreparedStatement each : List.of(first, second)) {
                    each.setInt(1, i);
                    try (ResultSet rows = each.executeQuery()) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getInt(1)).isEqualTo(i);
                    }
                }
            }
        } finally {
            bouncer.destroy();
            bouncer.waitFor();
        }
    }
}
