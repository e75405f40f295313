package org.entente.gateway.node.doctor;

import java.io.IOException;
import java.util.List;

/**
 * One check of a node, as data.
 *
 * @param id its category, a dot and its name
 * @param severity what a fault means
 * @param phase the gateways that it is about
 * @param needs ids of the earlier checks without which its result means nothing
 * @param hint what an operator does about a fault
 * @param page page of the documentation, as a path in the repository with a heading
 * @param probe finds the faults
 */
public record DoctorCheck(
    String id,
    Severity severity,
    Phase phase,
    List<String> needs,
    String hint,
    String page,
    Probe probe) {
  public DoctorCheck {
    needs = List.copyOf(needs);
  }

  /** What a fault means. */
  public enum Severity {
    /** The gateway does not start, does not serve, or no peer accepts it. */
    ERROR,
    /** It works; a person should look. */
    WARNING
  }

  /** The gateways that a check is about. */
  public enum Phase {
    /** One that nobody starts now, so that its ports may be tried. */
    BEFORE,
    /** One that does not run: its files, folders and ports. */
    STOPPED,
    /** One that runs: what it says of itself. */
    RUNNING,
    /** Both. */
    ALWAYS
  }

  /** Finds faults. */
  @FunctionalInterface
  public interface Probe {
    /**
     * The faults, one a line; empty if there are none. A {@link
     * org.entente.gateway.model.StartProblem} is a fault too.
     */
    List<String> faults(DoctorSubject subject) throws IOException;
  }

  /** The category: the part of the id before the dot. */
  public String category() {
    return id.substring(0, id.indexOf('.'));
  }
}
