package example.leasehold;

import com.zaxxer.hikari.HikariConfig;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Consumer;

/** What differs from what the contract and this library do by themselves, and the configuration of HikariCP that both come to. */
record Options(Contract contract, Consumer<HikariConfig> configure, Hooks hooks, CredentialsParser parser, Duration credentialsTimeout) {

    /** The configuration without anything that opens connections. */
    HikariConfig config() {
        HikariConfig config = new HikariConfig();
        String url = url();
        config.setJdbcUrl(url);
        config.setPoolName("leasehold-" + contract.name());
        config.setMaximumPoolSize(contract.poolMax());
        // A pool is made whether or not the server is there yet.
        config.setInitializationFailTimeout(-1);
        properties().forEach((key, value) -> config.addDataSourceProperty((String) key, value));
        configure.accept(config);
        refuse(config, url);
        return config;
    }

    String url() {
        String host = contract.host().contains(":") ? "[" + contract.host() + "]" : contract.host();
        String database = URLEncoder.encode(contract.database(), StandardCharsets.UTF_8).replace("+", "%20");
        return "jdbc:postgresql://" + host + ":" + contract.port() + "/" + database;
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("sslmode", contract.sslMode());
        if (contract.sslMode().equals("verify-full")) {
            if (contract.sslRootCert() == null) {
                // Otherwise the driver wants a file in the home directory.
                properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
            } else {
                properties.setProperty("sslrootcert", contract.sslRootCert().toString());
            }
        }
        if (!contract.service().isEmpty()) {
            properties.setProperty("ApplicationName", contract.service());
        }
        // A new user has none of the settings that somebody once made for the old one. A pooler refuses a login that asks for it; there the
        // database has it as a default.
        if (!contract.schema().equals("public") && !contract.isForbidden("startup-parameters")) {
            properties.setProperty("currentSchema", '"' + contract.schema().replace("\"", "\"\"") + '"');
        }
        if (contract.isForbidden("prepared-statements")) {
            properties.setProperty("prepareThreshold", "0");
        }
        properties.setProperty("loginTimeout", String.valueOf(Logins.LOGIN_TIMEOUT));
        properties.setProperty("tcpKeepAlive", "true");
        return properties;
    }

    /** What the configuration must not say: it would be used, and never change, or take the place of what does. */
    private static void refuse(HikariConfig config, String url) {
        List<String> given = new ArrayList<>();
        add(given, "username", config.getUsername() != null);
        add(given, "password", config.getPassword() != null);
        add(given, "credentialsProvider", config.getCredentialsProvider() != null);
        add(given, "jdbcUrl", !Objects.equals(config.getJdbcUrl(), url));
        add(given, "dataSource", config.getDataSource() != null);
        add(given, "dataSourceClassName", config.getDataSourceClassName() != null);
        add(given, "dataSourceJNDI", config.getDataSourceJNDI() != null);
        add(given, "the data source property user", config.getDataSourceProperties().containsKey("user"));
        add(given, "the data source property password", config.getDataSourceProperties().containsKey("password"));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException(String.join(", ", given) + " of HikariConfig must not be set: user and password come from the "
                    + "credentials file, the address from the contract");
        }
    }

    private static void add(List<String> given, String name, boolean is) {
        if (is) {
            given.add(name);
        }
    }
}
