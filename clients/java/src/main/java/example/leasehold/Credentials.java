package example.leasehold;

/** User and password of one read of the file. */
public record Credentials(String user, String password) {
    /** The password is never shown. */
    @Override
    public String toString() {
        return "Credentials[user=" + user + ", password=[not shown]]";
    }
}
