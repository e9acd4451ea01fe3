package example.orders;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import example.leasehold.RotatingDataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service's HTTP side; it knows nothing of credentials. */
final class Orders implements HttpHandler {
    private static final Pattern ORDER = Pattern.compile("/orders/(\\d{1,9})");
    private static final Pattern ORDERS_OF_CUSTOMER = Pattern.compile("/customers/(\\d{1,9})/orders");
    private static final Answer NO_SUCH_PATH = new Answer(404, "{\"error\":\"no such path\"}");

    private final RotatingDataSource pool;

    Orders(RotatingDataSource pool) {
        this.pool = pool;
    }

    private record Answer(int status, String body) {}

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Answer answer;
        try {
            answer = route(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
        } catch (SQLException e) {
            System.err.println(e.getMessage());
            answer = new Answer(500, "{\"error\":\"the database does not answer\"}");
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    private Answer route(String method, String path) throws SQLException {
        Matcher order = ORDER.matcher(path);
        if (method.equals("GET") && order.matches()) {
            return find(Integer.parseInt(order.group(1)));
        }
        Matcher customer = ORDERS_OF_CUSTOMER.matcher(path);
        if (method.equals("POST") && customer.matches()) {
            return place(Integer.parseInt(customer.group(1)));
        }
        return switch (path) {
            case "/ready" -> health(isReady());
            case "/live" -> health(pool.isLive());
            default -> NO_SUCH_PATH;
        };
    }

    private Answer find(int id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement("SELECT id, customer_id, total FROM orders WHERE id = ?")) {
            query.setInt(1, id);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return new Answer(404, "{\"error\":\"no such order\"}");
                }
                String total = rows.getString(3);
                return new Answer(200, "{\"id\":%d,\"customer_id\":%d,\"total\":%s}"
                        .formatted(rows.getInt(1), rows.getInt(2), total == null ? "null" : '"' + total + '"'));
            }
        }
    }

    private Answer place(int customer) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("INSERT INTO orders (customer_id, total) VALUES (?, 0) RETURNING id")) {
            query.setInt(1, customer);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return new Answer(201, "{\"id\":%d}".formatted(rows.getInt(1)));
            }
        }
    }

    private boolean isReady() {
        try {
            pool.ready();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static Answer health(boolean ok) {
        return new Answer(ok ? 200 : 503, "{\"ok\":%b}".formatted(ok));
    }
}
