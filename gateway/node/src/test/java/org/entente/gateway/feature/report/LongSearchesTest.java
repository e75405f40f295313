package org.entente.gateway.feature.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Work;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.report.LongSearches.LongSearch;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.rpc.server.CallCost;
import org.junit.jupiter.api.Test;

/** What calls that examine much cost their client, and that it has one of them at a time. */
class LongSearchesTest {
  private static final NodeName AUDITOR = new NodeName("auditor");

  private final Accounts accounts = Accounts.ofClients(NodeConfig.Limits.DEFAULT, () -> 0);
  private final LongSearches searches = new LongSearches();
  private boolean cancelled;

  private LongSearch begin(NodeName client) {
    return searches.begin(client, accounts.of(client.value()), () -> cancelled);
  }

  @Test
  void furtherEntries_arePaidOnCredit_soThatTheNextCallsWait() {
    Account account = accounts.of("auditor");
    try (LongSearch search = begin(AUDITOR)) {
      for (int i = 0; i < 2_000; i++) {
        assertTrue(search.further());
      }
    }
    assertEquals(2_000L * CallCost.SEARCH.units(), account.used(Work.CALL_COST));
    assertFalse(account.spend(Work.CALL_COST, 1));
    assertTrue(accounts.of("other").spend(Work.CALL_COST, 1));
  }

  @Test
  void client_hasOneLongSearchAtATime_andAsManyShortOnesAsItLikes() {
    LongSearch second = begin(AUDITOR);
    try (LongSearch first = begin(AUDITOR);
        LongSearch other = begin(new NodeName("other"))) {
      assertTrue(first.further());
      assertTrue(first.further());
      assertTrue(other.further());
      assertFalse(second.further());
      second.close();
      assertFalse(second.further(), "the first is still running");
    }
    assertTrue(second.further());
    second.close();
    assertTrue(begin(AUDITOR).further());
  }

  @Test
  void cancelledCall_goesNoFurther_andIsCountedNoLonger() {
    cancelled = true;
    try (LongSearch search = begin(AUDITOR)) {
      assertFalse(search.further());
    }
    assertEquals(0, accounts.of("auditor").used(Work.CALL_COST));
    cancelled = false;
    assertTrue(begin(AUDITOR).further());
  }
}
