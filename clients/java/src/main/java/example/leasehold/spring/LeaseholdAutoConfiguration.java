package example.leasehold.spring;

import com.zaxxer.hikari.HikariConfig;
import example.leasehold.Contract;
import example.leasehold.CredentialsParser;
import example.leasehold.Hooks;
import example.leasehold.RotatingDataSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Makes the application's DataSource of leasehold's contract, where it has none of its own. Of the properties, {@code leasehold.database}
 * names a database where the contract has several, {@code leasehold.contract} the contract where LEASEHOLD_CONTRACT does not,
 * {@code spring.datasource.hikari.*} sets what the contract does not say, and {@code leasehold.enabled=false} leaves the DataSource to
 * Spring Boot.
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnClass(DataSourceAutoConfiguration.class)
@ConditionalOnProperty(name = "leasehold.enabled", matchIfMissing = true)
public class LeaseholdAutoConfiguration {
    /** What would never change, or names another server than the contract. */
    private static final List<String> STATIC = List.of("spring.datasource.url", "spring.datasource.username", "spring.datasource.password",
            "spring.datasource.jndi-name", "spring.datasource.type");

    /** Hooks and a parser of the application are taken where there is a bean of each. */
    @Bean(destroyMethod = "shutdown")
    @ConditionalOnMissingBean(DataSource.class)
    RotatingDataSource dataSource(Environment environment, ObjectProvider<Hooks> hooks, ObjectProvider<CredentialsParser> parser) {
        Binder properties = Binder.get(environment);
        List<String> given = STATIC.stream().filter(each -> properties.bind(each, String.class).isBound()).toList();
        if (!given.isEmpty()) {
            throw new IllegalStateException(String.join(", ", given) + " must not be set: server, user and password come from the contract of "
                    + "leasehold and the credentials file. Leave them out, or set leasehold.enabled=false where there is no contract");
        }
        RotatingDataSource.Builder builder = RotatingDataSource.builder()
                .contract(contract(properties))
                .configure(config -> properties.bind("spring.datasource.hikari", Bindable.<HikariConfig>ofInstance(config)));
        hooks.ifAvailable(builder::hooks);
        parser.ifAvailable(builder::parser);
        return builder.build();
    }

    private static Contract contract(Binder properties) {
        Map<String, String> variables = new HashMap<>(System.getenv());
        properties.bind("leasehold.contract", String.class).ifBound(file -> variables.put("LEASEHOLD_CONTRACT", file));
        return Contract.read(properties.bind("leasehold.database", String.class).orElse(null), variables);
    }
}
