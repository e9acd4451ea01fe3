package example.leasehold.spring;

import example.leasehold.RotatingDataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health {@code leasehold}, where there is Spring Boot's; whether the database answers is said by its own {@code db}. */
@AutoConfiguration(after = LeaseholdAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(RotatingDataSource.class)
public class LeaseholdHealthAutoConfiguration {
    @Bean
    @ConditionalOnEnabledHealthIndicator("leasehold")
    HealthIndicator leaseholdHealthIndicator(ObjectProvider<RotatingDataSource> pools) {
        return new RotationHealth(pools.stream().toList());
    }
}
