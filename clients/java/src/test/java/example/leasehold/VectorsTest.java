package example.leasehold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What every client has to read the same way. */
class VectorsTest {
    @TempDir
    Path directory;

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> cases(String file, String kind) throws IOException {
        Map<String, Object> all = (Map<String, Object>) Json.parse(Files.readString(Path.of("../vectors", file)));
        List<Map<String, Object>> cases = (List<Map<String, Object>>) all.get(kind);
        assertThat(cases).hasSizeGreaterThan(5);
        return cases;
    }

    @TestFactory
    Stream<DynamicTest> contracts() throws IOException {
        return contracts("contracts.json",
                each -> new ContractDocument("the contract", each.get("document")).contract((String) each.get("database")));
    }

    @TestFactory
    Stream<DynamicTest> variables() throws IOException {
        return contracts("variables.json", each -> Contract.read((String) each.get("database"), texts(each.get("variables"))));
    }

    private static Map<String, String> texts(Object given) {
        Map<String, String> texts = new HashMap<>();
        ((Map<?, ?>) given).forEach((key, value) -> texts.put((String) key, (String) value));
        return texts;
    }

    private static Stream<DynamicTest> contracts(String file, Function<Map<String, Object>, Contract> read) throws IOException {
        return Stream.concat(
                cases(file, "good").stream().map(each -> DynamicTest.dynamicTest((String) each.get("name"),
                        () -> holds(read.apply(each), (Map<?, ?>) each.get("settings")))),
                cases(file, "bad").stream().map(each -> DynamicTest.dynamicTest((String) each.get("name"), () -> {
                    ContractException wrong = catchThrowableOfType(ContractException.class, () -> read.apply(each));
                    for (Object words : (List<?>) each.get("problems")) {
                        assertThat(wrong.problems())
                                .filteredOn(problem -> ((List<?>) words).stream().allMatch(word -> problem.contains((String) word)))
                                .as("%s", words).hasSize(1);
                    }
                })));
    }

    private static void holds(Contract contract, Map<?, ?> is) {
        assertThat(contract).isEqualTo(settings(is));
        Properties login = new Options(contract, config -> {}, new Hooks() {}, null, Duration.ofSeconds(1)).config().getDataSourceProperties();
        assertThat(login.getProperty("currentSchema")).isEqualTo(is.get("searchPath"));
        assertThat(login.getProperty("prepareThreshold")).isEqualTo(contract.isForbidden("prepared-statements") ? "0" : null);
    }

    private static Contract.Endpoint endpoint(Map<?, ?> is) {
        return is == null ? null : new Contract.Endpoint((String) is.get("name"), (String) is.get("kind"),
                ((List<?>) is.get("forbids")).stream().map(String.class::cast).toList());
    }

    private static Contract settings(Map<?, ?> is) {
        Object ca = is.get("sslRootCert");
        return new Contract((String) is.get("name"), (String) is.get("service"), seconds(is.get("drainSeconds")),
                Path.of((String) is.get("credentialsFile")), (String) is.get("format"), (String) is.get("host"),
                ((Double) is.get("port")).intValue(), (String) is.get("database"), (String) is.get("schema"), (String) is.get("sslMode"),
                ca == null ? null : Path.of((String) ca), ((Double) is.get("poolMax")).intValue(),
                seconds(is.get("poolMaxLifetimeSeconds")), seconds(is.get("overlapSeconds")), endpoint((Map<?, ?>) is.get("endpoint")));
    }

    private static Duration seconds(Object seconds) {
        return Duration.ofNanos(Math.round((Double) seconds * 1e9));
    }

    @TestFactory
    Stream<DynamicTest> credentials() throws IOException {
        return Stream.concat(
                cases("credentials.json", "good").stream().map(each -> DynamicTest.dynamicTest((String) each.get("name"),
                        () -> assertThat(written(each).read())
                                .isEqualTo(new Credentials((String) each.get("user"), (String) each.get("password"))))),
                cases("credentials.json", "bad").stream().map(each -> DynamicTest.dynamicTest((String) each.get("name"), () -> {
                    CredentialsFile file = written(each);
                    CredentialsException wrong = catchThrowableOfType(CredentialsException.class, file::read);
                    assertThat(wrong.reason()).hasToString((String) each.get("reason"));
                    assertThat(wrong.file()).isEqualTo(file.path());
                })));
    }

