package org.entente.gateway.bridge.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the faults of a draft, so that its author learns all of them at once. A fault of a field
 * hides later ones of the same field, of its parts and of what contains it. For use by one thread.
 */
final class FaultCollector {
  /** Most faults of a draft that are told; the checks after them do not run. */
  static final int MOST = 10;

  /** Checks with faults, told or hidden, after which no further one runs. */
  private static final int MOST_FAILED = 100;

  /** A check that ends at its first fault. */
  @FunctionalInterface
  interface Check {
    void run() throws DraftFault;
  }

  private final List<DraftFault> faults = new ArrayList<>();
  private int failed;

  /** Runs a check, unless enough is known, and keeps its faults. */
  void run(Check check) {
    if (faults.size() == MOST || failed == MOST_FAILED) {
      return;
    }
    try {
      check.run();
    } catch (DraftFault e) {
      failed++;
      e.all().filter(one -> faults.size() < MOST && !isHidden(one)).forEach(faults::add);
    }
  }

  private boolean isHidden(DraftFault fault) {
    return faults.stream()
        .anyMatch(one -> isPart(one.field(), fault.field()) || isPart(fault.field(), one.field()));
  }

  private static boolean isPart(String whole, String part) {
    return part.startsWith(whole)
        && (part.length() == whole.length() || ".[".indexOf(part.charAt(whole.length())) >= 0);
  }

  /**
   * Ends the checks.
   *
   * @throws DraftFault the first fault, with the others, if there is one
   */
  void end() throws DraftFault {
    if (!faults.isEmpty()) {
      DraftFault first = faults.get(0);
      throw new DraftFault(first.field(), first.problem(), faults.subList(1, faults.size()));
    }
  }
}
