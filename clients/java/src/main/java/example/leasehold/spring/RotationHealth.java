package example.leasehold.spring;

import example.leasehold.RotatingDataSource;
import example.leasehold.RotationStatus;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** How it stands with the credentials; down where a pool has ended, which a restart alone helps. */
final class RotationHealth implements HealthIndicator {
    private final List<RotatingDataSource> pools;

    RotationHealth(List<RotatingDataSource> pools) {
        this.pools = pools;
    }

    @Override
    public Health health() {
        Health.Builder health = pools.stream().allMatch(RotatingDataSource::isLive) ? Health.up() : Health.down();
        pools.forEach(pool -> health.withDetail(pool.contract().name(), details(pool.rotation())));
        return health.build();
    }

    private static Map<String, Object> details(RotationStatus status) {
        return Map.of("generation", status.generation(), "connections", status.current(), "oldConnections", status.old(),
                "newestRefused", status.newestRefused(), "overlapSecondsLeft", status.overlapLeft().toSeconds());
    }
}
