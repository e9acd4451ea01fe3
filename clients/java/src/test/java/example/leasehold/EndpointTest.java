package example.leasehold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica, to which a user comes a moment after its file. */
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
}
