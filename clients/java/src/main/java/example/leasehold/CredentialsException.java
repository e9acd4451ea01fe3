package example.leasehold;

import java.nio.file.Path;
import java.sql.SQLTransientConnectionException;

/** The credentials file cannot be used as it is; its content is never part of the message. */
public final class CredentialsException extends SQLTransientConnectionException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final Reason reason;

    CredentialsException(Path file, Reason reason, String detail) {
        super("the credentials file " + file + " is " + reason + ": " + detail);
        this.file = file.toString();
        this.reason = reason;
    }

    /** Its path. */
    public Path file() {
        return Path.of(file);
    }

    /** What is wrong with it. */
    public Reason reason() {
        return reason;
    }
}
