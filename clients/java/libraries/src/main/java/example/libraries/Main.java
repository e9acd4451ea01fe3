package example.libraries;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Asks what the page on libraries shows, until its standard input ends: {@code bash .ci/libraries JVM}. */
public final class Main {
    private static final int WORKERS = 8;

    private final long enough = Long.parseLong(System.getenv("QUERIES"));
    private final AtomicLong asked = new AtomicLong();
    private final ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>();
    private final Set<String> users = ConcurrentHashMap.newKeySet();
    private volatile boolean over;

    private Main() {}

    public static void main(String[] args) throws Exception {
        // What Spring Boot would log to is where the answer is written.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        new Main().run(Libraries.ALL.get(args[0]).call());
        System.exit(0);
    }

    private void run(Callable<String> user) throws Exception {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            workers.add(new Thread(() -> work(user)));
        }
        System.err.print("ready");
        workers.forEach(Thread::start);
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        over = true;
        for (Thread worker : workers) {
            worker.join();
        }
        System.out.printf("{\"asked\":%d,\"failed\":%s,\"users\":%s}%n", asked.get(), json(failed), json(users));
    }

    private void work(Callable<String> user) {
        while (!over) {
            try {
                users.add(user.call());
                if (asked.incrementAndGet() == enough) {
                    System.err.print("enough");
                }
            } catch (Exception e) {
                failed.add(e.toString());
            }
        }
    }

    private static String json(Iterable<String> texts) {
        List<String> quoted = new ArrayList<>();
        texts.forEach(text -> quoted.add('"' + text.replaceAll("[\\p{Cntrl}\"\\\\]", " ") + '"'));
        return quoted.stream().collect(Collectors.joining(",", "[", "]"));
    }
}
