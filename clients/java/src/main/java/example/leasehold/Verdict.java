package example.leasehold;

/** What PostgreSQL says of the newest credentials. */
enum Verdict {
    /** Nobody has logged in with them, for a reason that has nothing to do with them. */
    UNKNOWN,
    /** Somebody is trying. */
    PENDING,
    ACCEPTED,
    REFUSED
}
