package example.leasehold;

import java.util.Locale;

/** What is wrong with a file. */
public enum Reason {
    /** It is not there. */
    MISSING,
    /** It is not for this user, or no file. */
    UNREADABLE,
    /** It is not of its format, or cut short. */
    MALFORMED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
