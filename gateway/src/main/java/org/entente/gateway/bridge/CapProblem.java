package org.entente.gateway.bridge;

/** Leaves the reading of a CAP document at its first fault; never leaves the package. */
final class CapProblem extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String path;
  private final String problem;

  CapProblem(int line, String path, String problem) {
    super(problem, null, false, false);
    this.line = line;
    this.path = path;
    this.problem = problem;
  }

  int line() {
    return line;
  }

  String path() {
    return path;
  }

  String problem() {
    return problem;
  }
}
