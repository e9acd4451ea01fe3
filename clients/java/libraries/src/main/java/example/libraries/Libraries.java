package example.libraries;

import example.leasehold.RotatingDataSource;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jdbi.v3.core.Jdbi;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** What the page shows, word for word, and a way to ask what that makes who it is connected as. */
final class Libraries {
    private static final String USER = "SELECT current_user";

    private Libraries() {}

    static final Map<String, Callable<Callable<String>>> ALL = Map.of("HikariCP", Libraries::hikari,
            "Spring Boot, JdbcTemplate", () -> boot().getBean(Accounts.class)::user,
            "Spring Boot, JPA with Hibernate", () -> boot().getBean(Ledger.class)::user,
            "jOOQ", Libraries::jooq, "JDBI", Libraries::jdbi);

    private static Callable<String> hikari() {
        RotatingDataSource pool = RotatingDataSource.create();
        return () -> {
            try (Connection connection = pool.getConnection(); Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(USER)) {
                rows.next();
                return rows.getString(1);
            }
        };
    }

    private static Callable<String> jooq() {
        DSLContext db = DSL.using(RotatingDataSource.create(), SQLDialect.POSTGRES);
        return () -> (String) db.fetchValue(USER);
    }

    private static Callable<String> jdbi() {
        Jdbi jdbi = Jdbi.create(RotatingDataSource.create());
        return () -> jdbi.withHandle(handle -> handle.createQuery(USER).mapTo(String.class).one());
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({Accounts.class, Ledger.class})
    static class Application {}

    private static ApplicationContext boot() {
        return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE).bannerMode(Banner.Mode.OFF).run();
    }

    @Repository
    static class Accounts {
        private final JdbcTemplate jdbc;

        Accounts(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        String user() {
            return jdbc.queryForObject("SELECT current_user", String.class);
        }
    }

    @Repository
    static class Ledger {
        private final EntityManager entities;

        Ledger(EntityManager entities) {
            this.entities = entities;
        }

        @Transactional
        public String user() {
            return (String) entities.createNativeQuery("SELECT current_user", String.class).getSingleResult();
        }
    }
}
