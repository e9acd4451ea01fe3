package example.leasehold;

/** Takes user and password out of a file of the format custom. */
@FunctionalInterface
public interface CredentialsParser {
    /**
     * @throws Exception where the text is no such file; what it says is not told on, as it may quote the file
     */
    Credentials parse(String text) throws Exception;
}
