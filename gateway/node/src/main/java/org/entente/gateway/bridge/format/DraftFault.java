package org.entente.gateway.bridge.format;

import java.util.List;
import java.util.stream.Stream;

/** Ends the making of a draft: its first fault, and others that were found with it. */
public final class DraftFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String problem;
  private final transient List<DraftFault> further;

  /**
   * A fault.
   *
   * @param field path in the draft
   * @param problem the fault and the valid form
   */
  public DraftFault(String field, String problem) {
    this(field, problem, List.of());
  }

  DraftFault(String field, String problem, List<DraftFault> further) {
    super(problem, null, false, false);
    this.field = field;
    this.problem = problem;
    this.further = List.copyOf(further);
  }

  /** This fault and the others, each alone. */
  Stream<DraftFault> all() {
    return Stream.concat(Stream.of(new DraftFault(field, problem)), further.stream());
  }

  public String field() {
    return field;
  }

  public String problem() {
    return problem;
  }

  public BadRecord at(String file, int line) {
    return new BadRecord(
        file, line, field, problem, further.stream().map(one -> one.at(file, line)).toList());
  }
}
