package example.leasehold;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Keeps the credentials of a file that is replaced. What counts is the content, not a time or a name. */
final class Watch implements Runnable {
    /** How often it is asked whether the file is another one, which sees replaced directories as well. */
    private static final Duration POLL = Duration.ofMillis(250);
    /** How often it is read whatever was answered: not every file system tells the truth. */
    private static final Duration READ = Duration.ofSeconds(1);
    /** How soon a file that somebody waits for is looked for again. */
    private static final Duration AGAIN = Duration.ofMillis(50);
    /** How old a look may be where somebody asks for a connection: the process may have been stopped. */
    private static final Duration STALE = POLL.multipliedBy(3);
    /** How long somebody who asks for a connection waits for a look: a disk may not answer. */
    private static final Duration LOOK = Duration.ofMillis(500);
    /** How long a login waits to know whether PostgreSQL accepts the newest user. */
    private static final Duration VERDICT = Duration.ofSeconds(1);
    /** How many credentials are remembered, to tell with which ones a login was made. */
    private static final int REMEMBERED = 16;

    /** Who is told, and asked four times a second whether there is something to do. */
    interface Listener {
        void rotated(Generation newest);

        void inTrouble(CredentialsException trouble);

        void tick();
    }

    private final CredentialsFile file;
    private final Listener listener;

    private long begun;
    private long ended;
    private boolean asked;
    private boolean mustRead;
    private SmallFile.Stamp stamp;
    private long readAt;
    private boolean closed;
    private long lookedAt = System.nanoTime();
    private Generation current;
    /** The newest ones that somebody has logged in with. */
    private Generation proven;
    private Verdict verdict = Verdict.UNKNOWN;
    private final Deque<Generation> remembered = new ArrayDeque<>();
    private CredentialsException trouble;
    private int troubles;
    private long rotatedAt;

    Watch(CredentialsFile file, Listener listener) {
        this.file = file;
        this.listener = listener;
    }

    @Override
    public void run() {
        while (begin()) {
            if (mayDiffer()) {
                read();
            }
            listener.tick();
            if (!end()) {
                return;
            }
        }
    }

    private synchronized boolean begin() {
        begun++;
        mustRead = asked;
        asked = false;
        return !closed;
    }

    /** Whether the file may be another one than was read before, or somebody wants it read; of the thread alone. */
    private boolean mayDiffer() {
        SmallFile.Stamp before = stamp;
        stamp = SmallFile.stamp(file.path());
        boolean same = stamp != null && stamp.equals(before) && System.nanoTime() - readAt < READ.toNanos();
        if (same && !mustRead) {
            return false;
        }
        readAt = System.nanoTime();
        return true;
    }

    private synchronized boolean end() {
        ended = begun;
        lookedAt = System.nanoTime();
        notifyAll();
        return asked || closed || rest(System.nanoTime() + POLL.toNanos(), () -> asked);
    }

    private interface Condition {
        boolean holds();
    }

