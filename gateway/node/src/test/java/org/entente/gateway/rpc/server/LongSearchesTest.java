package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Work;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.testkit.Results;
import org.junit.jupiter.api.Test;

/** What calls that examine much cost their client, and that it has one of them at a time. */
class LongSearchesTest {
  private static final NodeName AUDITOR = new NodeName("auditor");
  private static final NodeName OTHER = new NodeName("other");

  private final Accounts accounts = Accounts.ofClients(NodeConfig.Limits.DEFAULT, () -> 0);
  private final LongSearches searches = new LongSearches();
  private boolean cancelled;

  /** A call that examines so many further parts. */
  private Result<String> search(NodeName client, int further) {
    return search(client, further, () -> Result.done("found"));
  }

  private Result<String> search(NodeName client, int further, Supplier<Result<String>> then) {
    return searches.run(
        client,
        accounts.of(client.value()),
        () -> cancelled,
        pay -> {
          for (int i = 0; i < further; i++) {
            pay.run();
          }
          return then.get();
        });
  }

  private static void ended(Result<String> answer) {
    assertEquals(Code.OVERLOADED, Results.problem(answer).code());
  }

  @Test
  void furtherEntries_arePaidOnCredit_soThatTheNextCallsWait() {
    Account account = accounts.of("auditor");
    assertEquals("found", Results.value(search(AUDITOR, 2_000)));
    assertEquals(2_000L * CallCost.SEARCH.units(), account.used(Work.CALL_COST));
    assertFalse(account.spend(Work.CALL_COST, 1));
    assertTrue(accounts.of("other").spend(Work.CALL_COST, 1));
  }

  @Test
  void client_hasOneLongSearchAtATime_andAsManyShortOnesAsItLikes() {
    Result<String> first =
        search(
            AUDITOR,
            2,
            () -> {
              assertEquals("found", Results.value(search(AUDITOR, 0)));
              assertEquals("found", Results.value(search(OTHER, 1)));
              ended(search(AUDITOR, 1));
              ended(search(AUDITOR, 1));
              return Result.done("first");
            });
    assertEquals("first", Results.value(first), "those that ended did not end it");
    assertEquals("found", Results.value(search(AUDITOR, 1)));
    assertEquals(
        3L * CallCost.SEARCH.units(),
        accounts.of("auditor").used(Work.CALL_COST),
        "none for those");
  }

  @Test
  void cancelledCall_goesNoFurther_andIsCountedNoLonger() {
    cancelled = true;
    ended(search(AUDITOR, 1));
    assertEquals(0, accounts.of("auditor").used(Work.CALL_COST));
    cancelled = false;
    assertEquals("found", Results.value(search(AUDITOR, 1)));
  }
}
