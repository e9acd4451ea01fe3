package example.leasehold;

import java.util.List;

/** The contract is not there, or does not say what a pool needs. */
public final class ContractException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An array, which is serializable whatever a list may be. */
    private final String[] problems;

    ContractException(List<String> problems) {
        super("the contract of leasehold cannot be used: " + String.join("; ", problems));
        this.problems = problems.toArray(String[]::new);
    }

    ContractException(String problem) {
        this(List.of(problem));
    }

    /** Everything that is wrong. */
    public List<String> problems() {
        return List.of(problems);
    }
}
