package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When the answers of others make a majority. */
class LeadCallsTest {
  private final CompletableFuture<Boolean> first = new CompletableFuture<>();
  private final CompletableFuture<Boolean> second = new CompletableFuture<>();
  private final CompletableFuture<Boolean> third = new CompletableFuture<>();

  @Test
  void enough_isTrue_withTheLastThatIsNeeded() {
    CompletableFuture<Boolean> enough = LeadCalls.enough(List.of(first, second, third), 2);
    first.complete(true);
    second.completeExceptionally(new IOException("silent"));
    assertFalse(enough.isDone());
    third.complete(true);
    assertTrue(enough.join());
  }

  @Test
  void enough_isFalse_onceTooFewAreLeft() {
    CompletableFuture<Boolean> enough = LeadCalls.enough(List.of(first, second, third), 2);
    first.complete(false);
    assertFalse(enough.isDone());
    second.completeExceptionally(new IOException("silent"));
    assertFalse(enough.join());
  }

  @Test
  void enough_isTrue_whereNobodyIsNeeded() {
    assertTrue(LeadCalls.enough(List.of(), 0).join());
  }
}
