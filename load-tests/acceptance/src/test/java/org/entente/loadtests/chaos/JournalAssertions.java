package org.entente.loadtests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.List;
import org.entente.loadtests.federation.AuditResult;
import org.entente.loadtests.federation.Federation;

/** What must hold after every run under load. */
final class JournalAssertions {
  private JournalAssertions() {}

  /** Nothing acknowledged is lost or doubled, and the audit logs of stopped gateways agree. */
  static void assertNothingLost(
      ClientJournal journal, int least, Federation federation, Collection<String> agencies) {
    JournalComparison comparison = journal.compare();
    assertEquals(List.of(), comparison.lost());
    assertEquals(List.of(), comparison.doubled());
    assertEquals(List.of(), comparison.strays());
    assertEquals(List.of(), journal.failures());
    assertTrue(comparison.acknowledged() > least, comparison::toString);
    for (String agency : agencies) {
      AuditResult audit = AuditResult.verify(federation.plan(agency));
      assertTrue(audit.verified(), audit::said);
      assertEquals(0, audit.inboxDuplicates(), agency);
    }
  }
}
