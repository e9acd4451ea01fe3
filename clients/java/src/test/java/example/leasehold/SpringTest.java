package example.leasehold;

import static example.leasehold.Support.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import example.leasehold.spring.LeaseholdAutoConfiguration;
import example.leasehold.spring.LeaseholdHealthAutoConfiguration;
import example.leasehold.spring.LeaseholdMetricsAutoConfiguration;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Contexts of Spring Boot, as it makes them of what is on the class path. */
class SpringTest {
    @TempDir
    Path directory;

    private Pod pod;
    private String user;
    private ApplicationContextRunner runner;

    @BeforeEach
    void open() throws Exception {
        pod = new Pod(directory);
        user = pod.rotate();
        Path document = Files.writeString(directory.resolve("contract.json"), pod.document());
        runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LeaseholdAutoConfiguration.class, LeaseholdHealthAutoConfiguration.class,
                        LeaseholdMetricsAutoConfiguration.class, DataSourceAutoConfiguration.class))
                .withPropertyValues("leasehold.contract=" + document);
    }

    @AfterEach
    void close() {
        pod.close();
    }

    @Test
    void whoSetsNothingHasADataSourceThatRotates() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(DataSource.class);
            JdbcTemplate template = new JdbcTemplate(context.getBean(DataSource.class));
            String before = template.queryForObject("SELECT current_user", String.class);
            assertThat(before).isEqualTo(user);
            AtomicBoolean stopped = new AtomicBoolean();
            AtomicInteger queries = new AtomicInteger();
            AtomicInteger failed = new AtomicInteger();
            Thread worker = new Thread(() -> {
                while (!stopped.get()) {
                    queries.incrementAndGet();
                    try {
                        template.queryForObject("SELECT n FROM numbers LIMIT 1", Integer.class);
                    } catch (RuntimeException e) {
                        failed.incrementAndGet();
                    }
                }
            });
            worker.start();
            for (int i = 0; i < 3; i++) {
                String old = user;
                user = pod.rotate();
                until("the old user has no session", () -> pod.server.sessions(old) == 0);
                pod.server.drop(old);
            }
            stopped.set(true);
            worker.join();
            System.out.println("failed " + failed + " of " + queries + " under JdbcTemplate in 3 rotations");
            assertThat(failed).hasValue(0);
            assertThat(template.queryForObject("SELECT current_user", String.class)).isEqualTo(user);
        });
    }

    @EnableAutoConfiguration
    static class Application {}

    /** As a pod starts it: with LEASEHOLD_CONTRACT alone, and all configurations that are found. */
    @Test
    void anApplicationFindsIt() throws Exception {
        Path document = Path.of(System.getenv("LEASEHOLD_CONTRACT"));
        Files.writeString(document, pod.document());
        SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF);
        try (ConfigurableApplicationContext context = builder.run()) {
            assertThat(context.getBean(JdbcTemplate.class).queryForObject("SELECT current_user", String.class)).isEqualTo(user);
            assertThat(context.getBean(DataSource.class)).isInstanceOf(RotatingDataSource.class);
            assertThat(context.containsBean("leaseholdHealthIndicator")).isTrue();
            assertThat(context.containsBean("leaseholdMetrics")).isTrue();
        } finally {
            Files.delete(document);
        }
    }

    @Test
    void propertiesOfHikariAreTaken() {
        runner.withPropertyValues("spring.datasource.hikari.maximum-pool-size=2", "leasehold.database=shop").run(context ->
                assertThat(context.getBean(RotatingDataSource.class).unwrap(HikariDataSource.class).getMaximumPoolSize()).isEqualTo(2));
        runner.withPropertyValues("spring.datasource.hikari.username=app").run(context ->
                assertThat(context).getFailure().hasStackTraceContaining("username of HikariConfig must not be set"));
        runner.withPropertyValues("leasehold.database=crm").run(context ->
                assertThat(context).getFailure().hasStackTraceContaining("there is no database \"crm\"; known: shop"));
    }

    @Test
    void whatWouldNeverChangeIsRefused() {
        runner.withPropertyValues("spring.datasource.url=jdbc:postgresql://pg/shop", "spring.datasource.username=app").run(context ->
                assertThat(context).getFailure().hasStackTraceContaining("spring.datasource.url, spring.datasource.username must not be set"));
    }

    @Test
    void theApplicationsOwnDataSourceStays() {
        HikariDataSource own = new HikariDataSource();
        runner.withBean("own", DataSource.class, () -> own).run(context -> {
            assertThat(context.getBean(DataSource.class)).isSameAs(own);
            assertThat(context).doesNotHaveBean(HealthIndicator.class).doesNotHaveBean(MeterBinder.class);
        });
        runner.withPropertyValues("leasehold.enabled=false", "spring.datasource.url=jdbc:postgresql://pg/shop").run(context ->
                assertThat(context).hasSingleBean(HikariDataSource.class).doesNotHaveBean(RotatingDataSource.class));
    }

    @Test
    void hooksOfTheApplicationAreCalled() {
        AtomicInteger generation = new AtomicInteger();
        runner.withBean(Hooks.class, () -> new Hooks() {
            @Override
            public void onRotation(Rotation rotation) {
                generation.set(rotation.generation());
            }
        }).run(context -> {
            new JdbcTemplate(context.getBean(DataSource.class)).execute("SELECT 1");
            pod.rotate();
            until("it is told", () -> generation.get() == 2);
        });
    }

    @Test
    void healthAndMetricsAreThereWhereTheirLibrariesAre() {
        runner.run(context -> {
            RotatingDataSource pool = context.getBean(RotatingDataSource.class);
            Pod.fill(pool, 4);
            HealthIndicator indicator = context.getBean("leaseholdHealthIndicator", HealthIndicator.class);
            Health health = indicator.health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails().get("shop")).asString().contains("generation=1", "connections=4", "newestRefused=false");
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            context.getBean(MeterBinder.class).bindTo(registry);
            assertThat(registry.get("leasehold.connections").tags("database", "shop", "service", "orders", "user", "current").gauge().value())
                    .isEqualTo(4);
            pod.rotate();
            until("the rotation is counted", () -> registry.get("leasehold.rotations").functionCounter().count() == 1);
            pool.close();
            assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
        });
        runner.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.health")).run(context ->
                assertThat(context).hasSingleBean(RotatingDataSource.class).hasNotFailed());
    }

    @Test
    void theEndOfTheApplicationEndsThePool() {
        RotatingDataSource[] pool = new RotatingDataSource[1];
        runner.run(context -> {
            pool[0] = context.getBean(RotatingDataSource.class);
            Pod.user(pool[0]);
        });
        assertThat(pool[0].isLive()).isFalse();
    }
}
