package org.entente.gateway.bridge.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** A draft of thousands of faults costs no more than one of a few. */
class FaultCollectorTest {
  private final FaultCollector faults = new FaultCollector();
  private final AtomicInteger checked = new AtomicInteger();

  private DraftFault check(int fields, IntFunction<String> field) {
    for (int i = 0; i < fields; i++) {
      String name = field.apply(i);
      faults.run(
          () -> {
            checked.incrementAndGet();
            throw new DraftFault(name, "is an unknown field");
          });
    }
    return assertThrows(DraftFault.class, faults::end);
  }

  @Test
  void checks_afterTheLastFaultThatIsTold_doNotRun() {
    DraftFault all = check(50_000, i -> "field" + i);
    assertEquals(FaultCollector.MOST, all.all().count());
    assertEquals(FaultCollector.MOST, checked.get());
  }

  /** Each is hidden by the first, and none counts among those that are told. */
  @Test
  void checks_ofHiddenFaults_areBoundedToo() {
    DraftFault all = check(50_000, i -> i == 0 ? "label" : "label." + i);
    assertEquals(1, all.all().count());
    assertEquals(100, checked.get());
  }
}
