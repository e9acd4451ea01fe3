package example.leasehold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateTest {
    @TempDir
    Path directory;

    /**
     * A stand-in says what PostgreSQL says where a user is dropped while it logs in, which cannot be timed with a real one; other connections
     * reach the real one.
     */
    @Test
    void aLoginThatPostgresEndsIsTriedAgain() throws Exception {
        try (Pod pod = new Pod(directory); ServerSocket gate = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            String user = pod.rotate();
            Thread thread = new Thread(() -> endFirst(gate, pod.server.port));
            thread.setDaemon(true);
            thread.start();
            pod.change.put("port", gate.getLocalPort());
            RotatingDataSource pool = pod.pool();
            assertThat(Pod.user(pool)).isEqualTo(user);
            assertThat(pool.rotation().retries()).isEqualTo(1);
        }
    }

    private static void endFirst(ServerSocket gate, int port) {
        try {
            try (Socket client = gate.accept()) {
                client.getInputStream().read(new byte[1024]);
                byte[] fields = "SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0".getBytes(StandardCharsets.UTF_8);
                client.getOutputStream().write(ByteBuffer.allocate(5 + fields.length).put((byte) 'E').putInt(4 + fields.length).put(fields).array());
            }
            while (true) {
                Socket client = gate.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                pass(client, server);
                pass(server, client);
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    private static void pass(Socket from, Socket to) {
        Thread thread = new Thread(() -> {
            try (from; to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // The other way has ended.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
