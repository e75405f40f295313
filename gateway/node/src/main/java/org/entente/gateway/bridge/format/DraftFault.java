package org.entente.gateway.bridge.format;

/** Ends the making of a draft at its first fault; never leaves the package. */
public final class DraftFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String problem;

  /**
   * A fault.
   *
   * @param field path in the draft
   * @param problem the fault and the valid form
   */
  public DraftFault(String field, String problem) {
    super(problem, null, false, false);
    this.field = field;
    this.problem = problem;
  }

  public String field() {
    return field;
  }

  public String problem() {
    return problem;
  }

  public BadRecord at(String file, int line) {
    return new BadRecord(file, line, field, problem);
  }
}