    private CredentialsFile written(Map<String, Object> each) throws IOException {
        byte[] content = each.containsKey("base64") ? Base64.getDecoder().decode((String) each.get("base64"))
                : ((String) each.get("text")).getBytes(StandardCharsets.UTF_8);
        return new CredentialsFile(Files.write(directory.resolve("shop"), content), (String) each.get("format"), null);
    }

    @Test
    void aPathThatIsNoneIsToldWithTheRest() {
        assertThat(catchThrowableOfType(ContractException.class, () -> Contract.parse("""
                {"version": 1, "databases": {"shop": {"credentialsFile": "\\u0000", "sslRootCert": "\\u0000"}}}""", null)).problems())
                .filteredOn(problem -> problem.contains("a path that this system takes")).hasSize(2);
        assertThat(catchThrowableOfType(ContractException.class, () -> Contract.read(null, Map.of("LEASEHOLD_CONTRACT", "\0")))).isNotNull();
    }

    @Test
    void aParserThatFailsTellsNothingOfTheFile() throws Exception {
        Path file = Files.writeString(directory.resolve("shop"), "v;secret");
        CredentialsParser throwing = text -> {
            throw new IllegalStateException(text);
        };
        for (CredentialsParser parser : new CredentialsParser[] {null, throwing, text -> null, text -> new Credentials("", "")}) {
            CredentialsException wrong = catchThrowableOfType(CredentialsException.class, () -> new CredentialsFile(file, "custom", parser).read());
            assertThat(wrong.reason()).isEqualTo(Reason.MALFORMED);
            assertThat(wrong.getMessage()).doesNotContain("secret");
            assertThat(wrong.getCause()).isNull();
        }
        CredentialsParser good = text -> new Credentials(text.split(";")[0], text.split(";")[1]);
        assertThat(new CredentialsFile(file, "custom", good).read()).isEqualTo(new Credentials("v", "secret"));
    }

    @Test
    void whatIsNoSmallFileIsRefused() throws Exception {
        assertThat(reason(directory)).isEqualTo(Reason.UNREADABLE);
        assertThat(reason(directory.resolve("none"))).isEqualTo(Reason.MISSING);
        Path large = Files.write(directory.resolve("large"), new byte[SmallFile.MOST_BYTES + 1]);
        assertThat(reason(large)).isEqualTo(Reason.MALFORMED);
        assertThat(reason(large.resolve("below"))).isEqualTo(Reason.MISSING);
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        assertThat(reason(pipe)).isEqualTo(Reason.UNREADABLE);
    }

    private static Reason reason(Path file) {
        return catchThrowableOfType(CredentialsException.class, () -> new CredentialsFile(file, "json", null).read()).reason();
    }

    @Test
    void theConfigurationOfAContract() {
        Contract contract = new Contract("shop", "orders", Duration.ofSeconds(20), Path.of("/none"), "json", "::1", 5433, "it's a 100%",
                "Sales \"EU\"", "verify-full", null, 7, Duration.ofSeconds(20), Duration.ofSeconds(30), null);
        Options options = new Options(contract, config -> {}, new Hooks() {}, null, Duration.ofSeconds(1));
        assertThat(options.config().getJdbcUrl()).isEqualTo("jdbc:postgresql://[::1]:5433/it%27s%20a%20100%25");
        assertThat(options.config().getDataSourceProperties())
                .containsEntry("currentSchema", "\"Sales \"\"EU\"\"\"").containsEntry("ApplicationName", "orders")
                .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory").doesNotContainKeys("user", "password", "sslrootcert");
        assertThat(options.config().getMaximumPoolSize()).isEqualTo(7);
        // Neither below what HikariCP takes for half an hour nor anything else of the contract's.
        assertThat(options.config().getMaxLifetime()).isEqualTo(Duration.ofMinutes(30).toMillis());
    }
}
