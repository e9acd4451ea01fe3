package example.leasehold;

import static example.leasehold.Support.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretTest {
    @TempDir
    Path directory;

    @Test
    void noSecretIsPrinted() throws Exception {
        try (Pod pod = new Pod(directory)) {
            pod.rotate();
            RotatingDataSource pool = pod.kept(pod.builder().configure(config -> config.setConnectionTimeout(1000)).build());
            Pod.user(pool);
            pod.write("v-nobody");
            until("a refusal is known", () -> pool.rotation().newestRefused());
            pod.replace("{\"password\":\"" + Postgres.PASSWORD + "\",\"username\":");
            until("trouble is told", () -> pool.rotation().credentialsErrors() > 0);
            Pod other = pod;
            other.write("v-nobody");
            RotatingDataSource refused = pod.kept(pod.builder().configure(config -> config.setConnectionTimeout(1000)).build());
            Throwable login = catchThrowable(refused::getConnection);
            assertThat(printed(login)).contains("v-nobody");
            Throwable document = catchThrowable(() -> Contract.parse("{\"version\":" + Postgres.PASSWORD, null));
            Object[] values = {
                pool, pool.contract(), pool.rotation(), pool.metrics(), pool.prometheusText(), pool.hikari(), pod.log(), printed(login),
                printed(document), new Credentials("v", Postgres.PASSWORD), List.of(new Credentials("v", Postgres.PASSWORD)),
                new Generation(1, new Credentials("v", Postgres.PASSWORD)), pool.hikari().getDataSource(),
            };
            for (Object value : values) {
                assertThat(String.valueOf(value)).doesNotContain(Postgres.PASSWORD);
            }
            assertThat(pod.log()).contains("new database user, generation 2");
        }
    }

    private static String printed(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
