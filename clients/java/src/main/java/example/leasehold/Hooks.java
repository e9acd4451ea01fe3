package example.leasehold;

import java.time.Duration;

/**
 * What an application may want to count or to do; nothing that it is told is secret. All are called by one thread of their own; what they
 * throw is logged, and changes nothing else.
 */
public interface Hooks {
    /** A new user has come into use. */
    default void onRotation(Rotation rotation) {}

    /** Connections of an old user are still open though it will soon be dropped. */
    default void onOverstay(Overstay overstay) {}

    /** The file cannot be used, told once per kind of trouble; what was read before stays in use. */
    default void onCredentialsError(CredentialsException trouble) {}

    /**
     * @param generation the how manieth credentials these are
     * @param old connections of older users that are open
     */
    record Rotation(int generation, int old) {}

    /**
     * @param connections that are still open
     * @param left how long it may be until the old user is dropped
     */
    record Overstay(int connections, Duration left) {}
}
