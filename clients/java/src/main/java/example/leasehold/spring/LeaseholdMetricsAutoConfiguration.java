package example.leasehold.spring;

import example.leasehold.RotatingDataSource;
import example.leasehold.micrometer.RotationMetrics;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** leasehold's metrics for the registries of Micrometer that Spring Boot binds. */
@AutoConfiguration(after = LeaseholdAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(RotatingDataSource.class)
public class LeaseholdMetricsAutoConfiguration {
    @Bean
    MeterBinder leaseholdMetrics(ObjectProvider<RotatingDataSource> pools) {
        return registry -> pools.forEach(pool -> new RotationMetrics(pool).bindTo(registry));
    }
}
