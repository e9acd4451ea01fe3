package example.leasehold;

/** Credentials, and the how manieth ones they are. */
record Generation(int number, Credentials credentials) {}
