package org.entente.gateway.bridge.format;

/** Ends reading of a CAP document at its first fault; never leaves the package. */
public final class CapProblem extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String path;
  private final String problem;

  public CapProblem(int line, String path, String problem) {
    super(problem, null, false, false);
    this.line = line;
    this.path = path;
    this.problem = problem;
  }

  public int line() {
    return line;
  }

  public String path() {
    return path;
  }

  public String problem() {
    return problem;
  }
}
