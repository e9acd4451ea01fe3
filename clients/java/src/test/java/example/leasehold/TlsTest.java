package example.leasehold;

import static example.leasehold.Support.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    /** Says each refusal on stderr. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql.ssl");

    @TempDir
    Path directory;

    /** A CA, for as long as a test takes. */
    private record Authority(X500Name name, KeyPair keys, byte[] pem) {
        static Authority make(String name) throws Exception {
            X500Name subject = new X500Name("CN=" + name);
            KeyPair keys = pair();
            return new Authority(subject, keys, issue(subject, keys.getPrivate(), subject, keys, true));
        }

        Map<String, byte[]> server() throws Exception {
            KeyPair made = pair();
            return Map.of("server.crt", issue(name, keys.getPrivate(), new X500Name("CN=pg"), made, false),
                    "server.key", pem("PRIVATE KEY", made.getPrivate().getEncoded()));
        }

        private static byte[] issue(X500Name issuer, PrivateKey signer, X500Name subject, KeyPair keys, boolean isCa) throws Exception {
            Instant now = Instant.now();
            var builder = new JcaX509v3CertificateBuilder(issuer, BigInteger.valueOf(System.nanoTime()),
                    Date.from(now.minus(Duration.ofHours(1))), Date.from(now.plus(Duration.ofHours(1))), subject, keys.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isCa));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
            return pem("CERTIFICATE", builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)).getEncoded());
        }

        private static KeyPair pair() throws Exception {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        }

        private static byte[] pem(String type, byte[] der) {
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
            return ("-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n").getBytes();
        }
    }

    @Test
    void theServerIsVerifiedAndTheCaIsReadAnew() throws Exception {
        DRIVER.setLevel(Level.OFF);
        Authority first = Authority.make("first");
        Authority second = Authority.make("second");
        Postgres server = new Postgres(first.server(), "ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key");
        try (Pod pod = new Pod(directory, server)) {
            pod.rotate();
            Path ca = Files.write(directory.resolve("ca.crt"), second.pem());
            pod.change.putAll(Map.of("sslMode", "verify-full", "sslRootCert", ca.toString()));
            RotatingDataSource pool = pod.kept(pod.builder().configure(config -> config.setConnectionTimeout(2000)).build());
            assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class)
                    .hasStackTraceContaining("unable to find valid certification path");
            Files.write(ca, first.pem());
            until("it serves", () -> serves(pool));
            assertThat(server.count("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND usename LIKE 'v-%'"))
                    .isPositive();

            // The server gets a certificate of the other CA, and so does the file.
            second.server().forEach(server::put);
            server.execute("SELECT pg_reload_conf()", "SELECT pg_sleep(0.2)");
            Files.write(ca, second.pem());
            String next = pod.rotate();
            until("the new user serves", () -> serves(pool) && Pod.user(pool).equals(next));

            // Another host than the certificate names.
            pod.change.put("host", "localhost");
            RotatingDataSource other = pod.kept(pod.builder().configure(config -> config.setConnectionTimeout(1000)).build());
            assertThatThrownBy(other::getConnection).isInstanceOf(SQLException.class).hasStackTraceContaining("could not be verified");

            // Roots that the JVM trusts have none of these.
            pod.change.put("host", "127.0.0.1");
            pod.change.put("sslRootCert", null);
            RotatingDataSource system = pod.kept(pod.builder().configure(config -> config.setConnectionTimeout(1000)).build());
            assertThatThrownBy(system::getConnection).isInstanceOf(SQLException.class)
                    .hasStackTraceContaining("unable to find valid certification path");

            pod.change.put("sslMode", "require");
            assertThat(Pod.user(pod.pool())).isEqualTo(next);
        } finally {
            server.stop();
        }
    }

    private static boolean serves(RotatingDataSource pool) {
        try {
            Pod.user(pool);
            return true;
        } catch (SQLException e) {
            return false;
        }
    }
}
