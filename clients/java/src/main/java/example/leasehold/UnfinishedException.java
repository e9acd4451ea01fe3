package example.leasehold;

/** Work was still under way when the time of a drain was over. */
public final class UnfinishedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int connections;

    UnfinishedException(int connections) {
        super(connections + " connections are still in use after the time to drain");
        this.connections = connections;
    }

    /** Connections that were still in use. */
    public int connections() {
        return connections;
    }
}