    /** Waits for something until a time; false where the thread is interrupted. The lock is held. */
    private boolean rest(long until, Condition condition) {
        for (long left = until - System.nanoTime(); left > 0 && !closed && !condition.holds(); left = until - System.nanoTime()) {
            try {
                wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Has the file read, and waits for that; false where that takes too long. */
    synchronized boolean look(Duration most) {
        long wanted = begun + 1;
        asked = true;
        notifyAll();
        rest(System.nanoTime() + most.toNanos(), () -> ended >= wanted);
        return ended >= wanted;
    }

    private void read() {
        try {
            Credentials read = file.read();
            report(null);
            take(read);
        } catch (CredentialsException e) {
            report(e);
        } catch (RuntimeException | Error e) {
            // A watcher that ends is the one thing that must not be.
            report(new CredentialsException(file.path(), Reason.UNREADABLE, e.getClass().getSimpleName()));
        }
    }

    private void take(Credentials read) {
        Generation before;
        Generation newest;
        synchronized (this) {
            before = current;
            if (before != null && before.credentials().equals(read)) {
                return;
            }
            newest = new Generation(before == null ? 1 : before.number() + 1, read);
            current = newest;
            verdict = before == null ? Verdict.UNKNOWN : Verdict.PENDING;
            rotatedAt = System.nanoTime();
            remembered.addFirst(newest);
            if (remembered.size() > REMEMBERED) {
                remembered.removeLast();
            }
            notifyAll();
        }
        if (before != null) {
            listener.rotated(newest);
        }
    }

    /** Tells of trouble once per kind of it, and forgets it where there is none. */
    private void report(CredentialsException now) {
        synchronized (this) {
            boolean told = now == null || trouble != null && trouble.reason() == now.reason();
            trouble = now;
            if (told) {
                return;
            }
            troubles++;
        }
        listener.inTrouble(now);
    }

    /**
     * Waits until there are credentials, and looks itself where nobody has for long.
     *
     * @throws CredentialsException where there are none in time
     */
    void first(Duration most) throws CredentialsException {
        boolean stale;
        synchronized (this) {
            stale = System.nanoTime() - lookedAt > STALE.toNanos();
            if (current == null) {
                rest(System.nanoTime() + most.toNanos(), () -> current != null);
                if (current == null) {
                    throw trouble != null ? copied(trouble)
                            : new CredentialsException(file.path(), Reason.UNREADABLE, "no reading of it has ended in time");
                }
            }
        }
        if (stale) {
            look(LOOK);
        }
    }

    /** An exception of its own for each who is told, with where that was. */
    private static CredentialsException copied(CredentialsException trouble) {
        String message = trouble.getMessage();
        return new CredentialsException(trouble.file(), trouble.reason(), message.substring(message.indexOf(trouble.reason() + ": ")
                + trouble.reason().toString().length() + 2));
    }

    /** Looks, and where the file cannot be used looks again: who replaces it may be at it. */
    void whole(Duration most) {
        long until = System.nanoTime() + most.toNanos();
        while (look(LOOK) && System.nanoTime() < until) {
            synchronized (this) {
                if (trouble == null || !rest(System.nanoTime() + AGAIN.toNanos(), () -> false)) {
                    return;
                }
            }
        }
    }

    /**
     * What the next connection is opened with: the newest credentials, or those before for as long as the newest ones are refused. A file
     * may be written before its user can log in everywhere, and the user before lives on. Null before the first ones.
     */
    synchronized Generation usable() {
        rest(System.nanoTime() + VERDICT.toNanos(), () -> verdict != Verdict.PENDING || proven == null);
        boolean waits = verdict == Verdict.PENDING || verdict == Verdict.REFUSED;
        return proven != null && waits ? proven : current;
    }

    /** Says how a login with some credentials has ended. */
    synchronized void judge(Generation made, Verdict is) {
        if (made == current && (is != Verdict.UNKNOWN || verdict == Verdict.PENDING)) {
            verdict = is;
            notifyAll();
        }
        if (is == Verdict.ACCEPTED && (proven == null || made.number() >= proven.number())) {
            proven = made;
        }
        if (is == Verdict.REFUSED && made == proven) {
            proven = null;
        }
    }

    /** The credentials of a user and a password; null where they are long gone. */
    synchronized Generation find(String user, String password) {
        Credentials wanted = new Credentials(user, password);
        return remembered.stream().filter(each -> each.credentials().equals(wanted)).findFirst().orElse(null);
    }

    synchronized Verdict verdictOf(Generation made) {
        return made == current ? verdict : Verdict.UNKNOWN;
    }

    synchronized Generation newest() {
        return current;
    }

    /** The how manieth credentials are the newest; 0 before the first ones. */
    synchronized int number() {
        return current == null ? 0 : current.number();
    }

    synchronized int troubles() {
        return troubles;
    }

    /** How long ago the last change was; null before the first one. */
    synchronized Duration sinceRotation() {
        return number() < 2 ? null : Duration.ofNanos(System.nanoTime() - rotatedAt);
    }
}
