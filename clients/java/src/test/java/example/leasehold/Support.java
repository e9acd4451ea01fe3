package example.leasehold;

import java.time.Duration;
import java.util.concurrent.Callable;

final class Support {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Support() {}

    /** Waits until something is so. */
    static void until(String what, Callable<Boolean> is) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!is.call()) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("it did not come about: " + what);
                }
                Thread.sleep(10);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("while it is waited for that " + what, e);
        }
    }
}
