package org.entente.gateway.node.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.doctor.DoctorCheck.Phase;
import org.entente.gateway.node.doctor.DoctorReport.CheckResult;
import org.entente.gateway.node.doctor.DoctorReport.State;

/**
 * Makes the checks of a node in their order. Asks a gateway that runs; checks the files of one that
 * does not. Changes nothing and takes no lock, nor the ports of a gateway that may start now.
 */
public final class Doctor {
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  private Doctor() {}

  /** Waits between two rounds. */
  @FunctionalInterface
  public interface Pause {
    /** Waits for at most a duration. */
    void pause(Duration most) throws InterruptedException;
  }

  /**
   * Makes all checks once.
   *
   * @param before whether the gateway has not been started, so that it is no fault that none
   *     answers
   */
  public static DoctorReport examine(DoctorSubject subject, boolean before) {
    boolean running = !before && subject.isRunning();
    return examine(
        DoctorChecks.ALL.stream().filter(check -> isDue(check.phase(), running, before)).toList(),
        subject);
  }

  /**
   * Makes the checks of a gateway that runs, except those that look into the network: they wait for
   * other machines, and the state of a link says more.
   */
  public static DoctorReport examineRunning(DoctorSubject subject) {
    return examine(
        DoctorChecks.ALL.stream()
            .filter(check -> isDue(check.phase(), true, false))
            .filter(check -> !check.category().equals(DoctorChecks.NETWORK))
            .toList(),
        subject);
  }

  private static boolean isDue(Phase phase, boolean running, boolean before) {
    return switch (phase) {
      case BEFORE -> before;
      case ALWAYS -> true;
      case STOPPED -> !running;
      case RUNNING -> !before;
    };
  }

  /** Makes these checks; suppresses those that need one that failed. */
  static DoctorReport examine(List<DoctorCheck> due, DoctorSubject subject) {
    Map<String, CheckResult> results = new LinkedHashMap<>();
    for (DoctorCheck check : due) {
      Set<String> causes = new LinkedHashSet<>();
      for (String need : check.needs()) {
        CheckResult needed = results.get(need);
        if (needed != null && needed.state() == State.FAILED) {
          causes.add(need);
        } else if (needed != null) {
          causes.addAll(needed.suppressedBy());
        }
      }
      List<String> faults = causes.isEmpty() ? faults(check, subject) : List.of();
      State made = faults.isEmpty() ? State.PASSED : State.FAILED;
      results.put(
          check.id(),
          new CheckResult(
              check, causes.isEmpty() ? made : State.SUPPRESSED, faults, List.copyOf(causes)));
    }
    return new DoctorReport(List.copyOf(results.values()));
  }

  private static List<String> faults(DoctorCheck check, DoctorSubject subject) {
    List<String> faults = new ArrayList<>();
    try {
      faults.addAll(check.probe().faults(subject));
    } catch (IOException e) {
      faults.add(FileErrorText.words(e));
    } catch (StartProblem | IllegalArgumentException e) {
      faults.add(String.valueOf(e.getMessage()));
    }
    return faults.stream().flatMap(String::lines).toList();
  }

  /**
   * Repeats until no error is left, or the time is over; returns the last report.
   *
   * @param examine makes all checks once
   * @param nanos a monotonic time, in nanoseconds
   */
  public static DoctorReport awaitNoError(
      Supplier<DoctorReport> examine, Duration limit, LongSupplier nanos, Pause pause)
      throws InterruptedException {
    long end = nanos.getAsLong() + limit.toNanos();
    DoctorReport report = examine.get();
    while (report.hasErrors()) {
      long left = end - nanos.getAsLong();
      if (left <= 0) {
        return report;
      }
      pause.pause(Duration.ofNanos(Math.min(left, BETWEEN.toNanos())));
      report = examine.get();
    }
    return report;
  }
}
