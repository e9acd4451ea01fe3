package example.orders;

import com.sun.net.httpserver.HttpServer;
import example.leasehold.CredentialsException;
import example.leasehold.Hooks;
import example.leasehold.RotatingDataSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP service whose database user changes while it runs. */
public final class Main {
    private static final int THREADS = 16;

    private Main() {}

    public static void main(String[] args) throws IOException {
        // All of it comes from the contract.
        RotatingDataSource pool = RotatingDataSource.builder().hooks(new Said()).build();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        HttpServer server = HttpServer.create(address(), 0);
        server.setExecutor(threads);
        server.createContext("/", new Orders(pool));
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            // The Service sends customers here until every node has heard that this pod ends: they are still answered.
            long drain = pool.contract().drain().toMillis();
            pause(drain / 3);
            // Requests end before the pool does.
            server.stop((int) (drain - drain / 3) / 1000);
            pool.shutdown();
        }));
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static InetSocketAddress address() {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        String host = System.getenv("HOST");
        return host == null ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    }

    private static final class Said implements Hooks {
        @Override
        public void onRotation(Rotation rotation) {
            System.out.println("database user " + rotation.generation() + " is in use");
        }

        @Override
        public void onOverstay(Overstay overstay) {
            System.out.println(overstay.connections() + " connections of the old user are still in use");
        }

        @Override
        public void onCredentialsError(CredentialsException trouble) {
            System.err.println(trouble.getMessage());
        }
    }
}
