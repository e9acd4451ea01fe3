package example.leasehold;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file that the Vault agent writes.
 *
 * @param format json, env, properties, url or custom
 * @param custom reads the format custom; null otherwise
 */
public record CredentialsFile(Path path, String format, CredentialsParser custom) {
    /** A line ends with a line feed, and not with whatever else Unicode has for it. */
    private static final int LINES = Pattern.MULTILINE | Pattern.UNIX_LINES;

    private static final Pattern ENV_USER = Pattern.compile("^PGUSER='(.*)'\r?$", LINES);
    private static final Pattern ENV_PASSWORD = Pattern.compile("^PGPASSWORD='(.*)'\r?$", LINES);
    // What java.util.Properties reads is another format, in which a backslash escapes: the agent's has none.
    private static final Pattern PROPERTIES_USER = Pattern.compile("^username=(.*?)\r?$", LINES);
    private static final Pattern PROPERTIES_PASSWORD = Pattern.compile("^password=(.*?)\r?$", LINES);

    /**
     * Reads it once.
     *
     * @throws CredentialsException where it is missing, unreadable or malformed
     */
    public Credentials read() throws CredentialsException {
        Credentials read = parsed(text());
        if (read == null || isEmpty(read.user()) || isEmpty(read.password())) {
            throw malformed("it has no user or no password in the format " + format);
        }
        return read;
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isEmpty();
    }

    private CredentialsException malformed(String detail) {
        return new CredentialsException(path, Reason.MALFORMED, detail);
    }

    private String text() throws CredentialsException {
        try {
            return SmallFile.read(path);
        } catch (SmallFile.Unusable unusable) {
            throw new CredentialsException(path, unusable.reason(), switch (unusable.reason()) {
                case MISSING -> "the Vault agent writes it before the application starts";
                case UNREADABLE -> unusable.getMessage()
                        + "; it belongs to the user that the agent runs as, and the application has to run as the same";
                case MALFORMED -> unusable.getMessage() + "; it is no file of credentials";
            });
        }
    }

    /** Whatever a parser throws may quote the content, so that nothing of it is kept. */
    private Credentials parsed(String text) throws CredentialsException {
        try {
            return switch (format) {
                case "json" -> ofJson(text);
                case "env" -> new Credentials(line(text, ENV_USER), line(text, ENV_PASSWORD));
                case "properties" -> new Credentials(line(text, PROPERTIES_USER), line(text, PROPERTIES_PASSWORD));
                case "url" -> ofUrl(text.strip());
                default -> custom.parse(text);
            };
        } catch (Exception e) {
            throw malformed(custom == null && format.equals("custom") ? "the format custom needs a parser" : "it is not of the format " + format);
        }
    }

    private static Credentials ofJson(String text) throws Exception {
        Map<?, ?> document = (Map<?, ?>) Json.parse(text);
        return new Credentials((String) document.get("username"), (String) document.get("password"));
    }

    private static Credentials ofUrl(String text) {
        // Not its user info, which an URI has none of where the host has an underscore.
        String authority = URI.create(text).getRawAuthority();
        String[] pair = authority.substring(0, authority.lastIndexOf('@')).split(":", 2);
        return new Credentials(decoded(pair[0]), decoded(pair[1]));
    }

    /** A plus sign stays one, and bytes that are no UTF-8 are refused. */
    private static String decoded(String part) {
        String text = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            throw new IllegalArgumentException();
        }
        return text;
    }

    private static String line(String text, Pattern pattern) {
        Matcher match = pattern.matcher(text);
        return match.find() ? match.group(1) : null;
    }
}
