package org.entente.gateway.testkit;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.receive.Reporter;
import org.entente.gateway.seal.format.OriginNumber;

/** What receiving reports to the rest of a gateway, in its order. Safe for many threads. */
public final class RecordedReports implements Reporter {
  private final List<String> all = new ArrayList<>();
  private final List<OriginNumber> asked = new ArrayList<>();

  @Override
  public void arrived() {
    add("arrived");
  }

  @Override
  public void reportTo(AgencyName origin) {
    add("report to " + origin);
  }

  @Override
  public synchronized void askAgain(AgencyName origin, List<OriginNumber> numbers) {
    asked.addAll(numbers);
    numbers.forEach(one -> add("ask %s for %d/%d".formatted(origin, one.epoch(), one.sequence())));
  }

  @Override
  public void lost(AgencyName origin, Lane lane, long numbers) {
    add("lost %d of %s on %s".formatted(numbers, origin, lane));
  }

  @Override
  public void refused(AgencyName peer, Code code) {
    add("refused " + peer + " " + code);
  }

  private synchronized void add(String report) {
    all.add(report);
  }

  /** Since the last call. */
  public synchronized List<String> take() {
    List<String> taken = List.copyOf(all);
    all.clear();
    return taken;
  }

  /** Numbers for which origins were asked again, in their order. */
  public synchronized List<OriginNumber> asked() {
    return List.copyOf(asked);
  }
}
