package example.leasehold;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/** Reads a regular file: a pipe is not opened, and what is larger than {@link #MOST_BYTES} is not read. */
final class SmallFile {
    /** More than any file of credentials has; a mistaken path must cost neither memory nor time. */
    static final int MOST_BYTES = 1024 * 1024;

    private SmallFile() {}

    /** Why a file cannot be used; never its content. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        private final Reason reason;

        Unusable(Reason reason, String detail) {
            super(detail);
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }

    /** Which file there is, without its content. */
    record Stamp(Object key, long size, FileTime modified) {}

    /** Null where that cannot be told. */
    static Stamp stamp(Path path) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        } catch (IOException e) {
            return null;
        }
    }

    static String read(Path path) throws Unusable {
        try {
            // Asked before it is opened: the opening of a pipe waits for somebody who writes into it.
            check(Files.readAttributes(path, BasicFileAttributes.class));
            return text(path);
        } catch (NoSuchFileException e) {
            throw new Unusable(Reason.MISSING, "it is not there");
        } catch (AccessDeniedException e) {
            throw new Unusable(Reason.UNREADABLE, "permission denied");
        } catch (CharacterCodingException e) {
            throw new Unusable(Reason.MALFORMED, "it is no text in UTF-8");
        } catch (FileSystemException e) {
            // A path through a file has no exception of its own.
            throw "Not a directory".equals(e.getReason())
                    ? new Unusable(Reason.MISSING, "it is not there")
                    : new Unusable(Reason.UNREADABLE, String.valueOf(e.getReason()));
        } catch (IOException e) {
            throw new Unusable(Reason.UNREADABLE, e.getClass().getSimpleName());
        }
    }

    private static void check(BasicFileAttributes attributes) throws Unusable {
        if (attributes.isDirectory()) {
            throw new Unusable(Reason.UNREADABLE, "it is a directory");
        }
        if (!attributes.isRegularFile()) {
            throw new Unusable(Reason.UNREADABLE, "it is a pipe, a socket or a device, and no regular file");
        }
        if (attributes.size() > MOST_BYTES) {
            throw new Unusable(Reason.MALFORMED, "it has " + attributes.size() + " bytes, more than the " + MOST_BYTES + " that are read");
        }
    }

    private static String text(Path path) throws IOException {
        try (InputStream opened = Files.newInputStream(path)) {
            ByteBuffer bytes = ByteBuffer.wrap(opened.readNBytes(MOST_BYTES));
            // A decoder that is asked for replaces nothing.
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        }
    }
}
