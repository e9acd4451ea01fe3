package example.leasehold;

import java.time.Duration;
import java.util.Map;

/**
 * How it stands with the credentials of a pool.
 *
 * @param generation the how manieth credentials are the newest; 0 before the first ones
 * @param rotations how often they have changed
 * @param sinceRotation how long ago that was; zero before the first time
 * @param overlapLeft how long it may be until the old user is dropped; zero where there is none
 * @param connections that are open, by the how manieth credentials they were opened with
 * @param overstays connections that were still open near the end of an overlap
 * @param credentialsErrors how often there was trouble with the file
 * @param retries logins that were tried again
 * @param newestRefused PostgreSQL refuses the newest user; the one before stays in use as long as it is accepted
 */
public record RotationStatus(
        int generation,
        int rotations,
        Duration sinceRotation,
        Duration overlapLeft,
        Map<Integer, Integer> connections,
        int overstays,
        int credentialsErrors,
        int retries,
        boolean newestRefused) {

    /** Open connections of older credentials than the newest ones. */
    public int old() {
        return connections.entrySet().stream().filter(each -> each.getKey() < generation).mapToInt(Map.Entry::getValue).sum();
    }

    /** Open connections of the newest credentials. */
    public int current() {
        return connections.getOrDefault(generation, 0);
    }
}
